//! Events of an SQS queue. Each message is judged by itself: those in the answer come again, the others are deleted.

use crate::{Event, Source};
use serde::{Deserialize, Serialize};

/// Messages of a queue.
#[derive(Debug, Deserialize)]
pub struct Messages {
    /// At most as many as declared.
    #[serde(rename = "Records")]
    pub messages: Vec<Message>,
}

/// One message.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Its id.
    pub message_id: String,
    /// What it can be deleted or put off by, until it comes again.
    pub receipt_handle: String,
    /// What was sent.
    pub body: String,
    /// What the queue adds.
    pub attributes: Attributes,
}

/// What the queue adds to a message.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Attributes {
    /// How many times it has been received, this one included.
    approximate_receive_count: String,
}

impl Message {
    /// How many times it has been received, this one included; the queue does not promise to count exactly.
    pub fn receive_count(&self) -> u32 {
        self.attributes
            .approximate_receive_count
            .parse()
            .unwrap_or(1)
    }
}

/// The messages that are to come again (`ReportBatchItemFailures`).
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Failures {
    #[serde(rename = "batchItemFailures")]
    items: Vec<Item>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Item {
    #[serde(rename = "itemIdentifier")]
    id: String,
}

impl Failures {
    /// Leaves a message in the queue.
    pub fn add(&mut self, message: &Message) {
        self.add_id(message.message_id.clone());
    }

    pub(crate) fn add_id(&mut self, id: String) {
        self.items.push(Item { id });
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether all went well.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

impl Event for Messages {
    type Answer = Failures;

    fn fits(source: Source) -> bool {
        matches!(source, Source::Queue { .. })
    }

    fn len(&self) -> usize {
        self.messages.len()
    }

    fn left(answer: &Failures) -> usize {
        answer.len()
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;

    #[test]
    fn an_event_is_read_and_answered_as_lambda_does_it() {
        let event = r#"{"Records":[{"messageId":"m1","receiptHandle":"r1","body":"{}","md5OfBody":"x",
            "attributes":{"ApproximateReceiveCount":"3","SentTimestamp":"1"},"messageAttributes":{},
            "eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:us-east-1:1:q","awsRegion":"us-east-1"}]}"#;
        let event: Messages = serde_json::from_str(event).unwrap();
        assert_eq!(event.len(), 1);
        assert_eq!(event.messages[0].receive_count(), 3);
        let mut failures = Failures::default();
        failures.add(&event.messages[0]);
        assert_eq!(
            serde_json::to_string(&failures).unwrap(),
            r#"{"batchItemFailures":[{"itemIdentifier":"m1"}]}"#
        );
    }
}
