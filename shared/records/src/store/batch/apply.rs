//! Several changes at once, all or none: how they are made.

use super::plan::{Step, What, twice};
use super::refused::{Place, Refused, too_much};
use super::{Grants, Operation, Outcome};
use crate::record::StoredRecord;
use crate::store::room::Room;
use crate::store::{Records, TRIES};
use crate::validate::validate;
use fields::Object;
use problem::{Kind, Problem};
use tenant_context::{Condition, Key, RecordId, Repeats, Transacted, Write, WriteError};

/// How many items a transaction may touch.
const MOST_WRITES: usize = 100;

impl Records<'_> {
    /// Creates, changes and deletes several records, all or none: the read of those that are there already, and one
    /// transaction. `list` is where the operations stand in the body; what is going to be answered is announced to `keep`.
    ///
    /// # Errors
    /// What single operations answer, each with its place: first all whose input is wrong; if none is, all that can't be done as the
    /// records stand; then all that name what is not there.
    pub async fn apply(
        &self,
        list: &str,
        operations: Vec<Operation>,
        grants: Grants,
        keep: impl Fn(&[Outcome]) -> Result<(), Problem>,
    ) -> Result<Vec<Outcome>, Problem> {
        let steps = self.valid(list, operations)?;
        let ids = steps.iter().filter_map(Step::named);
        let keys: Vec<Key> = ids.map(|(id, _)| self.list.record(id)).collect();
        for _ in 0..TRIES {
            let mut before = Vec::new();
            if !keys.is_empty() {
                before = self.table.get_all::<StoredRecord>(&keys).await?;
            }
            let mut plan = self.plan(&steps, before, grants).await?;
            let first = plan.writes.len();
            let mut writes = std::mem::take(&mut plan.writes);
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
            self.refused_for_good(&steps, &plan, &refused)?;
            // A record changed since it was read: what is to become of it has to be seen anew.
            if refused.iter().all(|(position, _)| *position >= first) {
                let unmet = plan.knowledge.unmet(&refused, behind);
                return Err(unmet.unwrap_or_else(|| plan.unmet(&steps, &refused, first)));
            }
        }
        Err(Kind::Conflict.into())
    }

    /// The operations, if the input of all of them is valid; everything that is wrong is said at once.
    fn valid(&self, list: &str, operations: Vec<Operation>) -> Result<Vec<Step>, Problem> {
        let (mut steps, mut refused) = (Vec::new(), Refused::default());
        let mut ids: Vec<RecordId> = Vec::new();
        for (number, operation) in operations.into_iter().enumerate() {
            let place = Place::of(&operation, list, number);
            let what = match operation {
                Operation::Create(fields) => {
                    validate(self.collection, fields.0, false).map(What::Create)
                }
                Operation::Update(Object(change)) => self
                    .checked_patch(change.fields.clone())
                    .map(|valid| What::Update(change, valid)),
                Operation::Delete(Object(named)) => Ok(What::Delete(named)),
            };
            match what {
                Ok(what) => {
                    let step = Step { place, what };
                    if let Some((id, _)) = step.named() {
                        if ids.contains(&id) {
                            refused.note(&step.place, twice())?;
                        }
                        ids.push(id);
                    }
                    steps.push(step);
                }
                Err(wrong) => refused.note(&place, wrong)?,
            }
        }
        refused.nothing().map(|()| steps)
    }
}
