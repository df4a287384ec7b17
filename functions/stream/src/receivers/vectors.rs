//! Vectors that were put, changed or taken away go to the queue of files, where the search looks through indexes of S3 Vectors:
//! the indexes follow them. So does what is said of all vectors of a project, when the making of its index has come a step further
//! and waits for its next run.

use super::handover::{Handover, keys};
use crate::Receiver;
use std::collections::BTreeSet;
use tenant_context::vectors::{VectorOf, VectorsOf, are_indexed};
use tenant_context::{Aws, InitError};
use worker::stream::Change;

/// Hands on the keys of vectors; none where the search looks through the table.
pub struct Vectors(Option<Handover>);

impl Vectors {
    /// To the queue that the environment names.
    ///
    /// # Errors
    /// When it names none.
    pub fn from_environment(aws: &Aws) -> Result<Self, InitError> {
        let queue = are_indexed().then(|| Handover::to(aws, "FILES_QUEUE_URL"));
        queue.transpose().map(Self)
    }
}

impl Receiver for Vectors {
    async fn receive(&self, changes: &[Change]) -> BTreeSet<usize> {
        match &self.0 {
            Some(queue) => queue.send(&of_vectors(changes)).await,
            None => BTreeSet::new(),
        }
    }
}

/// The positions of changed vectors and of such steps, with what the queue is told.
fn of_vectors(changes: &[Change]) -> Vec<(usize, String)> {
    let is_vector = |change: &Change| VectorOf::of_keys(change.pk(), change.sk()).is_some();
    let is_step = |change: &Change| {
        change.step().is_some() && VectorsOf::of_keys(change.pk(), change.sk()).is_some()
    };
    let vectors = changes
        .iter()
        .enumerate()
        .filter(|(_, change)| is_vector(change) || is_step(change));
    vectors
        .map(|(position, change)| (position, keys(change)))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use serde_json::{Value, json};
    use tenant_context::Uuid;
    use worker::stream::Changes;

    #[test]
    fn a_vector_is_handed_on_and_the_embedding_beside_it_is_not() {
        let chunk = Uuid::from_u128(0x0198_c5f0_0000_7000_8000_0000_0000_0003);
        let (tenant, project) = (Uuid::now_v7(), Uuid::now_v7());
        let pk = format!("TENANT#{tenant}#PROJECT#{project}#VECTORS#3");
        let change = |happened: &str, sk: String| {
            json!({"eventName": happened, "eventSourceARN": "arn:aws:dynamodb:us-east-1:1:table/T1/stream/x",
                "dynamodb": {"SequenceNumber": "1", "Keys": {"pk": {"S": pk}, "sk": {"S": sk}}}})
        };
        let changes = [
            change("INSERT", format!("EXACT#{chunk}")),
            change("INSERT", format!("RECORD#{chunk}")),
            change("REMOVE", format!("RECORD#{chunk}")),
        ];
        let changes: Changes = serde_json::from_value(json!({ "Records": changes })).unwrap();
        let told = format!(r#"{{"table":"T1","pk":"{pk}","sk":"RECORD#{chunk}"}}"#);
        let expected = [(1, told.clone()), (2, told)];
        assert_eq!(of_vectors(&changes.changes), expected);
    }

    #[test]
    fn what_is_said_of_all_is_handed_on_when_it_has_come_a_step_further() {
        let pk = format!(
            "TENANT#{}#PROJECT#{}#VECTORS",
            Uuid::now_v7(),
            Uuid::now_v7()
        );
        let image = |step: u32| json!({"step": {"N": step.to_string()}, "vectors": {"N": "1"}});
        let change = |sk: &str, before: Value, after: Value| {
            json!({"eventName": "MODIFY", "eventSourceARN": "arn:aws:dynamodb:us-east-1:1:table/T1/stream/x",
                "dynamodb": {"SequenceNumber": "1", "Keys": {"pk": {"S": pk}, "sk": {"S": sk}}, "OldImage": before, "NewImage": after}})
        };
        let changes = [
            change("VECTORS", json!({}), json!({})),
            change("VECTORS", json!({}), image(1)),
            change("VECTORS", image(1), image(1)),
            change("VECTORS", image(1), image(2)),
            change("ELSE", image(1), image(2)),
        ];
        let changes: Changes = serde_json::from_value(json!({ "Records": changes })).unwrap();
        let told = format!(r#"{{"table":"T1","pk":"{pk}","sk":"VECTORS"}}"#);
        let expected = [(1, told.clone()), (3, told)];
        assert_eq!(of_vectors(&changes.changes), expected);
    }
}
