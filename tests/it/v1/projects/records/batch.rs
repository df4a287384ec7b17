//! `POST /v1/projects/{project_id}/{collection}/batch`

use super::tenant;
use serde_json::{Value, json};
use tests::{Kind, Role, TestCloud};

fn contacts(number: usize) -> Vec<Value> {
    (0..number)
        .map(|number| json!({"name": format!("Contact {number}")}))
        .collect()
}

#[tokio::test]
async fn all_records_are_created_in_their_order() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let path = format!("{}/batch", tenant.records("contacts"));
    let batch = |records: Vec<Value>| {
        cloud
            .post(&path)
            .as_(&tenant.owner)
            .json(json!({"records": records}))
    };
    let created = batch(contacts(25)).await.assert_status(201);
    assert_eq!(created.items().len(), 25);
    let mut list = cloud
        .get(format!(
            "{}?limit=100&sort=created_at",
            tenant.records("contacts")
        ))
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    let names = |items: &Value| -> Vec<String> {
        let items = items.as_array().unwrap().iter();
        items
            .map(|item| item["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let sent: Vec<String> = (0..25).map(|number| format!("Contact {number}")).collect();
    assert_eq!(names(&created.json["items"]), sent);
    assert_eq!(list.json["items"].take(), created.json["items"]);
    for wrong in [Vec::new(), contacts(26)] {
        batch(wrong)
            .await
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&["/records"]);
    }
}

#[tokio::test]
async fn all_or_none_and_what_is_wrong_is_named_by_its_place() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let account = tenant.account().await;
    let path = format!("{}/batch", tenant.records("contacts"));
    let batch = |records: Value| {
        cloud
            .post(&path)
            .as_(&tenant.owner)
            .json(json!({"records": records}))
    };
    let invalid = json!([{"name": "Ada"}, {"name": "", "email": "x"}, {"stage": "king"}]);
    batch(invalid)
        .await
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&[
            "/records/1/name",
            "/records/1/email",
            "/records/2/stage",
            "/records/2/name",
        ]);
    let missing = tenant.contact().await;
    let dangling = json!([
        {"name": "Ada", "account_id": account}, {"name": "Bob", "account_id": missing},
        {"name": "Cid", "account_id": missing}, {"name": "Dan"},
    ]);
    batch(dangling)
        .await
        .assert_problem(Kind::ReferenceNotFound)
        .assert_fields(&["/records/1/account_id", "/records/2/account_id"]);
    let stranger = "usr_0190a8c4-0000-7000-8000-000000000000";
    batch(json!([{"name": "Ada"}, {"name": "Bob", "owner_id": stranger}]))
        .await
        .assert_problem(Kind::ReferenceNotFound)
        .assert_fields(&["/records/1/owner_id"]);
    let list = cloud
        .get(tenant.records("contacts"))
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    assert_eq!(list.items().len(), 1, "{list}");
    // The account is named by nobody, then by two in one batch.
    let two =
        json!([{"name": "Ada", "account_id": account}, {"name": "Bob", "account_id": account}]);
    batch(two).await.assert_status(201);
    let named = cloud
        .get(format!(
            "{}?reference=account_id:{account}",
            tenant.records("contacts")
        ))
        .as_(&tenant.owner)
        .await;
    assert_eq!(named.items().len(), 2);
}

#[tokio::test]
async fn who_may_create_only_their_own_creates_only_their_own() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let path = format!("{}/batch", tenant.records("contacts"));
    let (seller, viewer) = (
        tenant.member(Role::SalesRep).await,
        tenant.member(Role::Viewer).await,
    );
    let own = json!({"records": [{"name": "Ada"}]});
    let for_another =
        json!({"records": [{"name": "Ada"}, {"name": "Bob", "owner_id": tenant.owner.user_id}]});
    cloud
        .post(&path)
        .as_(&seller)
        .json(&for_another)
        .await
        .assert_problem(Kind::PermissionDenied);
    cloud
        .post(&path)
        .as_(&viewer)
        .json(&own)
        .await
        .assert_problem(Kind::PermissionDenied);
    cloud
        .post(&path)
        .as_(&seller)
        .json(&own)
        .await
        .assert_status(201);
}
