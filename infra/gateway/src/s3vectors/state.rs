//! What is kept: indexes and their vectors, in memory or in a file.

use super::distance::floats;
use super::kept::{Index, Stored};
use super::vector::Vector;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

const FILE_NAME: &str = "vectors.sqlite";
/// An id is never given a second time, so that nothing said of an index that was removed holds for one made later under its name. The
/// second index of the vectors gives them in their order.
const TABLES: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS indexes (
        id INTEGER PRIMARY KEY AUTOINCREMENT, bucket TEXT NOT NULL, name TEXT NOT NULL, created INTEGER NOT NULL,
        dimension INTEGER NOT NULL, metric TEXT NOT NULL, unfilterable TEXT NOT NULL, UNIQUE (bucket, name)
    );
    CREATE TABLE IF NOT EXISTS vectors (
        row INTEGER PRIMARY KEY, index_id INTEGER NOT NULL, key TEXT NOT NULL, data BLOB NOT NULL, metadata TEXT NOT NULL,
        UNIQUE (index_id, key)
    );
    CREATE INDEX IF NOT EXISTS vectors_in_order ON vectors (index_id, row);
";

/// The connection to what is kept.
#[derive(Debug)]
pub(super) struct State {
    connection: Connection,
}

impl State {
    pub(super) fn open(data: Option<&Path>) -> Result<Self, String> {
        let Some(folder) = data else {
            let connection = Connection::open_in_memory().and_then(Self::prepared);
            return connection.map_err(|error| error.to_string());
        };
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("{}: {error}", folder.display()))?;
        let file = folder.join(FILE_NAME);
        let connection = Connection::open(&file).and_then(Self::prepared);
        connection.map_err(|error| format!("{}: {error}", file.display()))
    }

    fn prepared(connection: Connection) -> rusqlite::Result<Self> {
        connection.execute_batch(TABLES)?;
        Ok(Self { connection })
    }

    /// Makes an index, if there is none of its name.
    pub(super) fn create(
        &mut self,
        bucket: &str,
        name: &str,
        index: &Index,
    ) -> rusqlite::Result<bool> {
        let Index {
            created,
            dimension,
            metric,
            unfilterable,
            ..
        } = index;
        let made = self.connection.execute(
            "INSERT INTO indexes (bucket, name, created, dimension, metric, unfilterable) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO NOTHING",
            params![bucket, name, created, dimension, metric.name(), json!(unfilterable).to_string()],
        )?;
        Ok(made == 1)
    }

    pub(super) fn index(&self, bucket: &str, name: &str) -> rusqlite::Result<Option<Index>> {
        let question = "SELECT id, created, dimension, metric, unfilterable FROM indexes WHERE bucket = ?1 AND name = ?2";
        let index = self
            .connection
            .query_row(question, (bucket, name), Index::of);
        index.optional()
    }

    pub(super) fn remove(&mut self, index: &Index) -> rusqlite::Result<()> {
        let work = self.connection.transaction()?;
        work.execute("DELETE FROM vectors WHERE index_id = ?1", [index.id])?;
        work.execute("DELETE FROM indexes WHERE id = ?1", [index.id])?;
        work.commit()
    }

    pub(super) fn put(&mut self, index: &Index, vectors: &[Vector<'_>]) -> rusqlite::Result<()> {
        let work = self.connection.transaction()?;
        {
            let mut put = work.prepare(
                "INSERT INTO vectors (index_id, key, data, metadata) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (index_id, key) DO UPDATE SET data = excluded.data, metadata = excluded.metadata",
            )?;
            for vector in vectors {
                put.execute(params![index.id, vector.key, vector.data, vector.metadata])?;
            }
        }
        work.commit()
    }

    pub(super) fn delete(&mut self, index: &Index, keys: &[&str]) -> rusqlite::Result<()> {
        let work = self.connection.transaction()?;
        for key in keys {
            let one = "DELETE FROM vectors WHERE index_id = ?1 AND key = ?2";
            work.execute(one, params![index.id, key])?;
        }
        work.commit()
    }

    /// Shows the vector of a key, if there is one.
    pub(super) fn get<T>(
        &self,
        index: &Index,
        key: &str,
        show: impl FnOnce(&Stored<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Option<T>> {
        let question =
            "SELECT row, key, data, metadata FROM vectors WHERE index_id = ?1 AND key = ?2";
        let shown = |row: &Row<'_>| show(&Stored::of(row)?);
        let found = self
            .connection
            .query_row(question, params![index.id, key], shown);
        found.optional()
    }

    /// Shows the vector in a row.
    pub(super) fn at<T>(
        &self,
        row: i64,
        show: impl FnOnce(&Stored<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Option<T>> {
        let question = "SELECT row, key, data, metadata FROM vectors WHERE row = ?1";
        let shown = |row: &Row<'_>| show(&Stored::of(row)?);
        self.connection.query_row(question, [row], shown).optional()
    }

    /// Looks at the vectors of an index behind a row, in the order in which they were first put.
    pub(super) fn each(
        &self,
        index: &Index,
        after: i64,
        mut look: impl FnMut(&Stored<'_>) -> rusqlite::Result<ControlFlow<()>>,
    ) -> rusqlite::Result<()> {
        let question = "SELECT row, key, data, metadata FROM vectors WHERE index_id = ?1 AND row > ?2 ORDER BY row";
        let mut statement = self.connection.prepare(question)?;
        let mut rows = statement.query((index.id, after))?;
        while let Some(row) = rows.next()? {
            if look(&Stored::of(row)?)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// The vectors of the index of this name in any bucket, by their keys.
    pub(super) fn dump(&self, name: &str) -> rusqlite::Result<Option<BTreeMap<String, Value>>> {
        let question = "SELECT bucket FROM indexes WHERE name = ?1 ORDER BY bucket LIMIT 1";
        let bucket = self
            .connection
            .query_row(question, [name], |row| row.get::<_, String>(0));
        let Some(bucket) = bucket.optional()? else {
            return Ok(None);
        };
        let Some(index) = self.index(&bucket, name)? else {
            return Ok(None);
        };
        let mut vectors = BTreeMap::new();
        self.each(&index, 0, |stored| {
            let numbers: Vec<f32> = floats(stored.data).collect();
            let shown = json!({"float32": numbers, "metadata": stored.metadata()?});
            vectors.insert(stored.key.to_owned(), shown);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(Some(vectors))
    }
}
