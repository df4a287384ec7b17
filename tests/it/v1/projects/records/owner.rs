//! Whose a record is, and what `:own` means.

use super::tenant;
use serde_json::{Value, json};
use tests::{Kind, Role, TestCloud, TestTenant};
use uuid::Uuid;

#[tokio::test]
async fn own_means_the_records_one_owns() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let seller = tenant.member(Role::SalesRep).await;
    let foreign = tenant.record("contacts", &tenant.contact().await);
    let own = tenant.record("contacts", &tenant.contact_of(&seller).await);
    cloud.get(&foreign).as_(&seller).await.assert_status(200);
    let patch = |path: &str, body: Value| cloud.patch(path).as_(&seller).json(body);
    patch(&foreign, json!({"name": "mine now"}))
        .await
        .assert_problem(Kind::PermissionDenied);
    patch(&foreign, json!({"owner_id": seller.user_id}))
        .await
        .assert_problem(Kind::PermissionDenied);
    cloud
        .delete(&foreign)
        .as_(&seller)
        .await
        .assert_problem(Kind::PermissionDenied);
    patch(&own, json!({"name": "still mine"}))
        .await
        .assert_status(200);
    patch(&own, json!({"owner_id": tenant.owner.user_id}))
        .await
        .assert_problem(Kind::PermissionDenied);
    let for_another = json!({"name": "x", "owner_id": tenant.owner.user_id});
    cloud
        .post(tenant.records("contacts"))
        .as_(&seller)
        .json(for_another)
        .await
        .assert_problem(Kind::PermissionDenied);
    cloud.delete(&own).as_(&seller).await.assert_status(204);
    let untouched = cloud.get(&foreign).as_(&seller).await.assert_status(200);
    assert_eq!(
        (&untouched.json["name"], &untouched.json["version"]),
        (&json!("Ada Lovelace"), &json!(1))
    );
}

#[tokio::test]
async fn a_record_can_be_given_to_an_active_member_only() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let seller = tenant.member(Role::SalesRep).await;
    let stranger = TestTenant::create(cloud, "globex").await.owner;
    let path = tenant.record("contacts", &tenant.contact().await);
    let give = |to: &str| {
        cloud
            .patch(&path)
            .as_(&tenant.owner)
            .json(json!({"owner_id": to}))
    };
    let given = give(&seller.user_id).await.assert_status(200);
    assert_eq!(given.json["owner_id"], json!(seller.user_id));
    cloud
        .patch(&path)
        .as_(&seller)
        .json(json!({"name": "Mine"}))
        .await
        .assert_status(200);
    for other in [stranger.user_id, format!("usr_{}", Uuid::now_v7())] {
        give(&other)
            .await
            .assert_problem(Kind::ReferenceNotFound)
            .assert_fields(&["/owner_id"]);
    }
    give("somebody")
        .await
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/owner_id"]);
    tenant.remove(&seller).await;
    give(&seller.user_id)
        .await
        .assert_problem(Kind::ReferenceNotFound)
        .assert_fields(&["/owner_id"]);
}
