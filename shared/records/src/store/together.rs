//! Several changes at once, all or none: how they are made.

use super::batch::{Change, Grants, Named, Operation, Outcome};
use super::delete::purge_at;
use super::knowledge::Knowledge;
use super::room::{Room, bytes_moved, bytes_of};
use super::{Records, TRIES, now, number};
use crate::record::StoredRecord;
use crate::references::Targets;
use crate::validate::{Valid, validate};
use permissions::Grant;
use problem::{Kind, Problem};
use tenant_context::{Condition, Key, RecordId, StoredItem, Transacted, UserId, Write, WriteError};

/// How many items a transaction may touch.
const MOST_WRITES: usize = 100;

/// An operation whose input is valid.
enum Step {
    Create(Valid),
    Update(Change, Valid),
    Delete(Named),
}

impl Step {
    /// The record that must be there already, and its version.
    fn named(&self) -> Option<(RecordId, Option<u64>)> {
        match self {
            Step::Create(_) => None,
            Step::Update(change, _) => Some((change.id, change.version)),
            Step::Delete(named) => Some((named.id, named.version)),
        }
    }
}

/// What all of a batch comes to.
struct Plan<'a> {
    writes: Vec<Write>,
    keys: Vec<Key>,
    targets: Targets<'a>,
    owners: Vec<UserId>,
    knowledge: Knowledge<'a>,
    /// What each operation makes, where it makes a record.
    made: Vec<Option<StoredRecord>>,
    outcomes: Vec<Outcome>,
    /// How much of the transaction its records take: as they are, and as they become.
    bytes: usize,
}

impl Records<'_> {
    /// Creates, changes and deletes several records, all or none: the read of those that are there already, and one
    /// transaction. `place` is where the operations stand in the body; what is going to be answered is announced to `keep`.
    ///
    /// # Errors
    /// What a single operation answers, with the operation's place; of several kinds the first.
    pub async fn apply(
        &self,
        place: &str,
        operations: Vec<Operation>,
        grants: Grants,
        keep: impl Fn(&[Outcome]) -> Result<(), Problem>,
    ) -> Result<Vec<Outcome>, Problem> {
        let steps = self.valid(place, operations)?;
        let ids: Vec<RecordId> = steps
            .iter()
            .filter_map(Step::named)
            .map(|(id, _)| id)
            .collect();
        let keys: Vec<Key> = ids.iter().map(|id| self.list.record(*id)).collect();
        for _ in 0..TRIES {
            let mut before = Vec::new();
            if !keys.is_empty() {
                before = self.table.get_all::<StoredRecord>(&keys).await?;
            }
            let plan = self.plan(place, &steps, before, grants).await?;
            let first = plan.writes.len();
            let mut writes = plan.writes;
            writes.extend(plan.targets.writes());
            writes.extend(plan.owners.iter().map(|owner| {
                let key = self.caller.context.keys().member(*owner);
                Write::check(key, vec![Condition::equals("status", "active")])
            }));
            let behind = writes.len();
            writes.extend(plan.knowledge.writes().await?);
            // The answer of a request that can be repeated is a write too.
            let (answer, mut room) = match self.caller.context.is_repeatable() {
                true => (1, Room::beside_an_answer()),
                false => (0, Room::whole()),
            };
            if writes.len() + answer > MOST_WRITES || !room.take(plan.bytes) {
                return Err(too_much());
            }
            keep(&plan.outcomes)?;
            let refused = match self.table.transact_if_it_fits(writes).await {
                Ok(Transacted::Done) => return Ok(plan.outcomes),
                Ok(Transacted::TooLarge) => return Err(too_much()),
                Err(WriteError::Failed(problem)) => return Err(problem),
                Err(WriteError::Refused(refused)) => refused,
            };
            let mut creates = steps.iter();
            let create = creates.position(|step| matches!(step, Step::Create(_)));
            let there = refused.iter().filter(|(position, _)| *position < first);
            let mut there = there.filter_map(|(_, found)| self.already_there(found.as_ref()));
            if let (Some(create), Some(problem)) = (create, there.next()) {
                return Err(at(problem, &format!("{place}/{create}")));
            }
            // A record changed since it was read: what is to become of it has to be seen anew.
            if refused.iter().all(|(position, _)| *position >= first) {
                if let Some(problem) = plan.knowledge.unmet(&refused, behind) {
                    return Err(problem);
                }
                return Err(unmet(
                    place,
                    &plan.made,
                    &plan.targets,
                    &plan.owners,
                    &refused,
                    first,
                ));
            }
        }
        Err(Kind::Conflict.into())
    }

    /// The operations, if the input of all of them is valid; everything that is wrong is said at once.
    fn valid(&self, place: &str, operations: Vec<Operation>) -> Result<Vec<Step>, Problem> {
        let (mut steps, mut problem) = (Vec::new(), Problem::new(Kind::ValidationFailed));
        let mut ids: Vec<RecordId> = Vec::new();
        for (position, operation) in operations.into_iter().enumerate() {
            let (within, step) = match operation {
                Operation::Create(fields) => {
                    let valid = validate(self.collection, fields.0, false);
                    let within = if place == "/records" { "" } else { "/create" };
                    (within, valid.map(Step::Create))
                }
                Operation::Update(change) => {
                    let valid = self.checked_patch(change.fields.clone());
                    (
                        "/update/fields",
                        valid.map(|valid| Step::Update(change, valid)),
                    )
                }
                Operation::Delete(named) => ("/delete", Ok(Step::Delete(named))),
            };
            match step {
                Ok(step) => {
                    if let Some((id, _)) = step.named() {
                        if ids.contains(&id) {
                            let pointer = format!("{place}/{position}");
                            problem = problem.field(pointer, "names a record a second time");
                        }
                        ids.push(id);
                    }
                    steps.push(step);
                }
                Err(wrong) => {
                    for error in wrong.errors() {
                        let pointer = format!("{place}/{position}{within}{}", error.pointer);
                        problem = problem.field(pointer, error.detail.clone());
                    }
                }
            }
        }
        if problem.errors().is_empty() {
            Ok(steps)
        } else {
            Err(problem)
        }
    }

    /// What is to be written, seen from the records as they are.
    async fn plan(
        &self,
        place: &str,
        steps: &[Step],
        before: Vec<Option<StoredRecord>>,
        grants: Grants,
    ) -> Result<Plan<'_>, Problem> {
        let mut plan = Plan {
            writes: Vec::new(),
            keys: Vec::new(),
            targets: self.targets(&serde_json::Map::new())?,
            owners: Vec::new(),
            knowledge: self.knowledge(),
            made: Vec::new(),
            outcomes: Vec::new(),
            bytes: 0,
        };
        let mut before = before.into_iter();
        for (position, step) in steps.iter().enumerate() {
            let found = step.named().and_then(|_| before.next().flatten());
            plan.knowledge.place = format!("{place}/{position}");
            let step = self.step(&mut plan, step, found, grants).await;
            step.map_err(|problem| at(problem, &format!("{place}/{position}")))?;
            // What there is one of is made once.
            let is_twice = plan.keys.split_last();
            if is_twice.is_some_and(|(last, others)| others.contains(last)) {
                let problem = Problem::new(Kind::ValidationFailed);
                let pointer = format!("{place}/{position}");
                return Err(problem.field(pointer, "names a record a second time"));
            }
            if plan.targets.touch(&plan.keys) {
                let detail = "names a record that the batch changes too, or the other way round";
                let problem = Problem::new(Kind::ValidationFailed);
                return Err(problem.field(format!("{place}/{position}"), detail));
            }
        }
        Ok(plan)
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
        match step {
            Step::Create(valid) => {
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
                plan.made.push(Some(record));
            }
            Step::Update(change, valid) => {
                let before = found(grants.update)?;
                self.owned(plan, valid.owner, grants.update)?;
                self.may_follow(&before, valid)?;
                // What it says of an object is wrong in the fields of this change, as what is seen without the record is.
                let whole = valid.onto(self.collection, &before);
                let whole = whole.map_err(|problem| at(problem, "/update/fields"))?;
                let mut sealed = whole.into_owned();
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
                plan.made.push(Some(after));
            }
            Step::Delete(named) => {
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
            return Err(super::not_your_own());
        }
        if !plan.owners.contains(&owner) {
            plan.owners.push(owner);
        }
        Ok(())
    }
}

fn too_much() -> Problem {
    let detail = "There is too much to be written for one batch: send fewer records at once.";
    Problem::new(Kind::ValidationFailed).detail(detail)
}

/// A problem, with what it names at this place in the batch.
fn at(problem: Problem, place: &str) -> Problem {
    let at = Problem::new(problem.kind());
    if problem.errors().is_empty() {
        return at.field(place, problem.kind().detail());
    }
    let errors = problem.errors().iter();
    errors.fold(at, |at, error| {
        at.field(format!("{place}{}", error.pointer), error.detail.clone())
    })
}

/// Which records name what is not there.
fn unmet(
    place: &str,
    made: &[Option<StoredRecord>],
    targets: &Targets<'_>,
    owners: &[UserId],
    refused: &[(usize, Option<StoredItem>)],
    first: usize,
) -> Problem {
    let mut problem = Problem::new(Kind::ReferenceNotFound);
    for (position, found) in refused {
        let position = position.saturating_sub(first);
        let owner = position.checked_sub(targets.len());
        let owner = owner.and_then(|position| owners.get(position));
        let made = made.iter().enumerate();
        for (number, record) in made.filter_map(|(n, record)| Some((n, record.as_ref()?))) {
            let fields = targets.fields_at(position, found.as_ref(), &record.fields);
            let owned = owner.is_some_and(|owner| *owner == record.owner_id);
            for field in fields.into_iter().chain(owned.then_some("owner_id")) {
                let pointer = format!("{place}/{number}/{field}");
                problem = problem.field(pointer, "names nothing that is in this project");
            }
        }
    }
    // What is named is there, and changes.
    if problem.errors().is_empty() {
        return Kind::Conflict.into();
    }
    problem
}
