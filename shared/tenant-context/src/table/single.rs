//! Writes of one item.

use super::{
    AttributeValueOfItem, CONFLICT_TRIES, StoredItem, Table, Write, WriteError, pause, primary,
};
use crate::errors;
use crate::expression::{Bindings, Update};
use crate::keys::Key;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::put_item::{PutItemError, PutItemInput};
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemInput};
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use problem::Kind;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;

type Attributes = HashMap<String, AttributeValue>;

impl Table {
    /// Stores a new item: 1 write unit for each KB.
    ///
    /// # Errors
    /// [`WriteError::Refused`] when there is one already that this request has not written.
    pub async fn create(&self, key: Key, item: &impl Serialize) -> Result<(), WriteError> {
        if self.takes_answer() {
            return self.transact(vec![Write::create(key, item)?]).await;
        }
        let Write::Put(key, item, conditions) = Write::create(key, item)? else {
            return Ok(());
        };
        let mut bindings = Bindings::default();
        let condition = bindings.conditions(&conditions);
        let request = PutItemInput::builder()
            .table_name(self.name(key.table))
            .set_item(Some(self.stamped(&key, item)?))
            .set_condition_expression(condition)
            .set_expression_attribute_names(Some(bindings.names))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        for attempt in 1.. {
            match self.client.send(request.clone().build()).await {
                Ok(_) => break,
                Err(error) if met_a_transaction(&error) && attempt < CONFLICT_TRIES => {
                    pause(attempt).await;
                }
                Err(error) => {
                    self.own_success_or("PutItem", error, |refused| match refused {
                        PutItemError::ConditionalCheckFailedException(failed) => failed.item,
                        _ => None,
                    })?;
                    break;
                }
            }
        }
        Ok(())
    }

    /// Changes an item and gives it as it is then: 1 write unit for each KB.
    ///
    /// # Errors
    /// [`WriteError::Refused`] when a condition does not hold.
    pub async fn update<T: DeserializeOwned>(
        &self,
        key: &Key,
        update: Update,
    ) -> Result<T, WriteError> {
        if self.takes_answer() {
            self.transact(vec![Write::update(key.clone(), update)])
                .await?;
            let changed = self.get(key).await?;
            return changed.ok_or_else(|| WriteError::Failed(Kind::NotFound.into()));
        }
        let update = update.set("change", &self.stamp)?;
        let (expression, condition, bindings) = update.render();
        let request = UpdateItemInput::builder()
            .table_name(self.name(key.table))
            .set_key(Some(primary(key)))
            .update_expression(expression)
            .set_condition_expression(condition)
            .set_expression_attribute_names(Some(bindings.names))
            .set_expression_attribute_values(Some(bindings.values))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let mut attempt = 1;
        loop {
            match self.client.send(request.clone().build()).await {
                Ok(answer) => return Ok(StoredItem(answer.attributes.unwrap_or_default()).read()?),
                Err(error) if met_a_transaction(&error) && attempt < CONFLICT_TRIES => {
                    pause(attempt).await;
                    attempt += 1;
                }
                Err(error) => {
                    let item =
                        self.own_success_or("UpdateItem", error, |refused| match refused {
                            UpdateItemError::ConditionalCheckFailedException(failed) => failed.item,
                            _ => None,
                        })?;
                    return Ok(item.read()?);
                }
            }
        }
    }

    /// Tells a refused condition from another failure. If the item bears this very request's stamp, an earlier attempt
    /// of it has succeeded and only its answer was lost: that is success.
    fn own_success_or<E, R>(
        &self,
        operation: &str,
        error: SdkError<E, R>,
        item_in: impl FnOnce(E) -> Option<Attributes>,
    ) -> Result<StoredItem, WriteError>
    where
        E: ProvideErrorMetadata,
    {
        let is_refused = error
            .as_service_error()
            .and_then(ProvideErrorMetadata::code)
            == Some("ConditionalCheckFailedException");
        if !is_refused {
            return Err(errors::problem(operation, &error).into());
        }
        let item = match error {
            SdkError::ServiceError(service) => item_in(service.into_err()),
            _ => None,
        };
        match item.map(StoredItem) {
            Some(item) if item.was_written_by(&self.stamp) => Ok(item),
            item => Err(WriteError::Refused(vec![(0, item)])),
        }
    }

    /// The item with its key and with who stores it.
    pub(super) fn stamped(
        &self,
        key: &Key,
        item: HashMap<String, AttributeValueOfItem>,
    ) -> Result<Attributes, WriteError> {
        let mut item: Attributes = item
            .into_iter()
            .map(|(name, value)| (name, value.0))
            .collect();
        item.extend(primary(key));
        item.insert("change".to_owned(), crate::expression::value(&self.stamp)?);
        Ok(item)
    }
}

/// A transaction was under way on the item; the write did nothing and can be tried again.
fn met_a_transaction<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code)
        == Some("TransactionConflictException")
}
