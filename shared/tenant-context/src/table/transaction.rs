//! Writes of several items at once, all or none.

use super::{CONFLICT_TRIES, StoredItem, Table, Write, WriteError, pause, primary};
use crate::errors;
use crate::expression::Bindings;
use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use aws_sdk_dynamodb::operation::transact_write_items::{
    TransactWriteItemsError, TransactWriteItemsInput,
};
use aws_sdk_dynamodb::types::error::TransactionCanceledException;
use aws_sdk_dynamodb::types::{
    ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
    Update as UpdateItem,
};
use problem::{Kind, Problem};

/// Why a transaction that did nothing can be tried again.
const PASSING: [&str; 4] = [
    "None",
    "ProvisionedThroughputExceeded",
    "ThrottlingError",
    "TransactionConflict",
];

/// What became of a transaction that may have been too large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "what was too large has not happened"]
pub enum Transacted {
    /// All of it is written.
    Done,
    /// Its items come to more than the 4 MB that DynamoDB writes at once: nothing is written.
    TooLarge,
}

impl Table {
    /// All writes or none: 2 write units for each KB of each.
    ///
    /// A transaction that loses against a concurrent one is tried again: nothing of it has happened.
    ///
    /// # Errors
    /// [`WriteError::Refused`] when a condition does not hold; `unavailable` when others keep winning; `request-in-flight`
    /// when another request with the same Idempotency-Key has won; `validation-failed` when it is too large.
    pub async fn transact(&self, writes: Vec<Write>) -> Result<(), WriteError> {
        match self.transact_if_it_fits(writes).await? {
            Transacted::Done => Ok(()),
            Transacted::TooLarge => Err(errors::too_much().into()),
        }
    }

    /// The same for whoever can do with less at once, or knows better what to say of it.
    ///
    /// # Errors
    /// As [`Self::transact`], but not when it is too large.
    pub async fn transact_if_it_fits(&self, writes: Vec<Write>) -> Result<Transacted, WriteError> {
        let answer = self.once.as_ref().and_then(|once| once.take());
        // Behind all others, whose positions stay what their writer knows.
        let answer_at = answer.as_ref().map(|_| writes.len());
        let done = self.attempt(writes.into_iter().chain(answer), answer_at);
        let done = done.await?;
        if let (Some(once), Some(_), Transacted::Done) = (&self.once, answer_at, done) {
            once.stored();
        }
        Ok(done)
    }

    async fn attempt(
        &self,
        writes: impl Iterator<Item = Write>,
        answer_at: Option<usize>,
    ) -> Result<Transacted, WriteError> {
        let items = writes
            .map(|write| self.element(write))
            .collect::<Result<Vec<_>, WriteError>>()?;
        // The same token on each try makes them one: a try whose answer was lost is not done twice.
        let token = uuid::Uuid::new_v4().to_string();
        let mut met_itself = false;
        for attempt in 1..=CONFLICT_TRIES {
            let request = TransactWriteItemsInput::builder()
                .set_transact_items(Some(items.clone()))
                .client_request_token(&token);
            let Err(error) = self.client.send(request.build()).await else {
                return Ok(Transacted::Done);
            };
            match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
                    let refused = refused(canceled);
                    let answered = (refused.iter()).find(|(at, _)| Some(*at) == answer_at);
                    if let Some((_, answer)) = answered {
                        let by = |answer: &StoredItem| answer.was_written_by(&self.stamp);
                        return match answer.as_ref().is_some_and(by) {
                            // This very request has, and all it wrote is there with it.
                            true => Ok(Transacted::Done),
                            false => Err(Problem::new(Kind::RequestInFlight).into()),
                        };
                    }
                    let meets_itself = answer_at.is_some_and(|at| is_conflict(canceled, at));
                    // The request under the same key that is still under way has perhaps made what refuses this one.
                    if !refused.is_empty() && !meets_itself {
                        return Err(WriteError::Refused(refused));
                    }
                    if is_too_large(canceled) {
                        return Err(errors::too_large().into());
                    }
                    if !meets_itself && !is_passing(canceled) {
                        return Err(errors::problem("TransactWriteItems", &error).into());
                    }
                    met_itself = meets_itself;
                }
                Some(refusal) if is_too_much(refusal) => return Ok(Transacted::TooLarge),
                _ => return Err(errors::problem("TransactWriteItems", &error).into()),
            }
            pause(attempt).await;
        }
        Err(Problem::new(match met_itself {
            true => Kind::RequestInFlight,
            false => Kind::Unavailable,
        })
        .into())
    }

    fn element(&self, write: Write) -> Result<TransactWriteItem, WriteError> {
        // The four builders have the same methods and no trait in common.
        macro_rules! element {
            ($builder:expr, $name:literal, $key:expr, $condition:expr, $bindings:expr) => {{
                let bindings: Bindings = $bindings;
                let builder = $builder
                    .table_name(self.name($key.table))
                    .set_condition_expression($condition)
                    .set_expression_attribute_values(
                        (!bindings.values.is_empty()).then_some(bindings.values),
                    )
                    .set_expression_attribute_names(Some(bindings.names))
                    .return_values_on_condition_check_failure(
                        ReturnValuesOnConditionCheckFailure::AllOld,
                    );
                builder
                    .build()
                    .map_err(|error| errors::internal($name, &error))?
            }};
        }
        let element = TransactWriteItem::builder();
        let mut bindings = Bindings::default();
        let element = match write {
            Write::Put(key, item, conditions) => {
                let condition = bindings.conditions(&conditions);
                let item = self.stamped(&key, item)?;
                let put = Put::builder().set_item(Some(item));
                element.put(element!(put, "Put", key, condition, bindings))
            }
            Write::Update(key, update) => {
                let (expression, condition, bindings) = update.set("change", &self.stamp)?.render();
                let update = UpdateItem::builder()
                    .set_key(Some(primary(&key)))
                    .update_expression(expression);
                element.update(element!(update, "Update", key, condition, bindings))
            }
            Write::Delete(key, conditions) => {
                let condition = bindings.conditions(&conditions);
                let delete = Delete::builder().set_key(Some(primary(&key)));
                element.delete(element!(delete, "Delete", key, condition, bindings))
            }
            Write::Check(key, conditions) => {
                let condition = bindings.conditions(&conditions);
                let check = ConditionCheck::builder().set_key(Some(primary(&key)));
                element.condition_check(element!(check, "Check", key, condition, bindings))
            }
        };
        Ok(element.build())
    }
}

/// The writes whose conditions did not hold, each with the item as it stands.
fn refused(canceled: &TransactionCanceledException) -> Vec<(usize, Option<StoredItem>)> {
    let reasons = canceled.cancellation_reasons().iter().enumerate();
    reasons
        .filter(|(_, reason)| reason.code() == Some("ConditionalCheckFailed"))
        .map(|(position, reason)| (position, reason.item().cloned().map(StoredItem)))
        .collect()
}

/// Whether another transaction holds the item at this position.
fn is_conflict(canceled: &TransactionCanceledException, position: usize) -> bool {
    let reason = canceled.cancellation_reasons().get(position);
    reason.is_some_and(|reason| reason.code() == Some("TransactionConflict"))
}

/// Whether an item would be larger than can be stored.
fn is_too_large(canceled: &TransactionCanceledException) -> bool {
    let mut reasons = canceled.cancellation_reasons().iter();
    reasons.any(|reason| errors::is_too_large(reason.message()))
}

/// Whether the items come to more together than can be written at once. No reason of a cancellation tells of it.
fn is_too_much(refusal: &TransactWriteItemsError) -> bool {
    refusal.code() == Some("ValidationException") && errors::is_too_much(refusal.message())
}

/// Whether nothing but passing causes stopped the transaction.
fn is_passing(canceled: &TransactionCanceledException) -> bool {
    let mut reasons = canceled.cancellation_reasons().iter();
    reasons.all(|reason| reason.code().is_none_or(|code| PASSING.contains(&code)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_dynamodb::error::ErrorMetadata;

    fn refusal(code: &str, message: &str) -> TransactWriteItemsError {
        let said = ErrorMetadata::builder().code(code).message(message);
        TransactWriteItemsError::generic(said.build())
    }

    #[test]
    fn a_refusal_of_the_whole_for_its_size_is_known_by_code_and_message() {
        let message = "Collection size of items exceeded, which can also be caused by the aggregate size of the items in the transaction exceeding the 4MB limit";
        assert!(is_too_much(&refusal("ValidationException", message)));
        assert!(!is_too_much(&refusal("InternalServerError", message)));
        let other = "Item size to update has exceeded the maximum allowed size";
        assert!(!is_too_much(&refusal("ValidationException", other)));
    }
}
