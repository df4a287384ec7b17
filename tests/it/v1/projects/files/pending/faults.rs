//! Whatever befalls who sees to it.

use super::{a_week_later, create, days, item, read, try_again};
use crate::apart;
use gateway::FaultError;
use serde_json::json;
use tests::{Kind, TestTenant};

const ERRORS: [FaultError; 3] = [
    FaultError::InternalServerError,
    FaultError::ThroughputExceeded,
    FaultError::LostReply,
];

#[tokio::test]
async fn a_file_is_waited_for_whatever_fails_on_the_way() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    for operation in ["GetItem", "UpdateItem"] {
        for error in ERRORS {
            cloud.inject(operation, 4, error);
            let file = tenant.file(&tenant.owner, "a.pdf").await;
            cloud.settled().await;
            try_again(cloud).await;
            let waits = item(&tenant, "FILES#PENDING", &file);
            assert_eq!(waits.as_ref().map(days), Some(7), "{operation}: {error:?}");
        }
    }
}

/// A file that a chunk names, for which nobody waits any longer once the fault is there.
async fn given_up(tenant: &TestTenant, what: &str, befall: impl AsyncFn()) {
    let cloud = tenant.cloud();
    let file = tenant.file(&tenant.owner, "a.pdf").await;
    let passage = json!({"text": "A passage.", "file_id": file});
    let chunk = create(tenant, "chunks", passage).await;
    cloud.settled().await;
    let log = cloud.gateway().last_decision_id();
    befall().await;
    let ends = a_week_later(tenant, &file);
    let dies = async {
        if what.starts_with("death") {
            cloud.unanswered(log).await;
            assert!(cloud.local().kill("FilesSettleFunction") > 0, "{what}");
        }
    };
    tokio::join!(ends, dies);
    try_again(cloud).await;
    let gone = read(tenant, "files", &file).await;
    gone.assert_problem(Kind::NotFound);
    assert!(item(tenant, "FILES#DELETED", &file).is_some(), "{what}");
    let chunk = read(tenant, "chunks", &chunk).await.assert_status(200);
    assert_eq!(chunk.json["version"], 2, "{what}");
    assert!(chunk.json.get("file_id").is_none(), "{what}");
}

#[tokio::test]
async fn a_file_without_bytes_is_deleted_whatever_fails_on_the_way() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    for operation in ["ListObjectsV2", "GetItem", "Query", "TransactWriteItems"] {
        for error in ERRORS {
            let what = format!("{operation}: {error:?}");
            let befall = async || cloud.inject(operation, 4, error);
            given_up(&tenant, &what, befall).await;
        }
        let befall = async || cloud.inject(operation, 1, FaultError::NoReply);
        given_up(&tenant, &format!("death at {operation}"), befall).await;
    }
}
