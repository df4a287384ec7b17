//! What is too large for DynamoDB is refused with a reason: an item of over 400 KB, a transaction of over 4 MB.

use super::tenant;
use serde_json::{Value, json};
use tests::{Answer, Kind, TestCloud, TestTenant};

/// 200 KB in UTF-8, and within its field's limit of characters.
fn long() -> String {
    "ä".repeat(100_000)
}

async fn email(tenant: &TestTenant, body: &str) -> String {
    let fields = json!({
        "subject": "Offer", "direction": "outbound", "from_address": "a@example.com",
        "to_addresses": ["b@example.com"], "html_body": body,
    });
    let email = tenant.create_record(&tenant.owner, "emails", fields).await;
    email["id"].as_str().unwrap().to_owned()
}

async fn read(tenant: &TestTenant, id: &str) -> Value {
    let get = tenant.cloud().get(tenant.record("emails", id));
    get.as_(&tenant.owner).await.assert_status(200).json
}

async fn batch(tenant: &TestTenant, operations: Vec<Value>) -> Answer {
    let path = format!("{}/batch", tenant.records("emails"));
    let post = tenant.cloud().post(path).as_(&tenant.owner);
    post.json(json!({"operations": operations})).await
}

#[tokio::test]
async fn a_record_that_would_be_too_large_is_refused_and_stays() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    // Three bytes each, and four: either has room, and both have not.
    let id = email(&tenant, &"€".repeat(80_000)).await;
    let path = tenant.record("emails", &id);
    let more = json!({"text_body": "\u{1f600}".repeat(50_000)});
    let patch = cloud.patch(&path).as_(&tenant.owner).json(more.clone());
    let refused = patch.await;
    refused.assert_problem(Kind::ValidationFailed);
    let detail = refused.json["detail"].as_str().unwrap();
    assert!(detail.contains("400 KB"), "{detail}");
    let update = json!({"update": {"id": id, "fields": more}});
    let together = batch(&tenant, vec![update]).await;
    together.assert_problem(Kind::ValidationFailed);
    let read = cloud.get(&path).as_(&tenant.owner).await;
    assert_eq!(read.assert_status(200).json["version"], 1);
}

#[tokio::test]
async fn a_batch_of_large_records_is_refused_before_anything_is_written() {
    let tenant = tenant().await;
    let mut operations = Vec::new();
    for _ in 0..10 {
        let id = email(&tenant, &long()).await;
        operations.push(json!({"update": {"id": id, "fields": {"subject": "New"}}}));
    }
    let too_much = batch(&tenant, operations.clone()).await;
    too_much.assert_problem(Kind::ValidationFailed);
    for operation in &operations {
        let id = operation["update"]["id"].as_str().unwrap();
        assert_eq!(read(&tenant, id).await["version"], 1);
    }
    operations.truncate(9);
    batch(&tenant, operations).await.assert_status(201);
}

/// It takes several transactions, since a page of an index ends at 1 MB; how many large records have room in one of them is tested
/// beside that limit (`shared/records/src/store/room.rs`).
#[tokio::test]
async fn what_many_large_records_name_can_be_deleted() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let contact = tenant.contact().await;
    let mut emails = Vec::new();
    for _ in 0..20 {
        let id = email(&tenant, &long()).await;
        let path = tenant.record("emails", &id);
        let patch = cloud.patch(path).as_(&tenant.owner);
        patch
            .json(json!({"contact_id": contact}))
            .await
            .assert_status(200);
        emails.push(id);
    }
    let path = tenant.record("contacts", &contact);
    cloud
        .delete(&path)
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    for id in emails {
        let email = read(&tenant, &id).await;
        assert!(email.get("contact_id").is_none(), "{id} names what is gone");
    }
}
