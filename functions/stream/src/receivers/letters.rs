//! New letters go to the queue of e-mail, by their keys alone: nobody who reads the queue learns who is told what.

use crate::Receiver;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::ProvideErrorMetadata as _;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use serde_json::json;
use std::collections::BTreeSet;
use tenant_context::outbox::Outbox;
use tenant_context::{Aws, InitError, variable};
use worker::stream::{Change, Happened};

/// SQS: entries in one batch.
const BATCH: usize = 10;

/// Hands on the keys of new letters.
pub struct Letters {
    sqs: Client,
    queue_url: String,
}

impl Letters {
    /// To the queue that the environment names.
    ///
    /// # Errors
    /// When it names none.
    pub fn from_environment(aws: &Aws) -> Result<Self, InitError> {
        Ok(Self {
            sqs: Client::new(aws.sdk()),
            queue_url: variable("EMAIL_QUEUE_URL")?,
        })
    }

    /// The positions of a batch that the queue has not taken.
    async fn send(&self, batch: &[(usize, String)]) -> BTreeSet<usize> {
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
                    tracing::warn!(code = entry.code(), "the queue has not taken a letter");
                    entry.id().parse().ok()
                })
                .collect(),
            Err(error) => {
                let code = error.as_service_error().and_then(|error| error.code());
                tracing::error!(
                    operation = "SendMessageBatch",
                    code,
                    "the queue has not taken letters"
                );
                all()
            }
        }
    }
}

impl Receiver for Letters {
    async fn receive(&self, changes: &[Change]) -> BTreeSet<usize> {
        let mut left = BTreeSet::new();
        for batch in new_letters(changes).chunks(BATCH) {
            left.extend(self.send(batch).await);
        }
        left
    }
}

/// The positions of new letters, with what the queue is told.
fn new_letters(changes: &[Change]) -> Vec<(usize, String)> {
    let new = changes.iter().enumerate().filter(|(_, change)| {
        change.happened == Happened::Insert && Outbox::of(change.pk(), change.sk()).is_some()
    });
    new.map(|(position, change)| {
        let body = json!({"table": change.table(), "pk": change.pk(), "sk": change.sk()});
        (position, body.to_string())
    })
    .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use serde_json::Value;
    use tenant_context::Uuid;
    use worker::stream::Changes;

    fn change(happened: &str, pk: &str, sk: &str) -> Value {
        json!({"eventName": happened, "eventSourceARN": "arn:aws:dynamodb:us-east-1:1:table/T1/stream/x",
            "dynamodb": {"SequenceNumber": "1", "Keys": {"pk": {"S": pk}, "sk": {"S": sk}},
            "NewImage": {"letter": {"M": {"to": {"S": "ada@example.com"}}}}}})
    }

    #[test]
    fn only_new_letters_are_handed_on_and_by_their_keys_alone() {
        let (owner, letter) = (Uuid::now_v7(), Uuid::now_v7());
        let (pk, sk) = (format!("USER#{owner}#OUTBOX"), format!("LETTER#{letter}"));
        let changes = [
            change("INSERT", &format!("TENANT#{owner}"), "TENANT"),
            change("INSERT", &pk, &sk),
            change("MODIFY", &pk, &sk),
            change("REMOVE", &pk, &sk),
        ];
        let changes: Changes = serde_json::from_value(json!({ "Records": changes })).unwrap();
        let told = format!(r#"{{"table":"T1","pk":"{pk}","sk":"{sk}"}}"#);
        assert_eq!(new_letters(&changes.changes), [(1, told)]);
    }
}
