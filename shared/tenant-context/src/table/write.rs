//! What a write is, and why one may not happen.

use super::StoredItem;
use crate::errors;
use crate::expression::{Condition, Update, ValueError};
use crate::keys::Key;
use aws_sdk_dynamodb::types::AttributeValue;
use problem::Problem;
use serde::Serialize;
use std::collections::HashMap;

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
pub struct AttributeValueOfItem(pub(crate) AttributeValue);

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
