//! Lists of people to invite, as CSV (RFC 4180) with a header line: `email,role,project_ids`.

use crate::inviting::Wanted;
use problem::{Kind, Problem};
use tenant_context::ProjectId;

/// How many people one list may name.
pub const MOST: usize = 100;
/// The columns there can be; the first two must be there.
const COLUMNS: [&str; 3] = ["email", "role", "project_ids"];

/// A line of the list.
pub struct Row {
    /// Its line in the text, the header being line 1.
    pub line: usize,
    /// The address as written.
    pub email: String,
    /// Whom it invites, or what is wrong with it.
    pub wanted: Result<Wanted, Problem>,
}

/// Reads the list.
///
/// # Errors
/// `validation-failed` when it is no such list, or too long: nobody is invited then.
pub fn read(text: &str, send_email: bool) -> Result<Vec<Row>, Problem> {
    let wrong = |detail: String| Problem::new(Kind::ValidationFailed).field("/csv", detail);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = reader
        .headers()
        .map_err(|_| wrong("has no header line".to_owned()))?;
    let columns: Vec<String> = header.iter().map(str::to_lowercase).collect();
    if let Some(unknown) = columns
        .iter()
        .find(|name| !COLUMNS.contains(&name.as_str()))
    {
        return Err(wrong(format!(
            "has a column {unknown:?}; there are {}",
            COLUMNS.join(", ")
        )));
    }
    let position = |name: &str| columns.iter().position(|column| column == name);
    let (Some(email), Some(role)) = (position("email"), position("role")) else {
        return Err(wrong("has no column email or no column role".to_owned()));
    };
    let projects = position("project_ids");
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = line_at(text, error.position());
            wrong(format!("can't be read at line {line}"))
        })?;
        if rows.len() == MOST {
            return Err(wrong(format!("names more than {MOST} people")));
        }
        let cell = |position: usize| record.get(position).unwrap_or_default();
        let line = line_at(text, record.position());
        let wanted = if record.len() > columns.len() {
            Err(Problem::new(Kind::ValidationFailed)
                .detail("The line has more cells than the header."))
        } else {
            let projects = projects.map(cell).unwrap_or_default();
            wanted(cell(email), cell(role), projects, send_email)
        };
        rows.push(Row {
            line,
            email: cell(email).to_owned(),
            wanted,
        });
    }
    if rows.is_empty() {
        return Err(wrong("names nobody".to_owned()));
    }
    Ok(rows)
}

/// The line on which a record begins. The reader says where the one before it has ended, line breaks not counted.
fn line_at(text: &str, position: Option<&csv::Position>) -> usize {
    let end = position.map_or(0, csv::Position::byte);
    let end = usize::try_from(end).unwrap_or(usize::MAX);
    let (before, after) = text.split_at_checked(end).unwrap_or((text, ""));
    let skipped = after.chars().take_while(|c| matches!(c, '\r' | '\n'));
    1 + before.matches('\n').count() + skipped.filter(|c| *c == '\n').count()
}

/// An empty cell of projects says nothing about them; ids are parted by blanks or semicolons.
fn wanted(email: &str, role: &str, projects: &str, send_email: bool) -> Result<Wanted, Problem> {
    let problem =
        |pointer: &str, detail: String| Problem::new(Kind::ValidationFailed).field(pointer, detail);
    let ids: Result<Vec<ProjectId>, _> = projects
        .split([' ', ';'])
        .filter(|id| !id.is_empty())
        .map(str::parse)
        .collect();
    let ids = ids.map_err(|error| problem("/project_ids", error.to_string()))?;
    Ok(Wanted {
        email: email
            .parse()
            .map_err(|error| problem("/email", format!("{error}")))?,
        role: role
            .parse()
            .map_err(|error| problem("/role", format!("{error}")))?,
        project_ids: (!ids.is_empty()).then_some(ids),
        send_email,
    })
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;

    #[test]
    fn lines_are_read_one_by_one() {
        let text = "\u{feff}Email, role,project_ids\r\na@b.example,viewer,\r\n\r\n\"c@d.example\",manager\nnobody,viewer\n\
                    e@f.example,emperor\ng@h.example,viewer,x\ni@j.example,viewer,,more\n";
        let rows = read(text, true).unwrap();
        let lines: Vec<usize> = rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [2, 4, 5, 6, 7, 8]);
        let good: Vec<bool> = rows.iter().map(|row| row.wanted.is_ok()).collect();
        assert_eq!(good, [true, true, false, false, false, false]);
        let first = rows[0].wanted.as_ref().ok().unwrap();
        assert_eq!(
            (first.email.as_str(), &first.project_ids),
            ("a@b.example", &None)
        );
        let pointer = |row: usize| {
            rows[row].wanted.as_ref().err().unwrap().errors()[0]
                .pointer
                .clone()
        };
        assert_eq!(
            [pointer(2), pointer(3), pointer(4)],
            ["/email", "/role", "/project_ids"]
        );
    }

    #[test]
    fn what_is_no_list_is_refused_as_a_whole() {
        let many = format!("email,role\n{}", "a@b.example,viewer\n".repeat(MOST + 1));
        for text in [
            "",
            "email,role\n",
            "email\na@b.example\n",
            "email,role,phone\n",
            &many,
        ] {
            let problem = read(text, true).err().unwrap();
            assert_eq!(problem.errors()[0].pointer, "/csv", "{text}");
        }
    }
}
