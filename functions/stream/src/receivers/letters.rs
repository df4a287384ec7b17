//! New letters go to the queue of e-mail, by their keys alone: nobody who reads the queue learns who is told what.

use super::handover::{Handover, keys};
use crate::Receiver;
use std::collections::BTreeSet;
use tenant_context::outbox::Outbox;
use tenant_context::{Aws, InitError};
use worker::stream::{Change, Happened};

/// Hands on the keys of new letters.
pub struct Letters(Handover);

impl Letters {
    /// To the queue that the environment names.
    ///
    /// # Errors
    /// When it names none.
    pub fn from_environment(aws: &Aws) -> Result<Self, InitError> {
        Handover::to(aws, "EMAIL_QUEUE_URL").map(Self)
    }
}

impl Receiver for Letters {
    async fn receive(&self, changes: &[Change]) -> BTreeSet<usize> {
        self.0.send(&new_letters(changes)).await
    }
}

/// The positions of new letters, with what the queue is told.
fn new_letters(changes: &[Change]) -> Vec<(usize, String)> {
    let new = changes.iter().enumerate().filter(|(_, change)| {
        change.happened == Happened::Insert && Outbox::of(change.pk(), change.sk()).is_some()
    });
    new.map(|(position, change)| (position, keys(change)))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use serde_json::{Value, json};
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
