//! Deleted files and projects that are gone go to the queue of files: the bytes are deleted after them.

use super::handover::{Handover, keys};
use crate::Receiver;
use std::collections::BTreeSet;
use tenant_context::files::{is_deleted_file, is_deleted_project};
use tenant_context::{Aws, InitError};
use worker::stream::{Change, Happened};

/// Hands on the keys of deleted files that are gone: purged, or restored, which whoever reads the queue finds out. And of
/// deleted projects that were not put back in time.
pub struct Files(Handover);

impl Files {
    /// To the queue that the environment names.
    ///
    /// # Errors
    /// When it names none.
    pub fn from_environment(aws: &Aws) -> Result<Self, InitError> {
        Handover::to(aws, "FILES_QUEUE_URL").map(Self)
    }
}

impl Receiver for Files {
    async fn receive(&self, changes: &[Change]) -> BTreeSet<usize> {
        self.0.send(&gone(changes)).await
    }
}

fn gone(changes: &[Change]) -> Vec<(usize, String)> {
    let gone = changes.iter().enumerate().filter(|(_, change)| {
        let is_file = || is_deleted_file(change.pk(), change.sk());
        let is_project = || is_deleted_project(change.pk(), change.sk());
        change.happened == Happened::Remove && is_file() || change.is_expiry() && is_project()
    });
    gone.map(|(position, change)| (position, keys(change)))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;
    use serde_json::{Value, json};
    use tenant_context::Uuid;
    use worker::stream::Changes;

    fn change(happened: &str, pk: &str, sk: &str) -> Value {
        json!({"eventName": happened, "eventSourceARN": "arn:aws:dynamodb:us-east-1:1:table/T1/stream/x",
            "dynamodb": {"SequenceNumber": "1", "Keys": {"pk": {"S": pk}, "sk": {"S": sk}}}})
    }

    #[test]
    fn a_deleted_project_is_handed_on_when_its_time_has_come() {
        let (tenant, project) = (Uuid::now_v7(), Uuid::now_v7());
        let (pk, sk) = (
            format!("TENANT#{tenant}"),
            format!("DELETED_PROJECT#{project}"),
        );
        let mut expiry = change("REMOVE", &pk, &sk);
        expiry["userIdentity"] =
            json!({"type": "Service", "principalId": "dynamodb.amazonaws.com"});
        let mut other = expiry.clone();
        other["dynamodb"]["Keys"]["sk"]["S"] = json!(format!("PROJECT#{project}"));
        let changes = [change("REMOVE", &pk, &sk), other, expiry];
        let changes: Changes = serde_json::from_value(json!({ "Records": changes })).unwrap();
        let handed_on: Vec<usize> = gone(&changes.changes)
            .into_iter()
            .map(|(at, _)| at)
            .collect();
        assert_eq!(handed_on, [2]);
    }

    #[test]
    fn only_deleted_files_that_are_gone_are_handed_on() {
        let (tenant, project, file) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
        let live = format!("TENANT#{tenant}#PROJECT#{project}#FILES");
        let (deleted, sk) = (format!("{live}#DELETED"), format!("RECORD#{file}"));
        let other = format!("TENANT#{tenant}#PROJECT#{project}#DEALS#DELETED");
        let changes = [
            change("INSERT", &deleted, &sk),
            change("REMOVE", &live, &sk),
            change("REMOVE", &other, &sk),
            change("REMOVE", &deleted, &sk),
        ];
        let changes: Changes = serde_json::from_value(json!({ "Records": changes })).unwrap();
        let told = format!(r#"{{"table":"T1","pk":"{deleted}","sk":"{sk}"}}"#);
        assert_eq!(gone(&changes.changes), [(3, told)]);
    }
}
