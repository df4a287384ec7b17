//! Which bytes a file has, and what becomes of those that it no longer has.

use super::PDF;
use crate::apart;
use gateway::{Fault, FaultError};
use serde_json::json;
use std::time::Duration;
use tests::{Kind, TestCloud, TestTenant, described};

#[tokio::test]
async fn newer_bytes_take_the_place_of_older_ones_which_are_deleted() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let file = tenant.file(&tenant.owner, "a.pdf").await;
    tenant.upload(&tenant.owner, &file, PDF, b"first").await;
    let first = tenant.objects(&file);
    tenant.upload(&tenant.owner, &file, PDF, b"second").await;
    let second = tenant.objects(&file);
    assert_eq!((first.len(), second.len()), (1, 1));
    assert_ne!(first, second);
    let download = tenant.download_url(&tenant.owner, &file).await;
    let url = download.json["url"].as_str().unwrap();
    let got = cloud.at(reqwest::Method::GET, url).await;
    assert_eq!(got.bytes, b"second");
}

#[tokio::test]
async fn an_upload_that_comes_late_does_not_replace_a_newer_one() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let file = tenant.file(&tenant.owner, "a.pdf").await;
    let ask = async |bytes| {
        let answer = tenant
            .upload_url(&tenant.owner, &file, &described(PDF, bytes))
            .await;
        answer.assert_status(200).json
    };
    let older = ask(b"older").await;
    tokio::time::sleep(Duration::from_millis(5)).await;
    let newer = ask(b"newer").await;
    for (upload, bytes) in [(&newer, b"newer"), (&older, b"older")] {
        cloud.send(upload, bytes).await.assert_status(200);
        cloud.settled().await;
    }
    assert_eq!(tenant.objects(&file).len(), 1);
    let download = tenant.download_url(&tenant.owner, &file).await;
    assert_eq!(download.json["sha256"], tests::sha256(b"newer"));
}

#[tokio::test]
async fn an_upload_to_a_file_that_was_deleted_meanwhile_is_deleted_too() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let file = tenant.file(&tenant.owner, "a.pdf").await;
    let upload = tenant
        .upload_url(&tenant.owner, &file, &described(PDF, b"x"))
        .await;
    cloud
        .delete(tenant.record("files", &file))
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    cloud.send(&upload.json, b"x").await.assert_status(200);
    cloud.settled().await;
    assert!(tenant.objects(&file).is_empty());
}

#[tokio::test]
async fn bytes_come_back_with_a_restored_file_and_go_with_a_purged_one() {
    // Purged items are looked for in the whole table.
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    let file = tenant.file(&tenant.owner, "a.pdf").await;
    tenant.upload(&tenant.owner, &file, PDF, b"kept").await;
    let path = tenant.record("files", &file);
    let delete = async || {
        let answer = cloud.delete(&path).as_(&tenant.owner).await;
        answer.assert_status(204);
        cloud.settled().await;
    };
    delete().await;
    assert_eq!(tenant.objects(&file).len(), 1);
    let restored = cloud.post(format!("{path}/restore")).as_(&tenant.owner);
    let restored = restored.await.assert_status(200);
    assert_eq!(restored.json["status"], "available");
    cloud.settled().await;
    assert_eq!(tenant.objects(&file).len(), 1);

    delete().await;
    let gone = tenant.project_id.trim_start_matches("prj_");
    let pk = format!("TENANT#{}#PROJECT#{gone}#FILES#DELETED", tenant.uuid());
    let sk = format!("RECORD#{}", file.trim_start_matches("rec_"));
    let key = json!({"pk": {"S": pk}, "sk": {"S": sk}});
    let due = json!({
        "TableName": "TenantTable", "Key": key, "UpdateExpression": "SET #t = :v",
        "ExpressionAttributeNames": {"#t": "ttl"}, "ExpressionAttributeValues": {":v": {"N": "1"}},
    });
    let credentials = tenant.credentials(tests::Access::Write);
    cloud.dynamodb(&credentials, "UpdateItem", due).await.ok();
    assert!(cloud.gateway().sweep_expired().unwrap() > 0);
    cloud.settled().await;
    assert!(tenant.objects(&file).is_empty());
}

#[tokio::test]
async fn an_upload_is_noted_whatever_fails_on_the_way() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    // Longer than a message that failed is hidden, shorter than what a signature may be old.
    let pause = jiff::SignedDuration::from_secs(181);
    for (operation, error) in [
        ("HeadObject", FaultError::InternalServerError),
        ("UpdateItem", FaultError::TransactionConflict),
        ("ListObjectsV2", FaultError::ThroughputExceeded),
        ("DeleteObject", FaultError::InternalServerError),
        ("DeleteObject", FaultError::LostReply),
    ] {
        let file = tenant.file(&tenant.owner, "a.pdf").await;
        tenant.upload(&tenant.owner, &file, PDF, b"first").await;
        let upload = tenant
            .upload_url(&tenant.owner, &file, &described(PDF, b"second"))
            .await;
        cloud.gateway().inject(Fault {
            operation: operation.to_owned(),
            table: None,
            times: 1,
            error,
        });
        cloud.send(&upload.json, b"second").await.assert_status(200);
        cloud.settled().await;
        cloud.gateway().advance_clock(pause);
        cloud.settled().await;
        cloud.gateway().advance_clock(-pause);
        let record = cloud
            .get(tenant.record("files", &file))
            .as_(&tenant.owner)
            .await;
        assert_eq!(
            record.json["sha256"],
            tests::sha256(b"second"),
            "{operation}"
        );
        assert_eq!(record.json["version"], 3, "{operation}");
        assert_eq!(tenant.objects(&file).len(), 1, "{operation}");
    }
}

#[tokio::test]
async fn a_url_leads_nowhere_once_its_bytes_are_replaced() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let file = tenant.file(&tenant.owner, "a.pdf").await;
    tenant.upload(&tenant.owner, &file, PDF, b"first").await;
    let download = tenant.download_url(&tenant.owner, &file).await;
    tenant.upload(&tenant.owner, &file, PDF, b"second").await;
    let url = download.json["url"].as_str().unwrap();
    cloud.at(reqwest::Method::GET, url).await.assert_status(403);
    tenant
        .download_url(&tenant.owner, &file)
        .await
        .assert_status(200);
    let deleted = cloud
        .delete(tenant.record("files", &file))
        .as_(&tenant.owner);
    deleted.await.assert_status(204);
    tenant
        .download_url(&tenant.owner, &file)
        .await
        .assert_problem(Kind::NotFound);
}
