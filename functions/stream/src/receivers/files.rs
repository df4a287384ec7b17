//! What the queue of files is told of: files that are new, have waited too long for their bytes, or are gone, and deleted projects that
//! are gone.

use super::handover::{Handover, keys};
use crate::Receiver;
use serde_json::json;
use std::collections::BTreeSet;
use tenant_context::files::{is_deleted_file, is_file, is_pending_file};
use tenant_context::purge::{is_deleted_project, is_purge};
use tenant_context::{Aws, InitError};
use worker::stream::{Change, Happened};

/// Hands on the keys of
/// - files that are new or restored: their bytes are to come;
/// - notes that a file waits for its bytes, when their time has come;
/// - deleted files that are gone: purged, or restored, which whoever reads the queue finds out;
/// - deleted projects that were not put back in time, and each further step of their purge.
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
        self.0.send(&told(changes)).await
    }
}

/// The positions of those changes, with what the queue is told.
fn told(changes: &[Change]) -> Vec<(usize, String)> {
    let told = changes.iter().enumerate();
    told.filter_map(|(position, change)| Some((position, message(change)?)))
        .collect()
}

fn message(change: &Change) -> Option<String> {
    let (pk, sk) = (change.pk(), change.sk());
    let is_wanted = match change.happened {
        Happened::Remove if change.is_expiry() => {
            is_deleted_file(pk, sk) || is_deleted_project(pk, sk) || is_pending_file(pk, sk)
        }
        Happened::Remove => is_deleted_file(pk, sk),
        Happened::Insert if is_file(pk, sk) => true,
        Happened::Insert | Happened::Modify if is_purge(pk, sk) => {
            let step = change.step()?;
            let message = json!({"table": change.table(), "pk": pk, "sk": sk, "step": step});
            return Some(message.to_string());
        }
        Happened::Insert | Happened::Modify => false,
    };
    is_wanted.then(|| keys(change))
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
        let expiry = by_ttl(change("REMOVE", &pk, &sk));
        let mut other = expiry.clone();
        other["dynamodb"]["Keys"]["sk"]["S"] = json!(format!("PROJECT#{project}"));
        let changes = [change("REMOVE", &pk, &sk), other, expiry];
        assert_eq!(handed_on(&changes), [2]);
    }

    /// The positions of those that are handed on.
    fn handed_on(changes: &[Value]) -> Vec<usize> {
        let changes: Changes = serde_json::from_value(json!({ "Records": changes })).unwrap();
        told(&changes.changes)
            .into_iter()
            .map(|(at, _)| at)
            .collect()
    }

    fn by_ttl(mut removal: Value) -> Value {
        removal["userIdentity"] =
            json!({"type": "Service", "principalId": "dynamodb.amazonaws.com"});
        removal
    }

    #[test]
    fn a_new_file_is_handed_on_and_so_is_one_that_has_waited_long_enough() {
        let (tenant, project, file) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
        let live = format!("TENANT#{tenant}#PROJECT#{project}#FILES");
        let (pending, sk) = (format!("{live}#PENDING"), format!("RECORD#{file}"));
        let other = live.replace("#FILES", "#DEALS");
        let changes = [
            change("INSERT", &live, &sk),
            change("MODIFY", &live, &sk),
            change("INSERT", &other, &sk),
            change("INSERT", &pending, &sk),
            // By the purge of its project.
            change("REMOVE", &pending, &sk),
            by_ttl(change("REMOVE", &pending, &sk)),
            by_ttl(change("REMOVE", &other, &sk)),
        ];
        assert_eq!(handed_on(&changes), [0, 5]);
    }

    #[test]
    fn a_purge_is_handed_on_with_each_of_its_steps() {
        let (tenant, project) = (Uuid::now_v7(), Uuid::now_v7());
        let pk = format!("TENANT#{tenant}#PURGES");
        let sk = format!("PROJECT#{project}");
        let step = |happened: &str, new: u32, old: Option<u32>| {
            let image = |step: u32| json!({"step": {"N": step.to_string()}});
            let mut change = change(happened, &pk, &sk);
            change["dynamodb"]["NewImage"] = image(new);
            change["dynamodb"]["OldImage"] = old.map_or(json!({}), image);
            change
        };
        let changes = [
            step("INSERT", 1, None),
            // A run has begun, and moved nothing on yet.
            step("MODIFY", 1, Some(1)),
            step("MODIFY", 2, Some(1)),
            change("REMOVE", &pk, &sk),
        ];
        assert_eq!(handed_on(&changes), [0, 2]);
        let changes: Changes = serde_json::from_value(json!({ "Records": changes })).unwrap();
        let told = told(&changes.changes).pop().unwrap().1;
        assert_eq!(
            serde_json::from_str::<Value>(&told).unwrap(),
            json!({"table": "T1", "pk": pk, "sk": sk, "step": 2})
        );
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
        let message = format!(r#"{{"table":"T1","pk":"{deleted}","sk":"{sk}"}}"#);
        assert_eq!(told(&changes.changes), [(3, message)]);
    }
}
