//! Indexes and vectors as they are kept.

use super::distance::Metric;
use rusqlite::Row;
use rusqlite::types::Type;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// What an index was made as.
#[derive(Debug, Clone)]
pub(super) struct Index {
    pub(super) id: i64,
    /// In seconds.
    pub(super) created: i64,
    pub(super) dimension: usize,
    pub(super) metric: Metric,
    /// The metadata keys that no filter may name.
    pub(super) unfilterable: Vec<String>,
}

impl Index {
    /// From the columns id, created, dimension, metric and unfilterable.
    pub(super) fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            created: row.get(1)?,
            dimension: row.get(2)?,
            metric: Metric::named(row.get_ref(3)?.as_str()?),
            unfilterable: parsed(row.get_ref(4)?.as_str()?)?,
        })
    }

    /// Whether a filter may name a metadata key.
    pub(super) fn filters(&self, key: &str) -> bool {
        !self.unfilterable.iter().any(|known| known == key)
    }
}

/// A vector that is kept.
#[derive(Debug)]
pub(super) struct Stored<'r> {
    pub(super) row: i64,
    pub(super) key: &'r str,
    pub(super) data: &'r [u8],
    metadata: &'r str,
}

impl<'r> Stored<'r> {
    /// From the columns row, key, data and metadata.
    pub(super) fn of(row: &'r Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            row: row.get(0)?,
            key: row.get_ref(1)?.as_str()?,
            data: row.get_ref(2)?.as_blob()?,
            metadata: row.get_ref(3)?.as_str()?,
        })
    }

    pub(super) fn metadata(&self) -> rusqlite::Result<Map<String, Value>> {
        parsed(self.metadata)
    }

    /// In bytes.
    pub(super) fn size(&self) -> usize {
        self.key.len() + self.data.len() + self.metadata.len()
    }
}

fn parsed<T: DeserializeOwned>(text: &str) -> rusqlite::Result<T> {
    serde_json::from_str(text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error)))
}
