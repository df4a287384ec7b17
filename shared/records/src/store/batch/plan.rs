//! What the operations of a batch come to.

use super::refused::{Place, Refused};
use super::{Change, Grants, Named, Outcome};
use crate::record::StoredRecord;
use crate::references::Targets;
use crate::store::delete::purge_at;
use crate::store::knowledge::Knowledge;
use crate::store::room::{bytes_moved, bytes_of};
use crate::store::{Records, not_for_others, now, number};
use crate::validate::Valid;
use permissions::Grant;
use problem::{Kind, Problem};
use tenant_context::{Condition, Key, RecordId, UserId, Write};

/// An operation whose input is valid.
pub(super) struct Step {
    pub(super) place: Place,
    pub(super) what: What,
}

/// What it is.
pub(super) enum What {
    Create(Valid),
    Update(Change, Valid),
    Delete(Named),
}

impl Step {
    /// The record that must be there already, and its version.
    pub(super) fn named(&self) -> Option<(RecordId, Option<u64>)> {
        match &self.what {
            What::Create(_) => None,
            What::Update(change, _) => Some((change.id, change.version)),
            What::Delete(named) => Some((named.id, named.version)),
        }
    }
}

/// A record that an operation makes, and what it was before, if it was there.
pub(super) struct Made {
    pub(super) before: Option<StoredRecord>,
    pub(super) after: StoredRecord,
}

/// What all of a batch comes to.
pub(super) struct Plan<'a> {
    pub(super) writes: Vec<Write>,
    /// Which operation each of the writes is of.
    pub(super) writers: Vec<usize>,
    keys: Vec<Key>,
    pub(super) targets: Targets<'a>,
    pub(super) owners: Vec<UserId>,
    pub(super) knowledge: Knowledge<'a>,
    /// What each operation makes, where it makes a record.
    pub(super) made: Vec<Option<Made>>,
    pub(super) outcomes: Vec<Outcome>,
    /// How much of the transaction its records take: as they are, and as they become.
    pub(super) bytes: usize,
}

impl Plan<'_> {
    /// Whether the last operation is about records of its own: a transaction touches an item once.
    fn is_apart(&self) -> Result<(), Problem> {
        // What there is one of is made once.
        let last = self.keys.split_last();
        if last.is_some_and(|(last, others)| others.contains(last)) {
            return Err(twice());
        }
        if self.targets.touch(&self.keys) {
            let detail = "names a record that the batch changes too, or the other way round";
            return Err(Problem::new(Kind::ValidationFailed).detail(detail));
        }
        Ok(())
    }
}

impl Records<'_> {
    /// What is to be written, seen from the records as they are.
    pub(super) async fn plan(
        &self,
        steps: &[Step],
        before: Vec<Option<StoredRecord>>,
        grants: Grants,
    ) -> Result<Plan<'_>, Problem> {
        let mut plan = Plan {
            writes: Vec::new(),
            writers: Vec::new(),
            keys: Vec::new(),
            targets: self.targets(&serde_json::Map::new())?,
            owners: Vec::new(),
            knowledge: self.knowledge(),
            made: Vec::new(),
            outcomes: Vec::new(),
            bytes: 0,
        };
        let (mut before, mut refused) = (before.into_iter(), Refused::default());
        for (number, step) in steps.iter().enumerate() {
            let found = step.named().and_then(|_| before.next().flatten());
            plan.knowledge.place.clone_from(&step.place.fields);
            let (keys, targets) = (plan.keys.len(), plan.targets.len());
            let planned = self.step(&mut plan, step, found, grants).await;
            if let Err(problem) = planned.and_then(|()| plan.is_apart()) {
                refused.note(&step.place, problem)?;
                // What can't be done is in no other operation's way.
                plan.keys.truncate(keys);
                plan.targets.truncate(targets);
            }
            plan.writers.resize(plan.writes.len(), number);
        }
        refused.nothing().map(|()| plan)
    }

    async fn step<'a>(
        &'a self,
        plan: &mut Plan<'a>,
        step: &Step,
        found: Option<StoredRecord>,
        grants: Grants,
    ) -> Result<(), Problem> {
        let found = |grant| {
            let record = found.ok_or_else(|| Problem::new(Kind::NotFound))?;
            let version = step.named().and_then(|(_, version)| version);
            self.may_change_with(grant, &record, version)
                .map(|()| record)
        };
        match &step.what {
            What::Create(valid) => {
                self.owned(plan, valid.owner, grants.create)?;
                let (id, mut valid) = (self.new_id(), valid.clone());
                self.seal(id, &mut valid).await?;
                let embedding = valid.embedding.clone();
                let record = self.new_record(id, valid);
                let key = self.home(record.owner_id).record(record.id);
                plan.targets.count(&record.fields, 1)?;
                plan.targets.cite(&record.fields)?;
                plan.knowledge.created(&record, embedding.as_ref())?;
                plan.bytes += bytes_of(&record);
                plan.writes.push(Write::create(key.clone(), &record)?);
                plan.keys.push(key);
                plan.outcomes
                    .push(Outcome::Record(Box::new(self.answer(record.clone()))));
                plan.made.push(Some(Made {
                    before: None,
                    after: record,
                }));
            }
            What::Update(change, valid) => {
                let before = found(grants.update)?;
                self.owned(plan, valid.owner, grants.update)?;
                self.may_follow(&before, valid)?;
                let mut sealed = valid.onto(self.collection, &before)?.into_owned();
                self.seal(change.id, &mut sealed).await?;
                let valid = &sealed;
                let after = self.applied(before.clone(), valid)?;
                plan.bytes += bytes_of(&before) + bytes_of(&after);
                let key = self.list.record(change.id);
                self.retarget(&mut plan.targets, &before, &after, valid)?;
                plan.targets.cite(&valid.set)?;
                plan.knowledge.changed(&before, &after, valid)?;
                self.stay_above(&mut plan.targets, change.id, valid).await?;
                let update = self.change(valid, &after.updated_at, Some(&after))?;
                let update = self.keeps_stages(update, &before, &after);
                let version = Condition::equals("version", number(before.version));
                plan.writes
                    .push(Write::update(key.clone(), update.when(version)));
                plan.keys.push(key);
                plan.outcomes
                    .push(Outcome::Record(Box::new(self.answer(after.clone()))));
                plan.made.push(Some(Made {
                    before: Some(before),
                    after,
                }));
            }
            What::Delete(named) => {
                let before = found(grants.delete)?;
                if before.held_by > 0 || before.named_by > 0 {
                    return Err(Kind::StillReferenced.into());
                }
                let key = self.list.record(named.id);
                plan.bytes += bytes_moved(&before);
                plan.targets.count(&before.fields, -1)?;
                plan.knowledge.deleted(&before, purge_at())?;
                let removal = self.deletion().removal(&key, before)?;
                plan.writes.extend(removal);
                plan.keys.push(key);
                plan.outcomes.push(Outcome::Deleted {
                    id: named.id,
                    deleted_at: now(),
                });
                plan.made.push(None);
            }
        }
        Ok(())
    }

    /// Notes the owner whom an operation names, to be found an active member.
    fn owned(
        &self,
        plan: &mut Plan<'_>,
        owner: Option<UserId>,
        grant: Grant,
    ) -> Result<(), Problem> {
        let Some(owner) = owner.filter(|owner| *owner != self.user()) else {
            return Ok(());
        };
        if grant != Grant::All {
            return Err(not_for_others());
        }
        if !plan.owners.contains(&owner) {
            plan.owners.push(owner);
        }
        Ok(())
    }
}

/// Of an operation on what an earlier one is about already.
pub(super) fn twice() -> Problem {
    Problem::new(Kind::ValidationFailed).detail("names a record a second time")
}
