//! Changed records.

use super::{Records, TRIES, now, number, unmet};
use crate::collection::Scope;
use crate::record::{PatchFields, Record, StoredRecord};
use crate::references::not_found;
use crate::validate::{Valid, validate};
use permissions::Grant;
use problem::{Kind, Problem};
use serde_json::Value;
use tenant_context::{Condition, RecordId, StoredItem, Update, Write, WriteError};

impl Records<'_> {
    /// Changes a record by a merge patch. One call for a plain change. Where the owner changes, a transaction and the read of
    /// its result; where it names other records than before, stands at another stage of one, changes a part of an object, or has to be
    /// read by its owner again, the read of what it was and a transaction.
    ///
    /// # Errors
    /// `not-found`, `version-mismatch`, `permission-denied` (not your own), `validation-failed`, `reference-not-found`,
    /// `illegal-status-change`, `still-referenced` (a stage at which records stand), or `conflict` when it keeps changing.
    pub async fn update(
        &self,
        id: RecordId,
        if_match: Option<u64>,
        patch: PatchFields,
    ) -> Result<Record, Problem> {
        let mut valid = self.checked_patch(patch)?;
        let owner = self.owner_check(valid.owner)?;
        self.seal(id, &mut valid).await?;
        // An answer that is kept must be known before the write.
        if self.keep.is_some() || self.needs_the_old(&valid) {
            return self.rename(id, if_match, &valid, owner.as_ref()).await;
        }
        let key = self.list.record(id);
        let moment = now();
        let update = self.change(&valid, &moment, None)?;
        let mut update = self.guarded(update, &valid, if_match);
        let stage = self.stage_alone(&valid);
        if let Some((_, reference)) = stage {
            update = update.when(Condition::FieldAbsent(reference));
        }
        let Some(owner) = owner else {
            return match self.table.update(&key, update).await {
                Ok(stored) => Ok(self.answer(stored)),
                // It may have a pipeline, and then the stage is one of the pipeline's.
                Err(WriteError::Refused(refused))
                    if stage.is_some() && refused.iter().any(|(_, item)| item.is_some()) =>
                {
                    self.rename(id, if_match, &valid, None).await
                }
                Err(error) => Err(error.or(|mut refused| {
                    self.refusal(refused.pop().and_then(|(_, item)| item), if_match, &valid)
                })),
            };
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

    /// The patch, if it is valid.
    pub(super) fn checked_patch(&self, patch: PatchFields) -> Result<Valid, Problem> {
        let valid = validate(self.collection, patch.0, true)?;
        if self.collection.scope == Scope::Person && valid.owner.is_some_and(|o| o != self.user()) {
            let problem = Problem::new(Kind::ValidationFailed);
            return Err(problem.field("/owner_id", "can't be changed: nobody else sees the record"));
        }
        Ok(valid)
    }

    /// Whether the change can't be made without knowing what the record was.
    fn needs_the_old(&self, valid: &Valid) -> bool {
        let mut references = self.collection.references().map(|(field, _)| field.name);
        let is_staged = self.collection.staged().is_some_and(|(stage, _)| {
            let at = valid.set.get(stage.name).and_then(Value::as_str);
            at.is_some_and(|at| valid.owner.is_some() || !stage.words().contains(&at))
        });
        let in_inbox = self.collection.unread().is_some();
        let is_unread = crate::entries::is_unread(self.collection, &valid.set);
        let mut citations = self.collection.citations().map(|(field, ..)| field.name);
        references.any(|name| valid.touches(name))
            || !valid.merge.is_empty()
            || is_staged
            || self.changes_knowledge(valid)
            || citations.any(|name| valid.set.contains_key(name))
            || in_inbox && (valid.owner.is_some() || is_unread)
            || self.collection.has_stages() && valid.set.contains_key("stage_keys")
    }

    /// The stage that the change sets while it says nothing of the pipeline, by the field that names one.
    fn stage_alone(&self, valid: &Valid) -> Option<(&'static str, &'static str)> {
        let (stage, reference) = self.collection.staged()?;
        let stage = valid.set.contains_key(stage.name).then_some(stage.name)?;
        Some((stage, reference))
    }

    /// A change seen from what the record was: what it named before is counted down, what it names now is counted up.
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
            let valid = &*valid.onto(self.collection, &before)?;
            let after = self.applied(before.clone(), valid)?;
            let mut targets = self.targets(&serde_json::Map::new())?;
            self.retarget(&mut targets, &before, &after, valid)?;
            if let Some(field) = targets.names(&key) {
                let problem = Problem::new(Kind::ValidationFailed);
                return Err(problem.field(format!("/{}", field.name), "names the record itself"));
            }
            targets.cite(&valid.set)?;
            let mut knowledge = self.knowledge();
            knowledge.changed(&before, &after, valid)?;
            let moves = self.stay_above(&mut targets, id, valid).await?;
            let update = self.change(valid, &after.updated_at, Some(&after))?;
            let update = self.keeps_stages(update, &before, &after);
            let update = update.when(Condition::equals("version", number(before.version)));
            let writes = [Write::update(key.clone(), update)]
                .into_iter()
                .chain(targets.writes())
                .chain(owner.cloned())
                .chain(knowledge.writes().await?);
            let behind = 1 + targets.len() + usize::from(owner.is_some());
            self.keep([&after])?;
            match self.table.transact(writes.collect()).await {
                Ok(()) => return Ok(self.answer(after)),
                // It changed since it was read: what it named may be another record by now.
                Err(WriteError::Refused(refused)) if refused.iter().any(|(at, _)| *at == 0) => {
                    let found = refused.first().and_then(|(_, found)| found.as_ref());
                    self.stages_are_free(&before, &after, found)?;
                }
                // Or somebody moves what it is moved into; if that is gone, the next look says so.
                Err(WriteError::Refused(refused))
                    if moves && refused.iter().all(|(at, _)| *at <= targets.len()) => {}
                Err(error) => {
                    return Err(error.or(|refused| {
                        let unknown = knowledge.unmet(&refused, behind);
                        let unmet = unknown.or_else(|| unmet(&targets, &refused, 1));
                        unmet.unwrap_or_else(|| Kind::Conflict.into())
                    }));
                }
            }
        }
        Err(Kind::Conflict.into())
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
    pub(super) fn may_follow(&self, record: &StoredRecord, valid: &Valid) -> Result<(), Problem> {
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
