//! Changed records.

use super::{Records, TRIES, now, number, unmet};
use crate::entries::{Entries, attribute};
use crate::record::{PatchFields, Record, StoredRecord};
use crate::references::{Targets, not_found};
use crate::validate::{Valid, validate};
use permissions::Grant;
use problem::{Kind, Problem};
use serde_json::Value;
use tenant_context::errors::internal;
use tenant_context::{Condition, Key, RecordId, StoredItem, Update, Write, WriteError};

impl Records<'_> {
    /// Changes a record by a merge patch. One call for a plain change. Where the owner changes, a transaction and the read of
    /// its result; where it names other records than before, the read of what it named and a transaction.
    ///
    /// # Errors
    /// `not-found`, `version-mismatch`, `permission-denied` (not your own), `validation-failed`, `reference-not-found`,
    /// `illegal-status-change`, or `conflict` when it keeps changing.
    pub async fn update(
        &self,
        id: RecordId,
        if_match: Option<u64>,
        patch: PatchFields,
    ) -> Result<Record, Problem> {
        let valid = validate(self.collection, patch.0, true)?;
        let owner = self.owner_check(valid.owner)?;
        let key = self.list.record(id);
        if self.names_records(&valid) {
            return self.rename(id, if_match, &valid, owner.as_ref()).await;
        }
        let moment = now();
        let update = self.guarded(self.change(&valid, &moment)?, &valid, if_match);
        let Some(owner) = owner else {
            let stored = self.table.update(&key, update).await;
            return stored.map(|stored| self.answer(stored)).map_err(|error| {
                error.or(|mut refused| {
                    self.refusal(refused.pop().and_then(|(_, item)| item), if_match, &valid)
                })
            });
        };
        let writes = vec![Write::update(key, update), owner];
        self.table.transact(writes).await.map_err(|error| {
            error.or(|mut refused| match refused.first() {
                Some((0, _)) => self.refusal(refused.swap_remove(0).1, if_match, &valid),
                _ => not_found(["owner_id"]),
            })
        })?;
        self.read(id).await
    }

    fn names_records(&self, valid: &Valid) -> bool {
        let mut fields = self.collection.references().map(|(field, _)| field.name);
        fields.any(|name| valid.set.contains_key(name) || valid.remove.contains(&name))
    }

    /// A change of what the record names: what it named before is counted down, what it names now is counted up.
    async fn rename(
        &self,
        id: RecordId,
        if_match: Option<u64>,
        valid: &Valid,
        owner: Option<&Write>,
    ) -> Result<Record, Problem> {
        let key = self.list.record(id);
        for _ in 0..TRIES {
            let before = self.stored(id).await?;
            self.may_change(&before, if_match)?;
            self.may_follow(&before, valid)?;
            let after = self.applied(before.clone(), valid);
            let mut targets = self.retargeted(&key, &before, &after, valid)?;
            let moves = self.stay_above(&mut targets, id, valid).await?;
            let update = self
                .change(valid, &after.updated_at)?
                .when(Condition::equals("version", number(before.version)));
            let writes = [Write::update(key.clone(), update)]
                .into_iter()
                .chain(targets.writes())
                .chain(owner.cloned());
            match self.table.transact(writes.collect()).await {
                Ok(()) => return Ok(self.answer(after)),
                // It changed since it was read: what it named may be another record by now.
                Err(WriteError::Refused(refused))
                    if refused.iter().any(|(position, _)| *position == 0) => {}
                // Or somebody moves what it is moved into; if that is gone, the next look says so.
                Err(WriteError::Refused(_)) if moves => {}
                Err(error) => {
                    return Err(error.or(|refused| {
                        unmet(&targets, &refused, 1).unwrap_or_else(|| Kind::Conflict.into())
                    }));
                }
            }
        }
        Err(Kind::Conflict.into())
    }

    /// What is counted down and up.
    fn retargeted(
        &self,
        key: &Key,
        before: &StoredRecord,
        after: &StoredRecord,
        valid: &Valid,
    ) -> Result<Targets<'_>, Problem> {
        let mut changed = before.fields.clone();
        changed.retain(|name, _| valid.set.contains_key(name) || valid.remove.contains(&&**name));
        let mut targets = Targets::new(self.collection, &self.project);
        targets.count(&changed, -1)?;
        let mut named = after.fields.clone();
        named.retain(|name, _| valid.set.contains_key(name));
        targets.count(&named, 1)?;
        if let Some(field) = targets.names(key) {
            let problem = Problem::new(Kind::ValidationFailed);
            return Err(problem.field(format!("/{}", field.name), "names the record itself"));
        }
        Ok(targets)
    }

    /// The record after the change.
    fn applied(&self, mut record: StoredRecord, valid: &Valid) -> StoredRecord {
        for (name, value) in &valid.set {
            record.fields.insert(name.clone(), value.clone());
        }
        for name in &valid.remove {
            record.fields.remove(*name);
        }
        record.owner_id = valid.owner.unwrap_or(record.owner_id);
        record.updated_at = now();
        record.updated_by = self.user();
        record.version = record.version.saturating_add(1);
        record
    }

    /// The change itself, with that of the indexes.
    fn change(&self, valid: &Valid, moment: &str) -> Result<Update, Problem> {
        let failed = |error| internal("update", &error);
        let mut update = Update::new().add("version", 1).when(Condition::Exists);
        update = update
            .set("updated_at", moment)
            .and_then(|update| update.set("updated_by", self.user()))
            .map_err(failed)?;
        let mut entries = Entries::of_set(self.collection, &self.list, &valid.set);
        entries.change(moment);
        for (name, value) in &valid.set {
            update = update
                .set(format!("fields.{name}"), value)
                .map_err(failed)?;
        }
        for name in &valid.remove {
            update = update.remove(format!("fields.{name}"));
            if let Some(entry) = attribute(self.collection, name) {
                update = update.remove(entry);
            }
        }
        if let Some(owner) = valid.owner {
            update = update.set("owner_id", owner).map_err(failed)?;
            entries.owner(&self.list, owner);
        }
        for (attribute, entry) in entries.into_iter() {
            update = update.set(attribute, entry).map_err(failed)?;
        }
        Ok(update)
    }

    /// The change under the conditions of this caller and of the record's status.
    fn guarded(&self, mut update: Update, valid: &Valid, if_match: Option<u64>) -> Update {
        if let Some(version) = if_match {
            update = update.when(Condition::equals("version", number(version)));
        }
        if self.caller.grant == Grant::Own {
            update = update.when(Condition::equals("owner_id", self.user().to_string()));
        }
        if let Some((field, ways)) = self.ways(valid) {
            update = update.when(Condition::field_one_of(field, &ways));
        }
        update
    }

    /// The field and the statuses from which the record can go where it is to go.
    fn ways(&self, valid: &Valid) -> Option<(&'static str, Vec<&'static str>)> {
        let field = self.collection.status()?;
        let to = valid.set.get(field.name)?.as_str()?;
        Some((field.name, field.ways_to(to)?))
    }

    /// Whether the status that is set can follow the record's.
    fn may_follow(&self, record: &StoredRecord, valid: &Valid) -> Result<(), Problem> {
        let Some((field, ways)) = self.ways(valid) else {
            return Ok(());
        };
        let from = record.fields.get(field).and_then(Value::as_str);
        match from.filter(|from| !ways.contains(from)) {
            None => Ok(()),
            Some(from) => Err(Problem::new(Kind::IllegalStatusChange).field(
                format!("/{field}"),
                format!("can be set only from {}; it is {from}", ways.join(", ")),
            )),
        }
    }

    /// What a refused write to a record means, seen from the record as it stands.
    fn refusal(&self, found: Option<StoredItem>, if_match: Option<u64>, valid: &Valid) -> Problem {
        let Some(found) = found else {
            return Kind::NotFound.into();
        };
        let judged = found.read::<StoredRecord>().and_then(|record| {
            self.may_change(&record, if_match)?;
            self.may_follow(&record, valid)
        });
        judged.err().unwrap_or_else(|| Kind::Conflict.into())
    }
}
