//! The operations on the tables. A [`Table`] acts with the credentials of whoever made it; every key it takes comes from
//! a context (or, in identity functions, from [`crate::identity`]).

mod clear;
mod found;
mod projected;
mod read;
mod single;
mod transaction;
mod write;

pub use read::Page;
pub use transaction::Transacted;
pub use write::{AttributeValueOfItem, Write, WriteError};

use crate::dynamodb::DynamoDb;
use crate::errors;
use crate::idempotency::{Once, Repeats};
use crate::keys::{Key, TableName};
use aws_sdk_dynamodb::types::AttributeValue;
use problem::Problem;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// How often a write that lost against a transaction is tried again.
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
#[derive(Debug, Clone, PartialEq)]
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

    /// What follows `prefix` in its sort key.
    pub(crate) fn sort_key_after(&self, prefix: &str) -> Option<String> {
        match self.0.get("sk") {
            Some(AttributeValue::S(sort_key)) => sort_key.strip_prefix(prefix).map(str::to_owned),
            _ => None,
        }
    }

    /// Whether its sort key begins so.
    pub(crate) fn is_under(&self, prefix: &str) -> bool {
        matches!(self.0.get("sk"), Some(AttributeValue::S(sk)) if sk.starts_with(prefix))
    }

    pub(crate) fn was_written_by(&self, stamp: &Stamp) -> bool {
        let Some(AttributeValue::M(change)) = self.0.get("change") else {
            return false;
        };
        change.get("request") == Some(&AttributeValue::S(stamp.request.clone()))
    }
}

/// The tables under one set of credentials.
pub struct Table {
    client: DynamoDb,
    names: Arc<TableNames>,
    stamp: Stamp,
    once: Option<Arc<Once>>,
}

impl Table {
    pub(crate) fn new(client: DynamoDb, names: Arc<TableNames>, stamp: Stamp) -> Self {
        Self {
            client,
            names,
            stamp,
            once: None,
        }
    }

    /// The same table, whose writes take the caller's answer along (see [`Repeats::keep_answer`]): for functions
    /// that write with a role of their own.
    #[must_use]
    pub fn answering(mut self, caller: &impl Repeats) -> Self {
        self.once = caller.once().cloned();
        self
    }

    /// Whether the next write takes an answer along.
    fn takes_answer(&self) -> bool {
        self.once.as_ref().is_some_and(|once| once.waits())
    }

    fn name(&self, table: TableName) -> &str {
        match table {
            TableName::Tenant => &self.names.tenant,
            TableName::Directory => &self.names.directory,
        }
    }
}

/// Waits before a write that met a transaction is tried again, longer each time, and never two at the same moment.
async fn pause(attempt: u32) {
    let jitter = u64::from(uuid::Uuid::new_v4().as_fields().1 % 20);
    tokio::time::sleep(Duration::from_millis(jitter + 10 * u64::from(attempt))).await;
}

fn primary(key: &Key) -> HashMap<String, AttributeValue> {
    HashMap::from([
        ("pk".to_owned(), AttributeValue::S(key.pk.clone())),
        ("sk".to_owned(), AttributeValue::S(key.sk.clone())),
    ])
}
