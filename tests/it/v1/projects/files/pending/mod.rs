//! Files to which no bytes come: they wait a week, and are then deleted as a person would do it.

mod faults;

use super::PDF;
use crate::apart;
use gateway::FaultError;
use serde_json::{Value, json};
use tests::{Kind, TestCloud, TestTenant, described, now};

const DAY: i64 = 86_400;

fn bare(file: &str) -> &str {
    file.strip_prefix("rec_").unwrap()
}

/// Where the files of the first project lie, behind the tenant.
fn files(tenant: &TestTenant) -> String {
    let project = tenant.project_id.strip_prefix("prj_").unwrap();
    format!("#PROJECT#{project}#FILES")
}

/// A record's item in the first project; `part` is what stands behind the project in its key.
fn item(tenant: &TestTenant, part: &str, record: &str) -> Option<Value> {
    let project = tenant.project_id.strip_prefix("prj_").unwrap();
    let pk = format!("TENANT#{}#PROJECT#{project}#{part}", tenant.uuid());
    let sk = format!("RECORD#{}", bare(record));
    let mut items = tenant.cloud().dump("TenantTable").into_iter();
    items.find(|item| item["pk"]["S"] == pk && item["sk"]["S"] == sk)
}

/// In how many days the item ends.
fn days(item: &Value) -> i64 {
    let ttl: i64 = item["ttl"]["N"].as_str().unwrap().parse().unwrap();
    (ttl - i64::try_from(now()).unwrap() + DAY / 2) / DAY
}

/// The week is over.
async fn a_week_later(tenant: &TestTenant, file: &str) {
    let part = format!("{}#PENDING", files(tenant));
    let sort_key = format!("RECORD#{}", bare(file));
    tenant.expire(&part, &sort_key).await;
}

async fn create(tenant: &TestTenant, collection: &str, fields: Value) -> String {
    let record = tenant
        .create_record(&tenant.owner, collection, fields)
        .await;
    record["id"].as_str().unwrap().to_owned()
}

async fn read(tenant: &TestTenant, collection: &str, id: &str) -> tests::Answer {
    let path = tenant.record(collection, id);
    tenant.cloud().get(path).as_(&tenant.owner).await
}

async fn restore(tenant: &TestTenant, file: &str) -> Value {
    let path = format!("{}/restore", tenant.record("files", file));
    let restored = tenant.cloud().post(path).as_(&tenant.owner).await;
    tenant.cloud().settled().await;
    restored.assert_status(200).json
}

#[tokio::test]
async fn a_file_that_gets_no_bytes_in_a_week_is_deleted_with_what_that_takes() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    let folder = create(&tenant, "folders", json!({"name": "Plans"})).await;
    let named = json!({"name": "a.pdf", "folder_id": folder, "account_id": tenant.account().await});
    let file = create(&tenant, "files", named).await;
    let passage = json!({"text": "A passage.", "file_id": file, "embedding": [1, 0]});
    let chunk = create(&tenant, "chunks", passage).await;
    cloud.settled().await;
    let waits = item(&tenant, "FILES#PENDING", &file).unwrap();
    assert_eq!(days(&waits), 7, "{waits}");
    let vectors = || (0..8).find_map(|shard| item(&tenant, &format!("VECTORS#{shard}"), &chunk));
    assert_eq!(vectors().unwrap()["file_id"]["S"], json!(file));
    let delete = async || {
        let path = tenant.record("folders", &folder);
        cloud.delete(path).as_(&tenant.owner).await
    };
    delete().await.assert_problem(Kind::StillReferenced);

    a_week_later(&tenant, &file).await;
    read(&tenant, "files", &file)
        .await
        .assert_problem(Kind::NotFound);
    let kept = item(&tenant, "FILES#DELETED", &file).unwrap();
    assert_eq!(days(&kept), 30, "{kept}");
    // By nobody: a function did it, and says so.
    assert!(kept.get("deleted_by").is_none(), "{kept}");
    assert_eq!(kept["change"]["M"]["by"]["S"], "files-settle");
    assert_eq!(kept["updated_by"]["S"], json!(tenant.owner.user_id));
    // What names it is cleared, and still says who changed it last.
    let cleared = read(&tenant, "chunks", &chunk).await.assert_status(200);
    assert!(cleared.json.get("file_id").is_none(), "{cleared}");
    assert_eq!(cleared.json["version"], 2);
    assert_eq!(cleared.json["updated_by"], json!(tenant.owner.user_id));
    assert!(vectors().unwrap().get("file_id").is_none());
    // What it named is free, and it can't come back there; but it can come back.
    restore(&tenant, &file).await;
    delete().await.assert_problem(Kind::StillReferenced);
    let waits = item(&tenant, "FILES#PENDING", &file).unwrap();
    assert_eq!(days(&waits), 7, "a restored file waits anew: {waits}");
    a_week_later(&tenant, &file).await;
    read(&tenant, "files", &file)
        .await
        .assert_problem(Kind::NotFound);
    delete().await.assert_status(204);
}

#[tokio::test]
async fn every_file_that_is_made_is_waited_for() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let many: Vec<Value> = (0..25)
        .map(|at| json!({"name": format!("{at}.pdf")}))
        .collect();
    let batch = cloud.post(format!("{}/batch", tenant.records("files")));
    let batch = batch.as_(&tenant.owner).json(json!({"records": many}));
    let made = batch.await.assert_status(201);
    cloud.settled().await;
    for file in made.items() {
        let waits = item(&tenant, "FILES#PENDING", file["id"].as_str().unwrap());
        assert_eq!(days(&waits.unwrap()), 7);
    }
    assert_eq!(made.items().len(), 25);
}

#[tokio::test]
async fn a_file_that_has_its_bytes_stays() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    let file = tenant.file(&tenant.owner, "a.pdf").await;
    cloud.settled().await;
    tenant.upload(&tenant.owner, &file, PDF, b"in time").await;
    a_week_later(&tenant, &file).await;
    assert!(item(&tenant, "FILES#PENDING", &file).is_none());
    let record = read(&tenant, "files", &file).await.assert_status(200);
    assert_eq!(record.json["status"], "available");
    assert_eq!(tenant.objects(&file).len(), 1);
    // Nor is it waited for when it comes back with them.
    let deleted = cloud.delete(tenant.record("files", &file));
    deleted.as_(&tenant.owner).await.assert_status(204);
    cloud.settled().await;
    restore(&tenant, &file).await;
    assert!(item(&tenant, "FILES#PENDING", &file).is_none());
}

#[tokio::test]
async fn a_file_whose_bytes_came_at_the_last_moment_stays() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    let file = tenant.file(&tenant.owner, "a.pdf").await;
    cloud.settled().await;
    let upload = tenant
        .upload_url(&tenant.owner, &file, &described(PDF, b"late"))
        .await;
    // S3 has them, and who is to note it does not get to it.
    cloud.inject("HeadObject", 3, FaultError::InternalServerError);
    cloud.send(&upload.json, b"late").await.assert_status(200);
    cloud.settled().await;
    let record = read(&tenant, "files", &file).await.assert_status(200);
    assert_eq!(record.json["status"], "pending");
    a_week_later(&tenant, &file).await;
    let record = read(&tenant, "files", &file).await.assert_status(200);
    assert_eq!(record.json["status"], "pending");
    try_again(cloud).await;
    let record = read(&tenant, "files", &file).await.assert_status(200);
    assert_eq!(record.json["status"], "available");
    assert_eq!(record.json["sha256"], tests::sha256(b"late"));
}

#[tokio::test]
async fn a_file_that_others_cannot_be_without_stays() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    let file = tenant.file(&tenant.owner, "a.pdf").await;
    let terms = json!({"title": "Terms", "file_id": file});
    let document = create(&tenant, "documents", terms).await;
    cloud.settled().await;
    a_week_later(&tenant, &file).await;
    let record = read(&tenant, "files", &file).await.assert_status(200);
    assert_eq!(record.json["version"], 1);
    let document = read(&tenant, "documents", &document).await;
    assert_eq!(document.json["file_id"], json!(file));
}

#[tokio::test]
async fn a_file_that_was_deleted_meanwhile_stays_so() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    let file = tenant.file(&tenant.owner, "a.pdf").await;
    cloud.settled().await;
    let deleted = cloud.delete(tenant.record("files", &file));
    deleted.as_(&tenant.owner).await.assert_status(204);
    let before = item(&tenant, "FILES#DELETED", &file);
    a_week_later(&tenant, &file).await;
    assert_eq!(item(&tenant, "FILES#DELETED", &file), before);
    assert!(before.is_some());
    assert_eq!(restore(&tenant, &file).await["status"], "pending");
}

/// What was told a week ago can be told once more, by the queue or by somebody who moves it back from where it ended.
#[tokio::test]
async fn a_file_that_was_restored_meanwhile_waits_a_week_of_its_own() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    let file = tenant.file(&tenant.owner, "a.pdf").await;
    cloud.settled().await;
    cloud.inject("ListObjectsV2", 9, FaultError::InternalServerError);
    a_week_later(&tenant, &file).await;
    let deleted = cloud.delete(tenant.record("files", &file));
    deleted.as_(&tenant.owner).await.assert_status(204);
    restore(&tenant, &file).await;
    assert_eq!(days(&item(&tenant, "FILES#PENDING", &file).unwrap()), 7);
    try_again(cloud).await;
    let record = read(&tenant, "files", &file).await.assert_status(200);
    assert_eq!(record.json["status"], "pending");
    assert!(item(&tenant, "FILES#PENDING", &file).is_some());
}

#[tokio::test]
async fn who_asks_for_a_url_late_has_a_week_for_it() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let young = tenant.file(&tenant.owner, "a.pdf").await;
    cloud.settled().await;
    // The same, as of eight days ago.
    let moment = now() - 8 * 86_400;
    let made = uuid::Timestamp::from_unix(uuid::NoContext, moment, 0);
    let old = format!("rec_{}", uuid::Uuid::new_v7(made));
    let mut record = item(&tenant, "FILES", &young).unwrap();
    record["sk"]["S"] = json!(format!("RECORD#{}", bare(&old)));
    let items = vec![record.to_string()];
    cloud.gateway().import("TenantTable", items).unwrap();
    assert!(item(&tenant, "FILES#PENDING", &old).is_none());
    let described = described(PDF, b"late");
    let upload = tenant.upload_url(&tenant.owner, &old, &described).await;
    let waits = item(&tenant, "FILES#PENDING", &old).unwrap();
    assert_eq!(days(&waits), 7, "{waits}");
    cloud.send(&upload.json, b"late").await.assert_status(200);
    cloud.settled().await;
    let record = read(&tenant, "files", &old).await.assert_status(200);
    assert_eq!(record.json["status"], "available");
}

/// What failed is tried again.
async fn try_again(cloud: &TestCloud) {
    cloud.gateway().forget_faults();
    cloud.come_again().await;
}
