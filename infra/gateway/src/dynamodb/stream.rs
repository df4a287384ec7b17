//! A table's stream, as Lambda reads it for a function. Nothing offers it over HTTP.

use super::store::Store;
use crate::error::GatewayError;
use dynoxide::DynoxideError;
use serde_json::{Value, json};
use tokio::sync::watch;

/// A stream has one shard here, so its records have one order.
fn shard(table: &str) -> String {
    format!("shardId-00000001-{table}")
}

/// A table's stream.
#[derive(Debug, Clone)]
pub struct Stream {
    store: Store,
    table: String,
    arn: String,
    region: String,
    writes: watch::Receiver<u64>,
}

impl Stream {
    pub(crate) fn new(store: Store, table: String, arn: String, region: String) -> Self {
        let writes = store.writes();
        Self {
            store,
            table,
            arn,
            region,
            writes,
        }
    }

    /// The sequence number of the newest record; nothing if there is none.
    pub async fn newest(&self) -> Result<Option<String>, GatewayError> {
        let (store, arn) = (self.store.clone(), self.arn.clone());
        let description = on_thread(move || store.describe_stream(&arn)).await?;
        let newest = description
            .pointer("/StreamDescription/Shards/0/SequenceNumberRange/EndingSequenceNumber")
            .and_then(Value::as_str);
        Ok(newest.map(str::to_owned))
    }

    /// Records in their order, as a function's event has them: those after a sequence number, or from the first.
    pub async fn read(&self, after: Option<&str>, most: usize) -> Result<Vec<Value>, GatewayError> {
        let mut start = json!({"StreamArn": self.arn, "ShardId": shard(&self.table), "ShardIteratorType": "TRIM_HORIZON"});
        if let (Some(after), Some(start)) = (after, start.as_object_mut()) {
            start.insert(
                "ShardIteratorType".to_owned(),
                "AFTER_SEQUENCE_NUMBER".into(),
            );
            start.insert("SequenceNumber".to_owned(), after.into());
        }
        let store = self.store.clone();
        let mut records = on_thread(move || store.stream_records(&start, most)).await?;
        for record in records.iter_mut().filter_map(Value::as_object_mut) {
            record.insert("awsRegion".to_owned(), self.region.clone().into());
            record.insert("eventSourceARN".to_owned(), self.arn.clone().into());
        }
        Ok(records)
    }

    /// Waits until something was written since the last call, to whichever table.
    pub async fn written(&mut self) {
        if self.writes.changed().await.is_err() {
            // The store is gone, and with it whatever could be written.
            std::future::pending::<()>().await;
        }
    }

    /// The stream's ARN.
    pub fn arn(&self) -> &str {
        &self.arn
    }
}

async fn on_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DynoxideError> + Send + 'static,
) -> Result<T, GatewayError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| GatewayError::Store(error.to_string()))?
        .map_err(|error| GatewayError::Store(error.to_string()))
}
