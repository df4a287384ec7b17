//! Deleted records that come back.

use super::{Records, TRIES, now, number};
use crate::field::OnDelete;
use crate::record::{DeletedRecord, Record, StoredRecord};
use crate::references::not_found;
use jiff::Timestamp;
use problem::{Kind, Problem};
use tenant_context::{Condition, RecordId, Write, WriteError};

impl Records<'_> {
    /// Restores a deleted record, as it was and one version on. Two calls. A field that names a record which has been
    /// deleted meanwhile is cleared where the field allows it.
    ///
    /// # Errors
    /// `not-found` when there is no deleted record of this id, `permission-denied` (not your own), `reference-not-found`
    /// when it names a record that is not there and can't be without it, `already-taken` where the tenant has another one and
    /// can have one alone, `conflict` when it keeps changing.
    pub async fn restore(&self, id: RecordId) -> Result<Record, Problem> {
        for _ in 0..TRIES {
            if let Some(restored) = self.restored(id).await? {
                return Ok(self.answer(restored));
            }
        }
        Err(Kind::Conflict.into())
    }

    /// The record, or nothing if another deleted one has taken its place since it was read.
    async fn restored(&self, id: RecordId) -> Result<Option<StoredRecord>, Problem> {
        let kept = self.list.deleted().record(id);
        let deleted: Option<DeletedRecord> = self.table.get(&kept).await?;
        // What is due to be purged is gone, though the purge takes its time.
        let deleted = deleted
            .filter(|deleted| deleted.ttl > Timestamp::now().as_second())
            .ok_or_else(|| Problem::new(Kind::NotFound))?;
        let is_same = vec![
            Condition::equals("version", number(deleted.version)),
            Condition::equals("deleted_at", deleted.deleted_at.as_str()),
        ];
        let mut record = deleted.record();
        self.may_change(&record, None)?;
        record.updated_at = now();
        record.updated_by = self.user();
        record.version = record.version.saturating_add(1);
        let embedding = self.knowledge().of(&record).await?;
        for _ in 0..TRIES {
            record.entries = self.entries(&record);
            let targets = self.targets(&record.fields)?;
            let mut writes = vec![
                Write::create(self.list.record(id), &record)?,
                Write::Delete(kept.clone(), is_same.clone()),
            ];
            let first = writes.len();
            writes.extend(targets.writes());
            let (behind, mut knowledge) = (writes.len(), self.knowledge());
            if let Some(embedding) = &embedding {
                knowledge.restored(&record, embedding)?;
            }
            writes.extend(knowledge.writes().await?);
            self.keep([&record])?;
            let refused = match self.table.transact(writes).await {
                Ok(()) => return Ok(Some(record)),
                Err(WriteError::Refused(refused)) => refused,
                Err(WriteError::Failed(problem)) => return Err(problem),
            };
            let first_refused = refused.iter().find(|(position, _)| *position == 0);
            if let Some((_, found)) = first_refused
                && let Some(problem) = self.already_there(found.as_ref())
            {
                return Err(problem);
            }
            let now_deleted = refused.iter().find(|(position, _)| *position == 1);
            if now_deleted.is_some_and(|(_, found)| found.is_some()) {
                return Ok(None);
            }
            // Somebody else restored it, and may have changed it since.
            if refused.iter().any(|(position, _)| *position < first) {
                return Err(Kind::NotFound.into());
            }
            if let Some(problem) = knowledge.unmet(&refused, behind) {
                return Err(problem);
            }
            let missing = targets.missing(&refused, first);
            let mut needed = missing
                .iter()
                .filter(|field| field.is_required || field.on_delete == OnDelete::Refuse);
            if needed.next().is_some() {
                return Err(not_found(missing.iter().map(|field| field.name)));
            }
            let gone: Vec<&str> = missing.iter().map(|field| field.name).collect();
            forget(&mut record, &gone);
        }
        Err(Kind::Conflict.into())
    }
}

fn forget(record: &mut StoredRecord, fields: &[&str]) {
    record.fields.retain(|name, _| !fields.contains(&&**name));
}
