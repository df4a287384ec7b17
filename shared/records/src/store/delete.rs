//! Deleted records.

use super::knowledge::{Knowledge, dimension_of};
use super::room::{Room, bytes_moved, bytes_of};
use super::{Records, TRIES, now, number};
use crate::collection::{Collection, Scope};
use crate::entries::attribute;
use crate::record::{DeletedRecord, StoredRecord};
use crate::references::{Targets, cleared_with};
use jiff::{SignedDuration, Timestamp};
use problem::{Kind, Problem};
use std::time::Duration;
use tenant_context::errors::{internal, too_much};
use tenant_context::vectors::{Embeddings, TableVectors};
use tenant_context::{
    Condition, Key, Page, Partition, ProjectScope, RecordId, Table, Transacted, Update, UserId,
    Write, WriteError,
};

/// How long a deleted record can be restored before it is purged.
const RESTORABLE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How many writes clear fields in one transaction, and how many records are looked at for it. A record with a vector takes two
/// of them. With what the deleted one names, it stays below 100 writes.
const AT_ONCE: u32 = 80;
/// How many such transactions one request tries before it asks to be called again.
const ROUNDS: usize = 50;
/// How long to wait for an index that does not show yet what the record's count says.
const LAG: Duration = Duration::from_millis(100);

/// When what is deleted now is purged, in seconds since 1970.
pub(super) fn purge_at() -> i64 {
    (Timestamp::now() + RESTORABLE).as_second()
}

/// Who deletes records of one collection in one project.
pub(super) struct Deletion<'a> {
    pub(super) collection: &'static Collection,
    pub(super) project: &'a ProjectScope,
    pub(super) table: &'a Table,
    pub(super) list: &'a Partition,
    /// Nobody where the product itself deletes: what is cleared then keeps the name of who changed it last.
    pub(super) by: Option<UserId>,
    /// Only while there is no item with this key.
    pub(super) unless: Option<&'a Key>,
}

impl Records<'_> {
    /// Deletes a record: it moves out of the list, where it can be restored for 30 days. Two calls: what moves must be
    /// read first. Where fields of other records are cleared with it, these two and the pages of the indexes that name it,
    /// again for each 80 writes, 3.8 MB or page of an index, whichever is first.
    ///
    /// # Errors
    /// `not-found`, `version-mismatch`, `permission-denied` (not your own), `still-referenced`, `conflict` when it keeps
    /// changing, `unavailable` when so many records name it that it takes another request, `validation-failed` when what it
    /// names is too large to be written together with it.
    pub async fn delete(&self, id: RecordId, if_match: Option<u64>) -> Result<(), Problem> {
        let may = |record: &StoredRecord| self.may_change(record, if_match);
        self.deletion().delete(id, may).await
    }

    pub(super) fn deletion(&self) -> Deletion<'_> {
        Deletion {
            collection: self.collection,
            project: &self.project,
            table: &self.table,
            list: &self.list,
            by: Some(self.user()),
            unless: None,
        }
    }
}

impl Deletion<'_> {
    /// Deletes a record that `may` be: it is asked each time that the record is read.
    pub(super) async fn delete(
        &self,
        id: RecordId,
        may: impl Fn(&StoredRecord) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let key = self.list.record(id);
        let (mut conflicts, mut room) = (0, Room::whole());
        for _ in 0..ROUNDS {
            let record: Option<StoredRecord> = self.table.get(&key).await?;
            let record = record.ok_or(Kind::NotFound)?;
            may(&record)?;
            if record.held_by > 0 {
                return Err(Kind::StillReferenced.into());
            }
            let cleared = self.clearing(&record, room).await?;
            let count = i64::try_from(cleared.len()).unwrap_or(i64::MAX);
            if count == 0 && record.named_by > 0 {
                tokio::time::sleep(LAG).await;
                continue;
            }
            let targets = self.released(&record)?;
            // A transaction names an item once: what this record names and what names it may be the same.
            let is_apart = !cleared
                .iter()
                .any(|(key, _)| targets.touch(std::slice::from_ref(key)));
            // Where all of it was too large together, it moves by itself in the end.
            let fits = room.is_whole() || count == 0;
            let is_last = count == record.named_by && is_apart && fits;
            let mut writes = if is_last {
                let mut knowledge = Knowledge::new(self.collection, self.project, self.table);
                knowledge.deleted(&record, purge_at())?;
                let removal = self.removal(&key, record)?.into_iter();
                let counts = knowledge.writes().await?;
                removal.chain(targets.writes()).chain(counts).collect()
            } else {
                let counted = Update::new().add("named_by", -count);
                // Nothing is cleared for a deletion that could not happen by now.
                let is_same = Condition::equals("version", number(record.version));
                let is_free = Condition::absent_or_at_most("held_by", 0);
                vec![Write::update(
                    key.clone(),
                    counted.when(is_same).when(is_free),
                )]
            };
            writes.extend(cleared.into_iter().flat_map(|(_, writes)| writes));
            let unless = self.unless.cloned();
            writes.extend(unless.map(|key| Write::check(key, vec![Condition::Missing])));
            match self.table.transact_if_it_fits(writes).await {
                Ok(Transacted::Done) if is_last => return Ok(()),
                // Others may come between as often as it comes further.
                Ok(Transacted::Done) => conflicts = 0,
                Ok(Transacted::TooLarge) if count > i64::from(!is_last) => room = room.half(),
                // There is nothing that could be left to another round.
                Ok(Transacted::TooLarge) => return Err(too_much()),
                Err(WriteError::Failed(problem)) => return Err(problem),
                Err(WriteError::Refused(_)) => {
                    conflicts += 1;
                    if conflicts == TRIES {
                        return Err(Kind::Conflict.into());
                    }
                    tokio::time::sleep(LAG).await;
                }
            }
        }
        Err(Problem::new(Kind::Unavailable))
    }

    /// What the record names is named once less.
    fn released(&self, record: &StoredRecord) -> Result<Targets<'_>, Problem> {
        let mut targets = Targets::new(self.collection, self.project);
        targets.count(&record.fields, -1)?;
        Ok(targets)
    }

    /// The move out of the list, if nothing about the record has changed: neither itself, nor who names it.
    pub(super) fn removal(&self, key: &Key, record: StoredRecord) -> Result<Vec<Write>, Problem> {
        let mut conditions = vec![Condition::equals("version", number(record.version))];
        conditions.push(Condition::absent_or_at_most("held_by", 0));
        conditions.push(Condition::absent_or_at_most("named_by", record.named_by));
        let kept = self.list.deleted().record(record.id);
        let deleted = DeletedRecord::of(record, self.by, now(), purge_at());
        // What there is one of can have been deleted before: the last one is what can be restored.
        let before = match self.collection.scope {
            Scope::Tenant => Vec::new(),
            Scope::Project | Scope::Person => vec![Condition::Missing],
        };
        Ok(vec![
            Write::Delete(key.clone(), conditions),
            Write::replace(kept, &deleted, before)?,
        ])
    }

    /// The records whose fields are cleared with this one, as many as fit into a transaction with this room, each once; at
    /// least one, if the indexes show any.
    async fn clearing(
        &self,
        record: &StoredRecord,
        mut room: Room,
    ) -> Result<Vec<(Key, Vec<Write>)>, Problem> {
        let mut cleared: Vec<(Key, Vec<Write>)> = Vec::new();
        if record.named_by == 0 {
            return Ok(cleared);
        }
        let (id, most) = (record.id.to_string(), usize::try_from(AT_ONCE).unwrap_or(0));
        let mut count = 0;
        room.take(bytes_moved(record));
        for (other, field, position) in cleared_with(self.collection) {
            // The count says when all are found.
            if i64::try_from(cleared.len()).is_ok_and(|found| found >= record.named_by) {
                break;
            }
            let records = self.project.records(other.part);
            let Some(list) = records.naming(position, record.id) else {
                continue;
            };
            let page: Page<StoredRecord> = self.table.records(&list, None, AT_ONCE, false).await?;
            for referrer in page.items {
                let home = other.records(self.project, referrer.owner_id);
                let key = home.record(referrer.id);
                let is_new = cleared.iter().all(|(known, _)| *known != key);
                if count < most && is_new && (room.take(bytes_of(&referrer)) || cleared.is_empty())
                {
                    let update = self.cleared(other, field.name, &id)?;
                    let (update, besides) =
                        self.unlabelled(other, field.name, &referrer, update)?;
                    let writes = [Some(Write::update(key.clone(), update)), besides];
                    let writes: Vec<Write> = writes.into_iter().flatten().collect();
                    count += writes.len();
                    cleared.push((key, writes));
                }
            }
        }
        if cleared.iter().any(|(_, writes)| writes.len() > 1) {
            Embeddings::of(self.project).relabelled(self.table).await?;
        }
        Ok(cleared)
    }

    /// The change that clears a field, if it still names the record.
    fn cleared(&self, of: &Collection, field: &'static str, id: &str) -> Result<Update, Problem> {
        let failed = |error| internal("update", &error);
        let moment = now();
        let mut update = Update::new()
            .add("version", 1)
            .remove(format!("fields.{field}"))
            .when(Condition::field_one_of(field, &[id]));
        if let Some(entry) = attribute(of, field) {
            update = update.remove(entry);
        }
        if let Some(by) = self.by {
            update = update.set("updated_by", by).map_err(failed)?;
        }
        update.set("changed", &moment).map_err(failed)
    }

    /// The change that clears a field of another record, together with what clears it of that record's vector. Which of the two
    /// there are must still be so then.
    fn unlabelled(
        &self,
        of: &'static Collection,
        field: &'static str,
        record: &StoredRecord,
        update: Update,
    ) -> Result<(Update, Option<Write>), Problem> {
        if !of.takes_embedding() {
            return Ok((update, None));
        }
        if dimension_of(&record.fields).is_none() {
            return Ok((update.when(Condition::FieldAbsent("dimension")), None));
        }
        let store = TableVectors::new(self.table);
        let change = store.relabel(self.project, record.id, &[(field, None)])?;
        Ok((update, Some(change)))
    }
}
