//! Files whose bytes never come.
//!
//! A file is a record first, and gets its bytes later. Who asks for none leaves a record that nobody can use. So each new file, and
//! each that is restored, is noted with the time at which DynamoDB removes that note; that is told by the change stream, and a
//! file which still has no bytes then is deleted as a person would do it. A create pays nothing for it, and no path of the code can
//! forget it.

use crate::record::FileItem;
use jiff::{SignedDuration, Timestamp};
use problem::Problem;
use records::delete_pending_file;
use serde::Deserialize;
use tenant_context::files::{FileOf, FileStore};
use tenant_context::{Key, Table, TenantContext, Update, WriteError};

/// How long a file waits for its bytes.
const WAITS: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long before that a URL has it wait anew: far longer than a URL is good for.
const MARGIN: SignedDuration = SignedDuration::from_hours(24);

/// What notes that a file waits.
#[derive(Deserialize)]
struct Waiting {}

/// Notes that a file waits for its bytes, unless it has them.
///
/// # Errors
/// When it can't be done now.
pub async fn expect_bytes(store: &FileStore, file: FileOf, request: &str) -> Result<(), Problem> {
    let table = store.table(file, request).await?;
    let item: Option<FileItem> = table.get(&store.record(file)).await?;
    if item.is_none_or(|item| item.upload().is_some()) {
        return Ok(());
    }
    note(&table, &file.pending()).await
}

/// Notes anew that a file waits, for whom a URL is to be signed: bytes that S3 takes by it are not to find their file gone. Those
/// that have not waited long pay nothing for it.
///
/// # Errors
/// When it can't be done now.
pub async fn wait_on(caller: &TenantContext, file: FileOf, item: &FileItem) -> Result<(), Problem> {
    let waits = age(file).is_none_or(|age| age > WAITS - MARGIN) && item.upload().is_none();
    match waits {
        true => note(&caller.table().await?, &file.pending()).await,
        false => Ok(()),
    }
}

fn age(file: FileOf) -> Option<SignedDuration> {
    let (seconds, _) = file.id().uuid().get_timestamp()?.to_unix();
    let made = Timestamp::from_second(i64::try_from(seconds).ok()?).ok()?;
    Some(Timestamp::now().duration_since(made))
}

async fn note(table: &Table, key: &Key) -> Result<(), Problem> {
    let until = (Timestamp::now() + WAITS).as_second();
    let noted = Update::new().set("ttl", until)?;
    match table.update::<Waiting>(key, noted).await {
        Ok(_) => Ok(()),
        Err(WriteError::Failed(problem)) => Err(problem),
        // There is no condition that could be refused.
        Err(WriteError::Refused(_)) => Ok(()),
    }
}

/// Deletes a file that has waited long enough, if it still has no bytes.
///
/// # Errors
/// When it can't be done now.
pub async fn give_up(store: &FileStore, file: FileOf, request: &str) -> Result<(), Problem> {
    // Bytes that have come and are not the file's yet: their own message makes them so.
    if store.has_uploads(file).await? {
        return Ok(());
    }
    let table = store.removing_table(file, request).await?;
    delete_pending_file(&table, &store.project(file), file.id(), &file.pending()).await
}
