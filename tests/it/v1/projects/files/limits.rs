//! What a plan allows, what is counted, and what goes with its project.

use super::PDF;
use crate::apart;
use gateway::FaultError;
use serde_json::{Value, json};
use tests::{Access, Kind, TestCloud, TestTenant, described, sha256};

const MB: u64 = 1024 * 1024;

async fn stored(tenant: &TestTenant) -> Value {
    let usage = tenant.cloud().get("/v1/tenant/usage").as_(&tenant.owner);
    usage.await.assert_status(200).json["storage_bytes"]["used"].clone()
}

/// Sets an attribute of an item in one of the tenant's partitions.
async fn set(tenant: &TestTenant, access: Access, key: (&str, &str), name: &str, value: Value) {
    let pk = format!("TENANT#{}{}", tenant.uuid(), key.0);
    let body = json!({
        "TableName": "TenantTable", "Key": {"pk": {"S": pk}, "sk": {"S": key.1}}, "UpdateExpression": "SET #a = :v",
        "ExpressionAttributeNames": {"#a": name}, "ExpressionAttributeValues": {":v": value},
    });
    let credentials = tenant.credentials(access);
    tenant
        .cloud()
        .dynamodb(&credentials, "UpdateItem", body)
        .await
        .ok();
}

async fn delete(tenant: &TestTenant, path: &str) {
    let delete = tenant.cloud().delete(path).as_(&tenant.owner);
    delete.await.assert_status(204);
    tenant.cloud().settled().await;
}

/// The time of what waits for its purge has come.
async fn purge(cloud: &TestCloud) {
    // It may be gone by itself already.
    cloud.gateway().sweep_expired().unwrap();
    cloud.settled().await;
}

#[tokio::test]
async fn a_plan_bounds_a_file_and_all_files_together() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    tenant.set("TENANT", "plan", json!({"S": "free"})).await;
    let (file, other) = (
        tenant.file(&tenant.owner, "a.pdf").await,
        tenant.file(&tenant.owner, "b.pdf").await,
    );
    let ask = async |file: &str, size: u64| {
        let body = json!({"size_bytes": size, "content_type": PDF, "sha256": sha256(b"x")});
        tenant.upload_url(&tenant.owner, file, &body).await
    };
    ask(&file, 25 * MB).await.assert_status(200);
    let refused = ask(&file, 25 * MB + 1).await;
    refused.assert_problem(Kind::PlanLimit);
    assert!(refused.text("/detail").contains("in one file"), "{refused}");

    tenant
        .upload(&tenant.owner, &file, PDF, b"ten bytes!")
        .await;
    let full = json!({"N": (1024 * MB).to_string()});
    set(&tenant, Access::Write, ("#USAGE", "STORAGE"), "bytes", full).await;
    let refused = ask(&other, 1).await;
    refused.assert_problem(Kind::PlanLimit);
    assert!(refused.text("/detail").contains("together"), "{refused}");
    // In the place of those that it has.
    ask(&file, 10).await.assert_status(200);
    ask(&file, 11).await.assert_problem(Kind::PlanLimit);
    tenant.set("TENANT", "plan", json!({"S": "team"})).await;
    ask(&other, 26 * MB).await.assert_status(200);
}

#[tokio::test]
async fn bytes_are_counted_as_long_as_they_are_there_and_once() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    assert_eq!(stored(&tenant).await, 0);
    let (file, other) = (
        tenant.file(&tenant.owner, "a.pdf").await,
        tenant.file(&tenant.owner, "b.pdf").await,
    );
    tenant.upload(&tenant.owner, &file, PDF, b"first").await;
    assert_eq!(stored(&tenant).await, 5);
    tenant
        .upload(&tenant.owner, &other, PDF, b"other one")
        .await;
    assert_eq!(stored(&tenant).await, 14);
    // What comes in the place of others, and is told of twice since the first answer was lost.
    cloud.inject("TransactWriteItems", 4, FaultError::LostReply);
    let upload = described(PDF, b"second!");
    let upload = tenant.upload_url(&tenant.owner, &file, &upload).await;
    cloud
        .send(&upload.json, b"second!")
        .await
        .assert_status(200);
    cloud.come_again().await;
    cloud.gateway().forget_faults();
    assert_eq!(stored(&tenant).await, 16);

    let path = tenant.record("files", &file);
    delete(&tenant, &path).await;
    assert_eq!(stored(&tenant).await, 16);
    let project = tenant.project_id.trim_start_matches("prj_");
    let part = format!("#PROJECT#{project}#FILES#DELETED");
    let record = format!("RECORD#{}", file.trim_start_matches("rec_"));
    let key = (part.as_str(), record.as_str());
    set(&tenant, Access::Write, key, "ttl", json!({"N": "1"})).await;
    cloud.inject("DeleteObject", 3, FaultError::InternalServerError);
    purge(cloud).await;
    cloud.come_again().await;
    assert!(tenant.objects(&file).is_empty());
    assert_eq!(stored(&tenant).await, 9);
}

#[tokio::test]
async fn the_bytes_of_a_deleted_project_go_when_it_can_no_longer_be_put_back() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    let other = TestTenant::create(cloud, "globex").await;
    let mut files = Vec::new();
    for name in ["a.pdf", "b.pdf", "c.pdf"] {
        let file = tenant.file(&tenant.owner, name).await;
        tenant
            .upload(&tenant.owner, &file, PDF, name.as_bytes())
            .await;
        files.push(file);
    }
    let foreign = other.file(&other.owner, "d.pdf").await;
    other.upload(&other.owner, &foreign, PDF, b"theirs").await;
    // One was deleted before.
    delete(&tenant, &tenant.record("files", &files[2])).await;
    delete(&tenant, &format!("/v1/projects/{}", tenant.project_id)).await;
    assert!(files.iter().all(|file| tenant.objects(file).len() == 1));
    assert_eq!(stored(&tenant).await, 15);

    let project = tenant.project_id.trim_start_matches("prj_");
    let sort_key = format!("DELETED_PROJECT#{project}");
    set(
        &tenant,
        Access::Admin,
        ("", &sort_key),
        "ttl",
        json!({"N": "1"}),
    )
    .await;
    purge(cloud).await;
    assert!(files.iter().all(|file| tenant.objects(file).is_empty()));
    assert_eq!(stored(&tenant).await, 0);
    assert_eq!(other.objects(&foreign).len(), 1);
    assert_eq!(stored(&other).await, 6);
}
