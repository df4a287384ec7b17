//! All records of a collection, as a text.

use super::Records;
use crate::collection::{Collection, Scope};
use crate::record::{Record, StoredRecord};
use permissions::Grant;
use problem::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenant_context::errors::internal;
use tenant_context::{Page, ProjectId, RecordId};

/// How much an export answers at once, as it stands in the answer of a function, of which there is 6 MB at most.
const MOST_BYTES: usize = 5_000_000;
/// How many records are read at once; a call gives 1 MB at most.
pub(super) const AT_ONCE: u32 = 1_000;
/// What every record has, in the order of the columns.
const COMMON: [&str; 8] = [
    "id",
    "project_id",
    "owner_id",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "version",
];
/// What makes a spreadsheet take a cell for a formula (OWASP, CSV Injection).
const FORMULA: [char; 11] = [
    '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
];

/// The form of an export.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Format {
    /// JSON Lines: a record on each line, as it is read.
    #[default]
    Jsonl,
    /// CSV (RFC 4180) with a line of names; what could be taken for a formula begins with an apostrophe.
    Csv,
}

impl Format {
    /// The word by which it is asked for, which also ends the file's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Jsonl => "jsonl",
            Format::Csv => "csv",
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Jsonl => "application/jsonl",
            Format::Csv => "text/csv; charset=utf-8; header=present",
        }
    }
}

/// A part of an export.
pub struct Export {
    /// The records.
    pub text: String,
    /// After which record it goes on, if it does.
    pub next: Option<String>,
}

impl Records<'_> {
    /// The records from the oldest on, as many as fit into an answer; who may export only what is their own gets that. The
    /// line of names is in the first part alone, so that the parts make one file.
    ///
    /// # Errors
    /// When a call fails.
    pub async fn export(&self, format: Format, after: Option<String>) -> Result<Export, Problem> {
        let lines = Lines {
            collection: self.collection,
            project: self.project.id(),
            format,
        };
        let list = match (self.caller.grant, self.collection.scope) {
            (Grant::Own, Scope::Project) => self.list.owned_by(self.user()),
            _ => self.list.everything(),
        };
        let mut text = match after {
            None => lines.head()?,
            Some(_) => String::new(),
        };
        let (mut size, mut after) = (text.len(), after);
        loop {
            let page: Page<StoredRecord> = self
                .table
                .records(&list, after.as_deref(), AT_ONCE, false)
                .await?;
            let reached = |stored: &StoredRecord| self.caller.reaches(stored.owner_id);
            for stored in page.items.into_iter().filter(reached) {
                let id = stored.id;
                let line = lines.line(stored)?;
                // It stands in the answer as a JSON text.
                let bytes = serde_json::to_string(&line).map_or(usize::MAX, |text| text.len());
                if size.saturating_add(bytes) > MOST_BYTES && !text.is_empty() {
                    return Ok(Export { text, next: after });
                }
                size = size.saturating_add(bytes);
                text.push_str(&line);
                after = Some(position(id));
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(Export { text, next: None }),
            }
        }
    }
}

/// How records become lines.
pub(super) struct Lines {
    pub(super) collection: &'static Collection,
    pub(super) project: ProjectId,
    pub(super) format: Format,
}

impl Lines {
    /// What stands before all records.
    pub(super) fn head(&self) -> Result<String, Problem> {
        match self.format {
            Format::Csv => csv(self.columns().map(str::to_owned)),
            Format::Jsonl => Ok(String::new()),
        }
    }

    fn columns(&self) -> impl Iterator<Item = &'static str> {
        let fields = self.collection.fields.iter();
        let shown = fields.filter(|field| !field.is_secret());
        COMMON.into_iter().chain(shown.map(|field| field.name))
    }

    /// A record, as it is answered.
    pub(super) fn line(&self, stored: StoredRecord) -> Result<String, Problem> {
        let record = Record::of(stored, self.collection, self.project);
        let failed = |error| internal("export", &error);
        if self.format == Format::Jsonl {
            return Ok(serde_json::to_string(&record).map_err(failed)? + "\n");
        }
        let record = serde_json::to_value(record).map_err(failed)?;
        csv(self.columns().map(|column| cell(record.get(column))))
    }
}

fn csv(cells: impl Iterator<Item = String>) -> Result<String, Problem> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer
        .write_record(cells.map(String::into_bytes))
        .map_err(|error| internal("export", &error))?;
    let line = writer
        .into_inner()
        .map_err(|error| internal("export", &error.error()))?;
    String::from_utf8(line).map_err(|error| internal("export", &error))
}

/// Where the export goes on after this record.
fn position(id: RecordId) -> String {
    id.uuid().to_string()
}

/// A value as a cell: what is made of several values as JSON.
fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) if text.starts_with(FORMULA) => format!("'{text}"),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn no_cell_is_a_formula() {
        for text in [
            "=1+1",
            "+49 30",
            "-x",
            "@SUM(A1)",
            "\tx",
            "\rx",
            "\nx",
            "\u{ff1d}1",
        ] {
            assert_eq!(cell(Some(&json!(text))), format!("'{text}"));
        }
        for (value, shown) in [
            (json!("a=b"), "a=b"),
            (json!(-0.5), "-0.5"),
            (json!(["=x"]), r#"["=x"]"#),
            (json!(null), ""),
        ] {
            assert_eq!(cell(Some(&value)), shown);
        }
        assert_eq!(cell(None), "");
    }
}
