//! Events of the tables' change streams. A stream is read in order: from the first record in the answer on, all come
//! again.

use crate::queue::Failures;
use crate::{Event, Source};
use serde::Deserialize;
use serde_json::Value;

/// Changes of one table, in the order in which they happened to each item.
#[derive(Debug, Deserialize)]
pub struct Changes {
    /// The changes.
    #[serde(rename = "Records")]
    pub changes: Vec<Change>,
}

/// What happened to an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Happened {
    /// It was made.
    Insert,
    /// It was changed.
    Modify,
    /// It was removed.
    Remove,
}

/// One change.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// What happened.
    #[serde(rename = "eventName")]
    pub happened: Happened,
    #[serde(rename = "eventSourceARN")]
    source: String,
    #[serde(rename = "userIdentity")]
    identity: Option<Identity>,
    dynamodb: Body,
}

/// Who made a change, where that was DynamoDB itself.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    principal_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    keys: Value,
    sequence_number: String,
    #[serde(default)]
    new_image: Image,
    #[serde(default)]
    old_image: Image,
}

/// Of an item, what is looked at here; what else it holds is not even read.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
struct Image {
    step: Option<Value>,
}

impl Change {
    /// The name of the table.
    pub fn table(&self) -> &str {
        // arn:aws:dynamodb:<region>:<account>:table/<name>/stream/<time>
        self.source.split('/').nth(1).unwrap_or_default()
    }

    /// Whether the item was removed because its time had come, and not by anybody.
    pub fn is_expiry(&self) -> bool {
        let by = self.identity.as_ref().map(|by| by.principal_id.as_str());
        self.happened == Happened::Remove && by == Some("dynamodb.amazonaws.com")
    }

    /// The partition key.
    pub fn pk(&self) -> &str {
        self.key("/pk/S")
    }

    /// The sort key.
    pub fn sk(&self) -> &str {
        self.key("/sk/S")
    }

    /// The step at which a work that goes on from change to change has come with this one; nothing if it is still at the
    /// same, or the item is no such work.
    pub fn step(&self) -> Option<u64> {
        let Body {
            new_image,
            old_image,
            ..
        } = &self.dynamodb;
        let step = new_image.step.as_ref()?.get("N")?.as_str()?.parse().ok();
        step.filter(|_| new_image != old_image)
    }

    fn key(&self, path: &str) -> &str {
        self.dynamodb
            .keys
            .pointer(path)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }
}

impl Failures {
    /// Brings the stream back to this change.
    pub fn add_change(&mut self, change: &Change) {
        self.add_id(change.dynamodb.sequence_number.clone());
    }
}

impl Event for Changes {
    type Answer = Failures;

    fn fits(source: Source) -> bool {
        matches!(source, Source::Streams(_))
    }

    fn len(&self) -> usize {
        self.changes.len()
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
    fn a_work_tells_when_it_comes_a_step_further() {
        let step = |new: &str, old: &str| {
            let change = format!(
                r#"{{"eventName":"MODIFY","eventSourceARN":"arn","dynamodb":{{"SequenceNumber":"1","Keys":{{}}{new}{old}}}}}"#
            );
            serde_json::from_str::<Change>(&change).unwrap().step()
        };
        let new = r#","NewImage":{"step":{"N":"2"},"fields":{"M":{}}}"#;
        assert_eq!(step(new, ""), Some(2));
        assert_eq!(step(new, r#","OldImage":{"step":{"N":"1"}}"#), Some(2));
        assert_eq!(step(new, r#","OldImage":{"step":{"N":"2"}}"#), None);
        for other in ["", r#","NewImage":{}"#, r#","NewImage":{"step":{"S":"2"}}"#] {
            assert_eq!(step(other, ""), None, "{other}");
        }
    }

    #[test]
    fn an_event_is_read_and_answered_as_lambda_does_it() {
        let event = r#"{"Records":[{"eventID":"1","eventName":"INSERT","eventVersion":"1.1","eventSource":"aws:dynamodb",
            "awsRegion":"us-east-1","dynamodb":{"ApproximateCreationDateTime":1,"SequenceNumber":"111","SizeBytes":1,
            "StreamViewType":"NEW_AND_OLD_IMAGES","Keys":{"pk":{"S":"TENANT#1#OUTBOX"},"sk":{"S":"LETTER#2"}},
            "NewImage":{"pk":{"S":"TENANT#1#OUTBOX"}}},
            "eventSourceARN":"arn:aws:dynamodb:us-east-1:1:table/Tenants-X1/stream/2026-01-01T00:00:00.000"}]}"#;
        let event: Changes = serde_json::from_str(event).unwrap();
        let change = &event.changes[0];
        assert_eq!(change.happened, Happened::Insert);
        assert_eq!(
            (change.table(), change.pk(), change.sk()),
            ("Tenants-X1", "TENANT#1#OUTBOX", "LETTER#2")
        );
        let mut failures = Failures::default();
        failures.add_change(change);
        assert_eq!(
            serde_json::to_string(&failures).unwrap(),
            r#"{"batchItemFailures":[{"itemIdentifier":"111"}]}"#
        );
    }
}
