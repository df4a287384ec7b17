//! What a batch is refused for: of each of its operations, by its place in the body.

use super::Operation;
use super::plan::{Made, Plan, Step, What};
use crate::references::names_nothing;
use crate::store::Records;
use problem::{Kind, Problem};
use tenant_context::StoredItem;

/// Where an operation stands in the body, and where its fields do: JSON pointers (RFC 6901).
pub(super) struct Place {
    pub(super) operation: String,
    pub(super) fields: String,
}

impl Place {
    /// That of an operation in a list.
    pub(super) fn of(operation: &Operation, list: &str, number: usize) -> Self {
        let fields = match operation {
            Operation::Create(_) if list == "/records" => "",
            Operation::Create(_) => "/create",
            Operation::Update(_) => "/update/fields",
            Operation::Delete(_) => "/delete",
        };
        let operation = format!("{list}/{number}");
        Self {
            fields: format!("{operation}{fields}"),
            operation,
        }
    }
}

/// The problem of the first operation that can't be done, and beside it those of all others.
#[derive(Default)]
pub(super) struct Refused(Option<Problem>);

impl Refused {
    /// Notes why an operation can't be done.
    ///
    /// # Errors
    /// With the problem itself where it is not the operation's: a call failed.
    pub(super) fn note(&mut self, place: &Place, problem: Problem) -> Result<(), Problem> {
        if problem.status() >= 500 || problem.kind() == Kind::IsolationRefused {
            return Err(problem);
        }
        let all = self.0.take();
        let all = all.unwrap_or_else(|| Problem::new(problem.kind()));
        self.0 = Some(all.part(&place.operation, &place.fields, &problem));
        Ok(())
    }

    /// # Errors
    /// With what was noted, if anything was.
    pub(super) fn nothing(self) -> Result<(), Problem> {
        self.0.map_or(Ok(()), Err)
    }
}

impl Records<'_> {
    /// Says which refused writes of the records themselves would be refused again, whatever their version: what there is one of is there
    /// already, and at a stage that is left out there are records.
    pub(super) fn refused_for_good(
        &self,
        steps: &[Step],
        plan: &Plan<'_>,
        writes: &[(usize, Option<StoredItem>)],
    ) -> Result<(), Problem> {
        let mut refused = Refused::default();
        for (position, found) in writes {
            let number = plan.writers.get(*position).copied();
            let step = number.and_then(|number| Some((steps.get(number)?, plan.made.get(number)?)));
            let Some((step, made)) = step else {
                continue;
            };
            let judged = match (&step.what, made) {
                (What::Create(_), _) => self.already_there(found.as_ref()).map_or(Ok(()), Err),
                (
                    _,
                    Some(Made {
                        before: Some(before),
                        after,
                    }),
                ) => self.stages_are_free(before, after, found.as_ref()),
                _ => Ok(()),
            };
            if let Err(problem) = judged {
                refused.note(&step.place, problem)?;
            }
        }
        refused.nothing()
    }
}

impl Plan<'_> {
    /// Which records name what is not there, given the refused writes and where those of what is named begin.
    pub(super) fn unmet(
        &self,
        steps: &[Step],
        writes: &[(usize, Option<StoredItem>)],
        first: usize,
    ) -> Problem {
        let mut problem = Problem::new(Kind::ReferenceNotFound);
        for (position, found) in writes {
            let position = position.saturating_sub(first);
            let owner = position.checked_sub(self.targets.len());
            let owner = owner.and_then(|position| self.owners.get(position));
            let made = steps.iter().zip(&self.made);
            for (step, made) in made.filter_map(|(step, made)| Some((step, made.as_ref()?))) {
                let record = &made.after;
                let fields = self
                    .targets
                    .fields_at(position, found.as_ref(), &record.fields);
                let owned = owner.is_some_and(|owner| *owner == record.owner_id);
                for field in fields.into_iter().chain(owned.then_some("owner_id")) {
                    let pointer = format!("{}/{field}", step.place.fields);
                    problem = problem.field(pointer, names_nothing(field));
                }
            }
        }
        // What is named is there, and changes.
        if problem.errors().is_empty() {
            return Kind::Conflict.into();
        }
        problem
    }
}

/// There is more than a transaction takes.
pub(super) fn too_much() -> Problem {
    let detail = "There is too much to be written for one batch: send fewer records at once.";
    Problem::new(Kind::ValidationFailed).detail(detail)
}
