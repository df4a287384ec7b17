//! Handing changes on to a queue, by keys alone: nobody who reads the queue learns what is in the items.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::ProvideErrorMetadata as _;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use serde_json::json;
use std::collections::BTreeSet;
use tenant_context::{Aws, InitError, variable};
use worker::stream::Change;

/// SQS: entries in one batch.
const BATCH: usize = 10;

/// A queue that is told of items.
pub(super) struct Handover {
    sqs: Client,
    queue_url: String,
}

impl Handover {
    /// To the queue that this environment variable names.
    ///
    /// # Errors
    /// When it names none.
    pub(super) fn to(aws: &Aws, queue_url: &str) -> Result<Self, InitError> {
        Ok(Self {
            sqs: Client::new(aws.sdk()),
            queue_url: variable(queue_url)?,
        })
    }

    /// The positions of those that the queue has not taken.
    pub(super) async fn send(&self, told: &[(usize, String)]) -> BTreeSet<usize> {
        let mut left = BTreeSet::new();
        for batch in told.chunks(BATCH) {
            left.extend(self.send_batch(batch).await);
        }
        left
    }

    async fn send_batch(&self, batch: &[(usize, String)]) -> BTreeSet<usize> {
        let all = || batch.iter().map(|(position, _)| *position).collect();
        let entries: Result<Vec<_>, _> = batch
            .iter()
            .map(|(position, body)| {
                SendMessageBatchRequestEntry::builder()
                    .id(position.to_string())
                    .message_body(body)
                    .build()
            })
            .collect();
        let Ok(entries) = entries else {
            tracing::error!("a message of the queue can't be made");
            return all();
        };
        let request = self.sqs.send_message_batch().queue_url(&self.queue_url);
        match request.set_entries(Some(entries)).send().await {
            Ok(answer) => answer
                .failed()
                .iter()
                .filter_map(|entry| {
                    tracing::warn!(code = entry.code(), "the queue has not taken a change");
                    entry.id().parse().ok()
                })
                .collect(),
            Err(error) => {
                let code = error.as_service_error().and_then(|error| error.code());
                tracing::error!(
                    operation = "SendMessageBatch",
                    code,
                    "the queue has not taken changes"
                );
                all()
            }
        }
    }
}

/// What a queue is told: the keys of an item.
pub(super) fn keys(change: &Change) -> String {
    json!({"table": change.table(), "pk": change.pk(), "sk": change.sk()}).to_string()
}
