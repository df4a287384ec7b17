//! Records that name others of the same project.

use super::tenant;
use serde_json::{Value, json};
use tests::{Kind, TestCloud, TestTenant};
use uuid::Uuid;

#[tokio::test]
async fn references_must_be_there_when_written() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let other = TestTenant::create(cloud, "globex").await;
    let (account, contact) = (tenant.account().await, tenant.contact().await);
    let deal = |account: &str, contact: &str| json!({"name": "First order", "stage": "proposal", "account_id": account, "contact_id": contact});
    let create = |body: Value| {
        cloud
            .post(tenant.records("deals"))
            .as_(&tenant.owner)
            .json(body)
    };
    let missing = format!("rec_{}", Uuid::now_v7());
    let foreign = other.account().await;
    create(deal(&missing, &contact))
        .await
        .assert_problem(Kind::ReferenceNotFound)
        .assert_fields(&["/account_id"]);
    create(deal(&foreign, &contact))
        .await
        .assert_problem(Kind::ReferenceNotFound)
        .assert_fields(&["/account_id"]);
    // A contact is no account.
    create(deal(&contact, &account))
        .await
        .assert_problem(Kind::ReferenceNotFound)
        .assert_fields(&["/account_id", "/contact_id"]);
    let elsewhere = tenant.project().await;
    let path = format!("/v1/projects/{elsewhere}/deals");
    let answer = cloud
        .post(path)
        .as_(&tenant.owner)
        .json(deal(&account, &contact))
        .await;
    answer
        .assert_problem(Kind::ReferenceNotFound)
        .assert_fields(&["/account_id", "/contact_id"]);

    let created = create(deal(&account, &contact)).await.assert_status(201);
    let path = tenant.record("deals", &created.id());
    let patch = |body: Value| cloud.patch(&path).as_(&tenant.owner).json(body);
    patch(json!({"contact_id": missing}))
        .await
        .assert_problem(Kind::ReferenceNotFound)
        .assert_fields(&["/contact_id"]);
    let second = tenant.contact().await;
    let changed = patch(json!({"contact_id": second, "stage": "won"}))
        .await
        .assert_status(200);
    assert_eq!(
        (&changed.json["contact_id"], &changed.json["version"]),
        (&json!(second), &json!(2))
    );
    patch(json!({"contact_id": null})).await.assert_status(200);
    patch(json!({"account_id": null}))
        .await
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/account_id"]);

    // A deleted record can't be referred to.
    cloud
        .delete(tenant.record("contacts", &second))
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    create(deal(&account, &second))
        .await
        .assert_problem(Kind::ReferenceNotFound)
        .assert_fields(&["/contact_id"]);
}
