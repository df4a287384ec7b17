//! Which bytes a file has, and what becomes of those that it no longer has.

use super::PDF;
use crate::apart;
use gateway::FaultError;
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
async fn a_file_without_a_byte_is_a_file_like_another() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let file = tenant.file(&tenant.owner, "empty.pdf").await;
    tenant.upload(&tenant.owner, &file, PDF, b"").await;
    let path = tenant.record("files", &file);
    let record = cloud.get(path).as_(&tenant.owner).await;
    assert_eq!(record.json["status"], "available");
    assert_eq!(record.json["size_bytes"], 0);
    assert_eq!(record.json["sha256"], tests::sha256(b""));
    let download = tenant.download_url(&tenant.owner, &file).await;
    let url = download.json["url"].as_str().unwrap();
    let got = cloud.at(reqwest::Method::GET, url).await;
    assert_eq!(got.assert_status(200).bytes, b"");
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
    // It may be gone by itself already.
    cloud.gateway().sweep_expired().unwrap();
    cloud.settled().await;
    assert!(tenant.objects(&file).is_empty());
}

/// The calls that note an upload and delete the bytes before it.
const CALLS: [&str; 5] = [
    "HeadObject",
    "GetItem",
    "TransactWriteItems",
    "ListObjectsV2",
    "DeleteObject",
];

/// Bytes in the place of others: what is noted of them is right, and the others are gone.
async fn replaced(tenant: &TestTenant, what: &str, befall: impl AsyncFn()) {
    let cloud = tenant.cloud();
    let file = tenant.file(&tenant.owner, "a.pdf").await;
    tenant.upload(&tenant.owner, &file, PDF, b"first").await;
    let upload = tenant
        .upload_url(&tenant.owner, &file, &described(PDF, b"second"))
        .await;
    let log = cloud.gateway().last_decision_id();
    befall().await;
    cloud.send(&upload.json, b"second").await.assert_status(200);
    if what.starts_with("death") {
        cloud.unanswered(log).await;
        assert!(cloud.local().kill("FilesSettleFunction") > 0, "{what}");
    }
    cloud.settled().await;
    cloud.gateway().forget_faults();
    cloud.come_again().await;
    let path = tenant.record("files", &file);
    let record = cloud.get(path).as_(&tenant.owner).await;
    assert_eq!(record.json["sha256"], tests::sha256(b"second"), "{what}");
    assert_eq!(record.json["version"], 3, "{what}");
    assert_eq!(tenant.objects(&file).len(), 1, "{what}");
}

#[tokio::test]
async fn an_upload_is_noted_whatever_fails_on_the_way() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    for operation in CALLS.into_iter().chain(["AssumeRole"]) {
        for error in [
            FaultError::InternalServerError,
            FaultError::ThroughputExceeded,
            FaultError::LostReply,
        ] {
            let what = format!("{operation}: {error:?}");
            let befall = async || {
                // One that was started just now has its credentials still to get.
                if operation == "AssumeRole" {
                    cloud.local().kill("FilesSettleFunction");
                }
                cloud.inject(operation, 4, error);
            };
            replaced(&tenant, &what, befall).await;
        }
    }
    let conflict = async || cloud.inject("TransactWriteItems", 2, FaultError::TransactionConflict);
    replaced(&tenant, "a conflict", conflict).await;
    let used = cloud.get("/v1/tenant/usage").as_(&tenant.owner).await;
    // Each file's six bytes, once.
    assert_eq!(used.json["storage_bytes"]["used"], 6 * (6 * 3 + 1));
}

/// The function dies after a call was made and before it heard of that.
#[tokio::test]
async fn an_upload_is_noted_though_its_function_dies() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    for operation in CALLS {
        let befall = async || cloud.inject(operation, 1, FaultError::NoReply);
        replaced(&tenant, &format!("death at {operation}"), befall).await;
    }
    let used = cloud.get("/v1/tenant/usage").as_(&tenant.owner).await;
    assert_eq!(used.json["storage_bytes"]["used"], 6 * CALLS.len());
}

/// Nor does it matter that nobody answers a call for S3: it is made again.
#[tokio::test]
async fn an_upload_is_noted_though_a_call_of_it_gets_no_answer() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    let of_s3 = CALLS.into_iter().filter(|call| call.contains("Object"));
    let silent = of_s3.map(|call| (call, FaultError::Silent));
    for (operation, error) in silent.chain([("DeleteObject", FaultError::NoReply)]) {
        let what = format!("{operation}: {error:?}");
        let log = cloud.gateway().last_decision_id();
        let befall = async || cloud.inject(operation, 1, error);
        replaced(&tenant, &what, befall).await;
        let decisions = cloud.gateway().decisions_after(log);
        let mut met = decisions.iter().filter(|call| call.unanswered);
        assert_eq!(met.next().unwrap().operation, operation, "{what}");
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
