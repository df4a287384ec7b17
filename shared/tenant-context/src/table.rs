//! The operations on the tables. A [`Table`] acts with the credentials of whoever made it; every key it takes comes from
//! a context (or, in identity functions, from [`crate::identity`]).

use crate::errors;
use crate::expression::{Bindings, Condition, Update, ValueError};
use crate::keys::{Key, Partition, TableName};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Put, ReturnValue, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem, Update as UpdateItem,
};
use problem::{Kind, Problem};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// How often a transaction that lost against another one is tried again.
const CONFLICT_TRIES: u32 = 8;

pub(crate) struct TableNames {
    pub(crate) tenant: String,
    pub(crate) directory: String,
}

/// Who makes a change, in which request. It is written into every item that changes, so that the change stream can say
/// who did it, and so that a repeated write can tell its own earlier success from somebody else's.
#[derive(Debug, Clone, Serialize)]
pub struct Stamp {
    /// The id of a user, or the name of a function that acts by itself.
    pub by: String,
    /// The id of the request.
    pub request: String,
}

/// An item as it is stored.
#[derive(Debug, Clone)]
pub struct StoredItem(pub(crate) HashMap<String, AttributeValue>);

impl StoredItem {
    /// The item as the type it was stored from.
    ///
    /// # Errors
    /// `internal` when the stored form does not fit.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, Problem> {
        serde_dynamo::from_item(self.0)
            .map_err(|error: serde_dynamo::Error| errors::internal("stored item", &error))
    }

    pub(crate) fn is_at(&self, key: &Key) -> bool {
        self.0.get("sk") == Some(&AttributeValue::S(key.sk.clone()))
    }

    fn was_written_by(&self, stamp: &Stamp) -> bool {
        let Some(AttributeValue::M(change)) = self.0.get("change") else {
            return false;
        };
        change.get("request") == Some(&AttributeValue::S(stamp.request.clone()))
    }
}

/// A page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The items, in the order of their sort keys.
    pub items: Vec<T>,
    /// The sort key after which the list goes on, if it may.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// The page with each item turned into what is shown of it.
    pub fn map<S>(self, shown: impl FnMut(T) -> S) -> Page<S> {
        Page { items: self.items.into_iter().map(shown).collect(), next: self.next }
    }
}

/// One write of a transaction.
#[derive(Debug, Clone)]
pub enum Write {
    /// Stores an item.
    Put(Key, HashMap<String, AttributeValueOfItem>, Vec<Condition>),
    /// Changes an item.
    Update(Key, Update),
    /// Removes an item.
    Delete(Key, Vec<Condition>),
    /// Changes nothing and demands a condition.
    Check(Key, Vec<Condition>),
}

/// An attribute whose SDK type stays inside this crate.
#[derive(Debug, Clone)]
pub struct AttributeValueOfItem(AttributeValue);

impl Write {
    /// Stores a new item; refused when there is one already.
    ///
    /// # Errors
    /// `internal` when the item can't be stored.
    pub fn create(key: Key, item: &impl Serialize) -> Result<Self, Problem> {
        Self::replace(key, item, vec![Condition::Missing])
    }

    /// Stores an item in the place of one for which the conditions hold.
    ///
    /// # Errors
    /// `internal` when the item can't be stored.
    pub fn replace(
        key: Key,
        item: &impl Serialize,
        conditions: Vec<Condition>,
    ) -> Result<Self, Problem> {
        let item: HashMap<String, AttributeValue> = serde_dynamo::to_item(item)
            .map_err(|error: serde_dynamo::Error| errors::internal("item", &error))?;
        let item = item
            .into_iter()
            .map(|(name, value)| (name, AttributeValueOfItem(value)))
            .collect();
        Ok(Self::Put(key, item, conditions))
    }

    /// Changes an item.
    pub fn update(key: Key, update: Update) -> Self {
        Self::Update(key, update)
    }

    /// Removes an item that is there.
    pub fn delete(key: Key) -> Self {
        Self::Delete(key, vec![Condition::Exists])
    }

    /// Demands that conditions hold for an item.
    pub fn check(key: Key, conditions: Vec<Condition>) -> Self {
        Self::Check(key, conditions)
    }
}

/// Why a write did not happen.
#[derive(Debug)]
pub enum WriteError {
    /// A condition did not hold: the position in the transaction (0 for a single write) and the item as it stands, for
    /// each write that was refused.
    Refused(Vec<(usize, Option<StoredItem>)>),
    /// Anything else.
    Failed(Problem),
}

impl WriteError {
    /// The problem, given what the refusal of a condition means here.
    pub fn or(self, meaning: impl FnOnce(Vec<(usize, Option<StoredItem>)>) -> Problem) -> Problem {
        match self {
            WriteError::Refused(refused) => meaning(refused),
            WriteError::Failed(problem) => problem,
        }
    }
}

impl From<ValueError> for WriteError {
    fn from(error: ValueError) -> Self {
        WriteError::Failed(errors::internal("value", &error))
    }
}

impl From<Problem> for WriteError {
    fn from(problem: Problem) -> Self {
        WriteError::Failed(problem)
    }
}

/// The tables under one set of credentials.
pub struct Table {
    client: Client,
    names: Arc<TableNames>,
    stamp: Stamp,
}

impl Table {
    pub(crate) fn new(client: Client, names: Arc<TableNames>, stamp: Stamp) -> Self {
        Self {
            client,
            names,
            stamp,
        }
    }

    fn name(&self, table: TableName) -> &str {
        match table {
            TableName::Tenant => &self.names.tenant,
            TableName::Directory => &self.names.directory,
        }
    }

    /// Reads an item, strongly consistent: 1 read unit for each 4 KB.
    ///
    /// # Errors
    /// When the call fails, or what is stored is not a `T`.
    pub async fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, Problem> {
        let request = self
            .client
            .get_item()
            .table_name(self.name(key.table))
            .set_key(Some(primary(key)));
        let answer = request
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| errors::problem("GetItem", &error))?;
        answer.item.map(|item| StoredItem(item).read()).transpose()
    }

    /// Reads some attributes of an item, for roles that may see no others: 1 read unit for each 4 KB of the whole item.
    ///
    /// # Errors
    /// When the call fails, or what is stored is not a `T`.
    pub async fn get_some<T: DeserializeOwned>(
        &self,
        key: &Key,
        attributes: &[&str],
    ) -> Result<Option<T>, Problem> {
        let mut request = self
            .client
            .get_item()
            .table_name(self.name(key.table))
            .set_key(Some(primary(key)));
        let mut projection = Vec::new();
        for (position, name) in attributes.iter().enumerate() {
            request = request.expression_attribute_names(format!("#n{position}"), *name);
            projection.push(format!("#n{position}"));
        }
        let request = request
            .projection_expression(projection.join(", "))
            .consistent_read(true);
        let answer = request
            .send()
            .await
            .map_err(|error| errors::problem("GetItem", &error))?;
        answer.item.map(|item| StoredItem(item).read()).transpose()
    }

    /// Stores a new item: 1 write unit for each KB.
    ///
    /// # Errors
    /// [`WriteError::Refused`] when there is one already that this request has not written.
    pub async fn create(&self, key: Key, item: &impl Serialize) -> Result<(), WriteError> {
        let Write::Put(key, item, conditions) = Write::create(key, item)? else {
            return Ok(());
        };
        let mut bindings = Bindings::default();
        let condition = bindings.conditions(&conditions);
        let sent = self
            .client
            .put_item()
            .table_name(self.name(key.table))
            .set_item(Some(self.stamped(&key, item)?))
            .set_condition_expression(condition)
            .set_expression_attribute_names(Some(bindings.names))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let Err(error) = sent else { return Ok(()) };
        match error.as_service_error() {
            Some(service) if service.is_conditional_check_failed_exception() => {
                self.own_success_or_refusal(refused_item(error)).map(|_| ())
            }
            _ => Err(errors::problem("PutItem", &error).into()),
        }
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
        let update = update.set("change", &self.stamp)?;
        let (expression, condition, bindings) = update.render();
        let sent = self
            .client
            .update_item()
            .table_name(self.name(key.table))
            .set_key(Some(primary(key)))
            .update_expression(expression)
            .set_condition_expression(condition)
            .set_expression_attribute_names(Some(bindings.names))
            .set_expression_attribute_values(Some(bindings.values))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match sent {
            Ok(answer) => Ok(StoredItem(answer.attributes.unwrap_or_default()).read()?),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|e| e.is_conditional_check_failed_exception()) =>
            {
                let SdkError::ServiceError(service) = error else {
                    return Err(WriteError::Refused(vec![(0, None)]));
                };
                let item = match service.into_err() {
                    aws_sdk_dynamodb::operation::update_item::UpdateItemError::ConditionalCheckFailedException(e) => e.item,
                    _ => None,
                };
                Ok(self.own_success_or_refusal(item)?.read()?)
            }
            Err(error) => Err(errors::problem("UpdateItem", &error).into()),
        }
    }

    /// The condition failed. If the item bears this very request's stamp, an earlier attempt of it has succeeded and
    /// only its answer was lost: that is success.
    fn own_success_or_refusal(
        &self,
        item: Option<HashMap<String, AttributeValue>>,
    ) -> Result<StoredItem, WriteError> {
        match item.map(StoredItem) {
            Some(item) if item.was_written_by(&self.stamp) => Ok(item),
            item => Err(WriteError::Refused(vec![(0, item)])),
        }
    }

    /// All writes or none: 2 write units for each KB of each.
    ///
    /// A transaction that loses against a concurrent one is tried again: nothing of it has happened.
    ///
    /// # Errors
    /// [`WriteError::Refused`] when a condition does not hold; `conflict` when others keep winning.
    pub async fn transact(&self, writes: Vec<Write>) -> Result<(), WriteError> {
        let items = writes
            .into_iter()
            .map(|write| self.element(write))
            .collect::<Result<Vec<_>, WriteError>>()?;
        // The same token on each try makes them one: a try whose answer was lost is not done twice.
        let token = uuid::Uuid::new_v4().to_string();
        for attempt in 1..=CONFLICT_TRIES {
            let request = self
                .client
                .transact_write_items()
                .set_transact_items(Some(items.clone()));
            let Err(error) = request.client_request_token(&token).send().await else {
                return Ok(());
            };
            let Some(TransactWriteItemsError::TransactionCanceledException(canceled)) =
                error.as_service_error()
            else {
                return Err(errors::problem("TransactWriteItems", &error).into());
            };
            let refused: Vec<_> = canceled
                .cancellation_reasons()
                .iter()
                .enumerate()
                .filter(|(_, reason)| reason.code() == Some("ConditionalCheckFailed"))
                .map(|(position, reason)| (position, reason.item().cloned().map(StoredItem)))
                .collect();
            if !refused.is_empty() {
                return Err(WriteError::Refused(refused));
            }
            let passing = [
                "TransactionConflict",
                "ThrottlingError",
                "ProvisionedThroughputExceeded",
                "None",
            ];
            if !canceled
                .cancellation_reasons()
                .iter()
                .all(|r| r.code().is_none_or(|code| passing.contains(&code)))
            {
                return Err(errors::problem("TransactWriteItems", &error).into());
            }
            let jitter = u64::from(uuid::Uuid::new_v4().as_fields().1 % 20);
            tokio::time::sleep(Duration::from_millis(jitter + 10 * u64::from(attempt))).await;
        }
        Err(Problem::new(Kind::Unavailable).into())
    }

    fn element(&self, write: Write) -> Result<TransactWriteItem, WriteError> {
        let old = ReturnValuesOnConditionCheckFailure::AllOld;
        let element = TransactWriteItem::builder();
        let bound =
            |bindings: &Bindings| (!bindings.values.is_empty()).then(|| bindings.values.clone());
        let element = match write {
            Write::Put(key, item, conditions) => {
                let mut bindings = Bindings::default();
                let put = Put::builder()
                    .table_name(self.name(key.table))
                    .set_item(Some(self.stamped(&key, item)?))
                    .set_condition_expression(bindings.conditions(&conditions))
                    .set_expression_attribute_values(bound(&bindings))
                    .set_expression_attribute_names(Some(bindings.names))
                    .return_values_on_condition_check_failure(old);
                element.put(
                    put.build()
                        .map_err(|error| errors::internal("Put", &error))?,
                )
            }
            Write::Update(key, update) => {
                let (expression, condition, bindings) = update.set("change", &self.stamp)?.render();
                let change = UpdateItem::builder()
                    .table_name(self.name(key.table))
                    .set_key(Some(primary(&key)))
                    .update_expression(expression)
                    .set_condition_expression(condition)
                    .set_expression_attribute_values(bound(&bindings))
                    .set_expression_attribute_names(Some(bindings.names))
                    .return_values_on_condition_check_failure(old);
                element.update(
                    change
                        .build()
                        .map_err(|error| errors::internal("Update", &error))?,
                )
            }
            Write::Delete(key, conditions) => {
                let mut bindings = Bindings::default();
                let delete = Delete::builder()
                    .table_name(self.name(key.table))
                    .set_key(Some(primary(&key)))
                    .set_condition_expression(bindings.conditions(&conditions))
                    .set_expression_attribute_values(bound(&bindings))
                    .set_expression_attribute_names(Some(bindings.names))
                    .return_values_on_condition_check_failure(old);
                element.delete(
                    delete
                        .build()
                        .map_err(|error| errors::internal("Delete", &error))?,
                )
            }
            Write::Check(key, conditions) => {
                let mut bindings = Bindings::default();
                let check = ConditionCheck::builder()
                    .table_name(self.name(key.table))
                    .set_key(Some(primary(&key)))
                    .set_condition_expression(bindings.conditions(&conditions))
                    .set_expression_attribute_values(bound(&bindings))
                    .set_expression_attribute_names(Some(bindings.names))
                    .return_values_on_condition_check_failure(old);
                element.condition_check(
                    check
                        .build()
                        .map_err(|error| errors::internal("ConditionCheck", &error))?,
                )
            }
        };
        Ok(element.build())
    }

    fn stamped(
        &self,
        key: &Key,
        item: HashMap<String, AttributeValueOfItem>,
    ) -> Result<HashMap<String, AttributeValue>, WriteError> {
        let mut item: HashMap<_, _> = item
            .into_iter()
            .map(|(name, value)| (name, value.0))
            .collect();
        item.extend(primary(key));
        item.insert("change".to_owned(), crate::expression::value(&self.stamp)?);
        Ok(item)
    }

    /// A page of a partition, strongly consistent: 1 read unit for each 4 KB of what is returned, nothing is read and
    /// thrown away.
    ///
    /// # Errors
    /// When the call fails, or what is stored is not a `T`.
    pub async fn list<T: DeserializeOwned>(
        &self,
        partition: &Partition,
        after: Option<&str>,
        limit: u32,
        newest_first: bool,
    ) -> Result<Page<T>, Problem> {
        let start = after.map(|sort_key| {
            HashMap::from([
                ("pk".to_owned(), AttributeValue::S(partition.pk.clone())),
                (
                    "sk".to_owned(),
                    AttributeValue::S(format!("{}{sort_key}", partition.prefix)),
                ),
            ])
        });
        let answer = self
            .client
            .query()
            .table_name(self.name(partition.table))
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", AttributeValue::S(partition.pk.clone()))
            .expression_attribute_values(":prefix", AttributeValue::S(partition.prefix.to_owned()))
            .set_exclusive_start_key(start)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .scan_index_forward(!newest_first)
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| errors::problem("Query", &error))?;
        let next = answer
            .last_evaluated_key
            .and_then(|key| match key.get("sk") {
                Some(AttributeValue::S(sort_key)) => {
                    sort_key.strip_prefix(partition.prefix).map(str::to_owned)
                }
                _ => None,
            });
        let items = answer
            .items
            .unwrap_or_default()
            .into_iter()
            .map(|item| StoredItem(item).read());
        Ok(Page {
            items: items.collect::<Result<_, _>>()?,
            next,
        })
    }

    /// The items of one partition whose sort keys lie between two, both included, strongly consistent.
    pub(crate) async fn range(&self, from: &Key, to: &Key) -> Result<Vec<StoredItem>, Problem> {
        let pages = self
            .client
            .query()
            .table_name(self.name(from.table))
            .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
            .expression_attribute_values(":pk", AttributeValue::S(from.pk.clone()))
            .expression_attribute_values(":from", AttributeValue::S(from.sk.clone()))
            .expression_attribute_values(":to", AttributeValue::S(to.sk.clone()))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        let items = pages
            .collect::<Result<Vec<_>, _>>()
            .await
            .map_err(|error| errors::problem("Query", &error))?;
        Ok(items.into_iter().map(StoredItem).collect())
    }

    /// All of a small partition, in as many pages as it takes.
    ///
    /// # Errors
    /// When a call fails, or what is stored is not a `T`.
    pub async fn all<T: DeserializeOwned>(&self, partition: &Partition) -> Result<Vec<T>, Problem> {
        let mut items = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = self.list(partition, after.as_deref(), 1000, false).await?;
            items.extend(page.items);
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(items),
            }
        }
    }
}

fn primary(key: &Key) -> HashMap<String, AttributeValue> {
    HashMap::from([
        ("pk".to_owned(), AttributeValue::S(key.pk.clone())),
        ("sk".to_owned(), AttributeValue::S(key.sk.clone())),
    ])
}

fn refused_item<R>(
    error: SdkError<aws_sdk_dynamodb::operation::put_item::PutItemError, R>,
) -> Option<HashMap<String, AttributeValue>> {
    use aws_sdk_dynamodb::operation::put_item::PutItemError;
    match error {
        SdkError::ServiceError(service) => match service.into_err() {
            PutItemError::ConditionalCheckFailedException(failed) => failed.item,
            _ => None,
        },
        _ => None,
    }
}
