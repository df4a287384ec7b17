//! An index for the order of a stream's records.
//!
//! The embedded store gives each record the number after the greatest one so far, and reads records by their numbers, but has
//! no index of them: each write and each reading would look at all records there ever were.

use dynoxide::Database;
use rusqlite::Connection;
use std::path::Path;

const INDEX: &str = "CREATE INDEX IF NOT EXISTS stream_order ON _stream_records (table_name, CAST(sequence_number AS INTEGER), shard_id)";

/// Adds the index to a database in a file.
pub(super) fn of_file(file: &Path) -> Result<(), String> {
    let connection = Connection::open(file).map_err(|error| error.to_string())?;
    let made = connection.execute_batch(INDEX);
    made.map_err(|error| error.to_string())
}

/// Adds the index to a database in memory that is still empty: by way of a file, for nothing else reaches it.
pub(super) fn of_memory(database: &Database) -> Result<(), String> {
    let name = format!("tenantry-{}.sqlite", uuid::Uuid::new_v4());
    let file = std::env::temp_dir().join(name);
    let path = file.to_string_lossy();
    let moved = database
        .vacuum_into(&path)
        .map_err(|error| error.to_string())
        .and_then(|()| of_file(&file))
        .and_then(|()| {
            let restored = database.restore_from(&path);
            restored.map_err(|error| error.to_string())
        });
    for end in ["", "-wal", "-shm"] {
        // What was never made need not be removed.
        let _ = std::fs::remove_file(format!("{path}{end}"));
    }
    moved
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    /// The store's own two questions, by its source.
    const QUESTIONS: [&str; 2] = [
        "SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 FROM _stream_records WHERE table_name = 't'",
        "SELECT event_name FROM _stream_records WHERE table_name = 't' AND shard_id = 's' AND CAST(sequence_number AS INTEGER) > 7
         ORDER BY CAST(sequence_number AS INTEGER) ASC LIMIT 10",
    ];

    fn plans(file: &Path) -> Vec<String> {
        let connection = Connection::open(file).unwrap();
        let plan = |question: &str| {
            let explained = format!("EXPLAIN QUERY PLAN {question}");
            let mut statement = connection.prepare(&explained).unwrap();
            let steps = statement.query_map([], |row| row.get::<_, String>(3));
            let steps: Vec<String> = steps.unwrap().map(Result::unwrap).collect();
            steps.join("; ")
        };
        QUESTIONS.into_iter().map(plan).collect()
    }

    #[test]
    fn the_stores_questions_are_answered_from_the_index() {
        let folder = std::env::temp_dir().join(format!("tenantry-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&folder).unwrap();
        let (first, second) = (folder.join("a.sqlite"), folder.join("b.sqlite"));
        let kept = Database::new(&first.to_string_lossy()).unwrap();
        let before = plans(&first);
        assert!(
            before.iter().all(|plan| !plan.contains("INDEX")),
            "{before:?}"
        );
        of_file(&first).unwrap();
        drop(kept);
        let passing = Database::memory().unwrap();
        of_memory(&passing).unwrap();
        passing.vacuum_into(&second.to_string_lossy()).unwrap();
        for file in [first, second] {
            for plan in plans(&file) {
                assert!(plan.contains("INDEX stream_order"), "{plan}");
                assert!(!plan.contains("TEMP B-TREE"), "{plan}");
            }
        }
        std::fs::remove_dir_all(folder).unwrap();
    }
}
