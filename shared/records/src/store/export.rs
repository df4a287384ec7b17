//! All records of a collection, as a text.

use super::Records;
use crate::record::{Record, StoredRecord};
use problem::Problem;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use tenant_context::errors::internal;
use tenant_context::{Page, RecordId};

/// How much an export answers at once, as it stands in the answer of a function, of which there is 6 MB at most.
const MOST_BYTES: usize = 5_000_000;
/// How many records are read at once; a call gives 1 MB at most.
const AT_ONCE: u32 = 1_000;
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
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The form of an export.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
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
    /// The records from the oldest on, as many as fit into an answer. The line of names is in the first part alone, so
    /// that the parts make one file.
    ///
    /// # Errors
    /// When a call fails.
    pub async fn export(&self, format: Format, after: Option<String>) -> Result<Export, Problem> {
        let mut text = match format {
            Format::Csv if after.is_none() => self.csv(self.columns().map(str::to_owned))?,
            _ => String::new(),
        };
        let (mut size, mut after) = (text.len(), after);
        loop {
            let page: Page<StoredRecord> = self
                .table
                .list(&self.list, after.as_deref(), AT_ONCE, false)
                .await?;
            for stored in page.items {
                let id = stored.id;
                let line = self.line(format, self.answer(stored))?;
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

    fn columns(&self) -> impl Iterator<Item = &'static str> {
        let fields = self.collection.fields.iter().map(|field| field.name);
        COMMON.into_iter().chain(fields)
    }

    fn line(&self, format: Format, record: Record) -> Result<String, Problem> {
        let failed = |error| internal("export", &error);
        if format == Format::Jsonl {
            return Ok(serde_json::to_string(&record).map_err(failed)? + "\n");
        }
        let record = serde_json::to_value(record).map_err(failed)?;
        self.csv(self.columns().map(|column| cell(record.get(column))))
    }

    fn csv(&self, cells: impl Iterator<Item = String>) -> Result<String, Problem> {
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
        for text in ["=1+1", "+49 30", "-x", "@SUM(A1)", "\tx", "\rx"] {
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
