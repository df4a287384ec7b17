//! The embedded store. It answers DynamoDB's requests and knows nothing of who asks.

use super::errors;
use super::operations::Operation;
use super::stream_order;
use super::tables::{Table, Tables};
use crate::error::GatewayError;
use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::watch;

/// The data of all tables, in memory or in one file. Clones share it.
#[derive(Clone)]
pub(crate) struct Store {
    database: Database,
    /// Counts what may have written something.
    writes: Arc<watch::Sender<u64>>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Store")
    }
}

const FILE_NAME: &str = "dynamodb.sqlite";

impl Store {
    /// Opens the store and makes the tables it lacks.
    pub(crate) fn open(data_dir: Option<&Path>, tables: &Tables) -> Result<Self, GatewayError> {
        let failed = |error: &dyn std::fmt::Display| GatewayError::Store(error.to_string());
        let database = match data_dir {
            None => {
                let database = Database::memory().map_err(|error| failed(&error))?;
                stream_order::of_memory(&database).map_err(GatewayError::Store)?;
                database
            }
            Some(folder) => {
                std::fs::create_dir_all(folder).map_err(|error| {
                    GatewayError::Store(format!("{}: {error}", folder.display()))
                })?;
                let file = folder.join(FILE_NAME);
                let database = Database::new(&file.to_string_lossy());
                let database = database.map_err(|error| failed(&error))?;
                stream_order::of_file(&file).map_err(GatewayError::Store)?;
                database
            }
        };
        let store = Self {
            database,
            writes: Arc::new(watch::Sender::new(0)),
        };
        for table in tables.iter() {
            store.prepare(table).map_err(|detail| GatewayError::Table {
                table: table.name.clone(),
                detail,
            })?;
        }
        Ok(store)
    }

    fn prepare(&self, table: &Table) -> Result<(), String> {
        let described = self.administer(
            |database, body| database.describe_table(read(body)?),
            &json!({"TableName": table.name}),
        );
        match described {
            Ok(description) => {
                check_shape(table, &description)?;
                self.prepare_stream(table, &description)
                    .map_err(|error| error.to_string())?;
            }
            Err(DynoxideError::ResourceNotFoundException(_)) => {
                self.administer(
                    |database, body| database.create_table(read(body)?),
                    &table.create,
                )
                .map_err(|error| error.to_string())?;
            }
            Err(error) => return Err(error.to_string()),
        }
        self.prepare_ttl(table).map_err(|error| error.to_string())
    }

    /// A kept table gets the stream that the template now gives it.
    fn prepare_stream(&self, table: &Table, description: &Value) -> Result<(), DynoxideError> {
        let Some(wanted) = table.create.get("StreamSpecification") else {
            return Ok(());
        };
        if description.pointer("/Table/StreamSpecification") == Some(wanted) {
            return Ok(());
        }
        let request = json!({"TableName": table.name, "StreamSpecification": wanted});
        self.administer(
            |database, body| database.update_table(read(body)?),
            &request,
        )
        .map(|_| ())
    }

    fn prepare_ttl(&self, table: &Table) -> Result<(), DynoxideError> {
        let Some(attribute) = &table.ttl_attribute else {
            return Ok(());
        };
        let current = self.administer(
            |database, body| database.describe_time_to_live(read(body)?),
            &json!({"TableName": table.name}),
        )?;
        if current
            .pointer("/TimeToLiveDescription/AttributeName")
            .and_then(Value::as_str)
            == Some(attribute)
        {
            return Ok(());
        }
        let request = json!({"TableName": table.name, "TimeToLiveSpecification": {"AttributeName": attribute, "Enabled": true}});
        self.administer(
            |database, body| database.update_time_to_live(read(body)?),
            &request,
        )
        .map(|_| ())
    }

    fn administer<T: Serialize>(
        &self,
        call: impl FnOnce(&Database, &str) -> Result<T, DynoxideError>,
        body: &Value,
    ) -> Result<Value, DynoxideError> {
        call(&self.database, &body.to_string()).and_then(|reply| written(&reply))
    }

    /// Runs one operation. It may take a while, so it belongs on a thread that may block.
    pub(crate) fn run(
        &self,
        operation: Operation,
        body: &Map<String, Value>,
    ) -> Result<Map<String, Value>, DynoxideError> {
        // What the store reads is written from what was authorised, never the client's own bytes.
        let body = serde_json::to_string(body)
            .map_err(|error| DynoxideError::InternalServerError(error.to_string()))?;
        let database = &self.database;
        let reply = match operation {
            Operation::GetItem => written(&database.get_item(read(&body)?)?),
            Operation::PutItem => written(&database.put_item(read(&body)?)?),
            Operation::UpdateItem => written(&database.update_item(read(&body)?)?),
            Operation::DeleteItem => written(&database.delete_item(read(&body)?)?),
            Operation::Query => written(&database.query(read(&body)?)?),
            Operation::BatchGetItem => written(&database.batch_get_item(read(&body)?)?),
            Operation::BatchWriteItem => written(&database.batch_write_item(read(&body)?)?),
            Operation::TransactGetItems => written(&database.transact_get_items(read(&body)?)?),
            Operation::TransactWriteItems => written(&database.transact_write_items(read(&body)?)?),
        }?;
        if !operation.is_read() {
            self.note_write();
        }
        match reply {
            Value::Object(reply) => Ok(reply),
            _ => Err(DynoxideError::InternalServerError(
                "the store's reply is not an object".to_owned(),
            )),
        }
    }

    /// Every item of a table.
    pub(crate) fn dump(&self, table: &str) -> Result<Vec<Value>, DynoxideError> {
        let mut items = Vec::new();
        let mut start = Value::Null;
        loop {
            let mut request = json!({"TableName": table, "ConsistentRead": true});
            if let (Some(request), false) = (request.as_object_mut(), start.is_null()) {
                request.insert("ExclusiveStartKey".to_owned(), start);
            }
            let mut page = written(&self.database.scan(read(&request.to_string())?)?)?;
            if let Some(Value::Array(found)) = page.get_mut("Items").map(Value::take) {
                items.extend(found);
            }
            start = page
                .get_mut("LastEvaluatedKey")
                .map(Value::take)
                .unwrap_or_default();
            if start.is_null() {
                return Ok(items);
            }
        }
    }

    /// Puts whole items into a table, in the place of those that have their keys. The stream says nothing of it.
    pub(crate) fn import(&self, table: &str, items: &[String]) -> Result<usize, DynoxideError> {
        let items: Result<Vec<_>, _> = items.iter().map(|item| read(item)).collect();
        let options = dynoxide::ImportOptions::default();
        let imported = self.database.import_items(table, items?, options)?;
        Ok(imported.items_imported)
    }

    /// Removes the items whose time to live has passed.
    pub(crate) fn sweep_expired(&self) -> Result<usize, DynoxideError> {
        let removed = self.database.sweep_ttl()?;
        if removed > 0 {
            self.note_write();
        }
        Ok(removed)
    }

    fn note_write(&self) {
        self.writes.send_modify(|count| *count += 1);
    }

    /// Changes whenever something may have been written.
    pub(crate) fn writes(&self) -> watch::Receiver<u64> {
        self.writes.subscribe()
    }

    pub(crate) fn describe_stream(&self, arn: &str) -> Result<Value, DynoxideError> {
        self.administer(
            |database, body| database.describe_stream(read(body)?),
            &json!({"StreamArn": arn}),
        )
    }

    /// The records from where `start`, a request for an iterator, says.
    pub(crate) fn stream_records(
        &self,
        start: &Value,
        most: usize,
    ) -> Result<Vec<Value>, DynoxideError> {
        let iterator = self.administer(
            |database, body| database.get_shard_iterator(read(body)?),
            start,
        )?;
        let request = json!({"ShardIterator": iterator.get("ShardIterator"), "Limit": most});
        let mut reply =
            self.administer(|database, body| database.get_records(read(body)?), &request)?;
        match reply.get_mut("Records").map(Value::take) {
            Some(Value::Array(records)) => Ok(records),
            _ => Ok(Vec::new()),
        }
    }

    /// The size of a stored item in bytes, as it is billed; nothing if there is none.
    pub(crate) fn item_size(&self, table: &str, key: &Value) -> Option<usize> {
        let body = json!({"TableName": table, "Key": key, "ConsistentRead": true}).to_string();
        let reply = self.database.get_item(read(&body).ok()?).ok()?;
        reply.item.as_ref().map(dynoxide::types::item_size)
    }
}

fn read<T: DeserializeOwned>(body: &str) -> Result<T, DynoxideError> {
    serde_json::from_str(body).map_err(|error| errors::of_reading(&error))
}

fn written<T: Serialize>(reply: &T) -> Result<Value, DynoxideError> {
    serde_json::to_value(reply)
        .map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

/// A table kept from an earlier start must still be what the template says.
fn check_shape(table: &Table, description: &Value) -> Result<(), String> {
    let kept = description.get("Table").unwrap_or(&Value::Null);
    let key_names = |schema: Option<&Value>| -> Vec<String> {
        schema
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|element| element.get("AttributeName")?.as_str())
            .map(str::to_owned)
            .collect()
    };
    let wanted = |keys: &super::tables::KeySchema| -> Vec<String> {
        std::iter::once(keys.partition.clone())
            .chain(keys.sort.clone())
            .collect()
    };
    let mut kept_indexes = std::collections::BTreeMap::new();
    for kind in ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"] {
        for index in kept
            .get(kind)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            kept_indexes.insert(
                index
                    .get("IndexName")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned(),
                key_names(index.get("KeySchema")),
            );
        }
    }
    let wanted_indexes = table
        .indexes
        .iter()
        .map(|(name, keys)| (name.clone(), wanted(keys)))
        .collect();
    if key_names(kept.get("KeySchema")) != wanted(&table.keys) || kept_indexes != wanted_indexes {
        return Err("its keys or indexes differ from those kept in the data directory; start with an empty directory".to_owned());
    }
    Ok(())
}
