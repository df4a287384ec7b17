//! Exports that have come a step further go to the queue of exports, where the next step is made.

use super::handover::Handover;
use crate::Receiver;
use serde_json::json;
use std::collections::BTreeSet;
use tenant_context::exports::is_export;
use tenant_context::{Aws, InitError};
use worker::stream::{Change, Happened};

/// Hands on the keys of exports with the step that is next: whoever is told late finds out that it has been made.
pub struct Exports(Handover);

impl Exports {
    /// To the queue that the environment names.
    ///
    /// # Errors
    /// When it names none.
    pub fn from_environment(aws: &Aws) -> Result<Self, InitError> {
        Handover::to(aws, "EXPORTS_QUEUE_URL").map(Self)
    }
}

impl Receiver for Exports {
    async fn receive(&self, changes: &[Change]) -> BTreeSet<usize> {
        self.0.send(&advanced(changes)).await
    }
}

fn advanced(changes: &[Change]) -> Vec<(usize, String)> {
    let of_exports = changes.iter().enumerate().filter(|(_, change)| {
        change.happened != Happened::Remove && is_export(change.pk(), change.sk())
    });
    let told = |change: &Change| {
        let (table, pk, sk) = (change.table(), change.pk(), change.sk());
        Some(json!({"table": table, "pk": pk, "sk": sk, "step": change.step()?}).to_string())
    };
    of_exports
        .filter_map(|(position, change)| Some((position, told(change)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use serde_json::Value;
    use tenant_context::Uuid;
    use worker::stream::Changes;

    fn change(happened: &str, (pk, sk): (&str, &str), step: u32, before: Option<u32>) -> Value {
        let image =
            |step: u32| json!({"step": {"N": step.to_string()}, "status": {"S": "running"}});
        json!({"eventName": happened, "eventSourceARN": "arn:aws:dynamodb:us-east-1:1:table/T1/stream/x",
            "dynamodb": {"SequenceNumber": "1", "Keys": {"pk": {"S": pk}, "sk": {"S": sk}},
            "NewImage": image(step), "OldImage": before.map(image).unwrap_or_else(|| json!({}))}})
    }

    #[test]
    fn only_exports_that_have_come_a_step_further_are_handed_on() {
        let (tenant, user, export) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
        let pk = format!("TENANT#{tenant}#EXPORTS#{user}");
        let sk = format!("EXPORT#{export}");
        let other = format!("TENANT#{tenant}#OUTBOX");
        let changes = [
            change("INSERT", (&pk, &sk), 0, None),
            change("MODIFY", (&pk, &sk), 1, Some(1)),
            change("MODIFY", (&pk, &sk), 2, Some(1)),
            change("REMOVE", (&pk, &sk), 3, Some(2)),
            change("INSERT", (&other, &sk), 0, None),
        ];
        let changes: Changes = serde_json::from_value(json!({ "Records": changes })).unwrap();
        let told = |step: u32| json!({"table": "T1", "pk": pk, "sk": sk, "step": step}).to_string();
        assert_eq!(advanced(&changes.changes), [(0, told(0)), (2, told(2))]);
    }
}
