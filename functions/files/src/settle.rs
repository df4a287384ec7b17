//! What follows from an upload, and from a record's end. All of it can be repeated, in any order.

use crate::input::hex;
use crate::record::FileItem;
use jiff::Timestamp;
use problem::{Kind, Problem};
use tenant_context::files::{FileOf, FileStore, StoredBytes};
use tenant_context::{Condition, Update, Uuid, Write, WriteError};

/// How often a record that keeps changing is tried again.
const TRIES: usize = 5;

/// Makes the bytes of an upload those of its file, unless newer ones are there, and deletes what nobody names any more.
///
/// # Errors
/// When it can't be done now.
pub async fn uploaded(
    store: &FileStore,
    file: FileOf,
    upload: Uuid,
    request: &str,
) -> Result<(), Problem> {
    // What is not there has been dealt with; what was not bound by a URL of ours is nobody's.
    let Some(bytes) = store.head(file, upload).await? else {
        return store.delete_upload(file, upload).await;
    };
    for _ in 0..TRIES {
        let table = store.table(file, request).await?;
        let key = store.record(file);
        let Some(item): Option<FileItem> = table.get(&key).await? else {
            // What was told twice may be told after its file was deleted, which can be restored with its bytes.
            let deleted: Option<FileItem> = table.get(&store.deleted(file)).await?;
            return match deleted.and_then(|deleted| deleted.upload()) {
                Some(current) if current == upload => Ok(()),
                _ => store.delete_upload(file, upload).await,
            };
        };
        match item.upload() {
            Some(current) if current > upload => return store.delete_upload(file, upload).await,
            Some(current) if current == upload => return store.delete(file, Some(upload)).await,
            _ => {}
        }
        let change = change(store, file, upload, &bytes)?;
        let change = change.when(Condition::equals("version", item.version));
        let more = number(bytes.size) - number(item.size().unwrap_or_default());
        let writes = vec![Write::update(key, change), store.stored(file, more)];
        match table.transact(writes).await {
            Ok(()) => return store.delete(file, Some(upload)).await,
            Err(WriteError::Refused(_)) => {}
            Err(WriteError::Failed(problem)) => return Err(problem),
        }
    }
    Err(Kind::Conflict.into())
}

fn change(
    store: &FileStore,
    file: FileOf,
    upload: Uuid,
    bytes: &StoredBytes,
) -> Result<Update, Problem> {
    let list = store.list(file);
    let now = format!("{:.3}", Timestamp::now());
    Ok(Update::new()
        .add("version", 1)
        .set("changed", now)?
        .set("updated_by", bytes.by)?
        .set("fields.status", "available")?
        .set("by_status", list.in_status("available").entry())?
        .set("fields.upload_id", upload)?
        .set("fields.size_bytes", bytes.size)?
        .set("fields.content_type", &bytes.content_type)?
        .set("fields.sha256", hex(bytes.sha256))?)
}

/// Deletes the bytes of a file whose record is neither there nor waiting for its purge.
///
/// # Errors
/// When it can't be done now.
pub async fn gone(store: &FileStore, file: FileOf, request: &str) -> Result<(), Problem> {
    let table = store.table(file, request).await?;
    // In one moment: looked at one after the other, a file that moves between the two could be missed in both.
    let places = [store.record(file), store.deleted(file)];
    let nowhere = places.map(|key| Write::check(key, vec![Condition::Missing]));
    match table.transact(nowhere.to_vec()).await {
        Ok(()) => {
            count_no_more(store, file, request).await?;
            store.delete(file, None).await
        }
        Err(WriteError::Refused(_)) => Ok(()),
        Err(WriteError::Failed(problem)) => Err(problem),
    }
}

/// Counts a file's bytes no more, once: before they are deleted.
///
/// # Errors
/// When it can't be done now.
pub async fn count_no_more(store: &FileStore, file: FileOf, request: &str) -> Result<(), Problem> {
    let bytes = store.size(file).await?;
    if bytes > 0 {
        let table = store.table(file, request).await?;
        match table.transact(store.purged(file, bytes)?).await {
            // An earlier attempt has counted.
            Ok(()) | Err(WriteError::Refused(_)) => {}
            Err(WriteError::Failed(problem)) => return Err(problem),
        }
    }
    Ok(())
}

/// A number of bytes, to be reckoned with.
fn number(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
