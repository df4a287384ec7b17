//! The records of a list as a file, piece by piece, for a function that no request reaches.

use super::export::{AT_ONCE, Format, Lines};
use crate::collection::Collection;
use crate::filter::Filter;
use crate::record::StoredRecord;
use problem::Problem;
use tenant_context::{Page, ProjectScope, RecordList, Table, UserId};

/// A list, and the form in which its records are written.
pub struct Extract {
    lines: Lines,
    list: RecordList,
}

/// Some of its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The lines.
    pub text: String,
    /// How many records they are.
    pub records: u64,
    /// After which record it goes on, if it may.
    pub next: Option<String>,
}

impl Extract {
    /// What `user` gets of a collection by this filter, from the oldest on.
    ///
    /// # Errors
    /// `invalid-query` where no list serves the filter.
    pub fn new(
        collection: &'static Collection,
        project: &ProjectScope,
        user: UserId,
        filter: Filter,
        format: Format,
    ) -> Result<Self, Problem> {
        let (list, _) = filter.list(collection, project, user)?;
        let lines = Lines {
            collection,
            project: project.id(),
            format,
        };
        Ok(Self { lines, list })
    }

    /// The records behind `after`, page by page, until there are so many bytes or no more records. The line of names is in
    /// the first piece alone.
    ///
    /// # Errors
    /// When a call fails.
    pub async fn piece(
        &self,
        table: &Table,
        mut after: Option<String>,
        bytes: usize,
    ) -> Result<Piece, Problem> {
        let mut text = match after {
            None => self.lines.head()?,
            Some(_) => String::new(),
        };
        let mut records = 0;
        loop {
            let page: Page<StoredRecord> = table
                .records(&self.list, after.as_deref(), AT_ONCE, false)
                .await?;
            for stored in page.items {
                text.push_str(&self.lines.line(stored)?);
                records += 1;
            }
            after = page.next;
            if after.is_none() || text.len() >= bytes {
                return Ok(Piece {
                    text,
                    records,
                    next: after,
                });
            }
        }
    }
}
