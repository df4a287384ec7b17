//! Files that never got their bytes.

use super::delete::Deletion;
use crate::collections::FILES;
use crate::record::StoredRecord;
use problem::{Kind, Problem};
use tenant_context::{Condition, Key, ProjectScope, RecordId, Table, Write, WriteError};

/// Deletes a file that still has no bytes, as a request would, but in nobody's name: it can be restored for 30 days, and what names it is
/// cleared. A file that has bytes, or that others can't be without, stays; and so does one that is waited for (again), as `note` says.
///
/// # Errors
/// When a call fails; `conflict` when the file keeps changing; `unavailable` when so many records name it that it takes another attempt.
pub async fn delete_pending_file(
    table: &Table,
    project: &ProjectScope,
    file: RecordId,
    note: &Key,
) -> Result<(), Problem> {
    // Whoever is told late, or once more, finds the note of a file that was restored, or asked for a URL, since.
    match table
        .transact(vec![Write::check(note.clone(), vec![Condition::Missing])])
        .await
    {
        Ok(()) => {}
        Err(WriteError::Refused(_)) => return Ok(()),
        Err(WriteError::Failed(problem)) => return Err(problem),
    }
    let deletion = Deletion {
        collection: &FILES,
        project,
        table,
        list: &project.records(FILES.part),
        by: None,
        unless: Some(note),
    };
    let may = |record: &StoredRecord| match is_pending(record) {
        true => Ok(()),
        false => Err(Problem::new(Kind::NotFound)),
    };
    match deletion.delete(file, may).await {
        Err(problem) if matches!(problem.kind(), Kind::NotFound | Kind::StillReferenced) => Ok(()),
        done => done,
    }
}

fn is_pending(file: &StoredRecord) -> bool {
    !file.fields.contains_key("upload_id")
}
