//! Collections whose records lie in each other: no record comes to lie in itself.
//!
//! A move reads the records above its goal, and demands in its own transaction that each still lies where it was seen to lie.
//! So of two moves that would close a circle together one is refused, whichever comes first.

use super::Records;
use crate::references::{Targets, not_found};
use crate::validate::Valid;
use problem::{Kind, Problem};
use tenant_context::{Condition, RecordId};

/// How many records above its goal a move looks at. What was made deeper than that takes nothing in.
const DEPTH: usize = 20;

impl Records<'_> {
    /// Adds to a change what must hold lest the record comes to lie in itself; whether it is such a change at all.
    pub(super) async fn stay_above(
        &self,
        targets: &mut Targets<'_>,
        id: RecordId,
        valid: &Valid,
    ) -> Result<bool, Problem> {
        let mut trees = self.collection.references();
        let Some((field, _)) = trees.find(|(_, target)| *target == self.collection.name) else {
            return Ok(false);
        };
        let named = |value: Option<&serde_json::Value>| -> Option<RecordId> {
            value?.as_str()?.parse().ok()
        };
        let Some(mut above) = named(valid.set.get(field.name)) else {
            return Ok(false);
        };
        let wrong = |detail: &str| {
            Problem::new(Kind::ValidationFailed)
                .field(format!("/{}", field.name), detail.to_owned())
        };
        for _ in 0..DEPTH {
            if above == id {
                return Err(wrong("would make the record lie in itself"));
            }
            let record = self.stored(above).await;
            let record = record.map_err(|problem| match problem.kind() {
                Kind::NotFound => not_found([field.name]),
                _ => problem,
            })?;
            let key = self.list.record(above);
            match named(record.fields.get(field.name)) {
                None => {
                    targets.demand(key, Condition::FieldAbsent(field.name));
                    return Ok(true);
                }
                Some(next) => {
                    let stays = Condition::field_one_of(field.name, &[&next.to_string()]);
                    targets.demand(key, stays);
                    above = next;
                }
            }
        }
        Err(wrong(&format!("would lie deeper than {DEPTH}")))
    }
}
