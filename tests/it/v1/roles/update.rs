//! `PATCH /v1/roles/{role_id}`

use super::{create, give, read, update};
use serde_json::json;
use tests::{Kind, Role, TestCloud, TestTenant};

#[tokio::test]
async fn what_a_role_carries_counts_from_the_next_request_of_all_who_have_it() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let role = tenant.custom_role(&["projects:read", "records:read"]).await;
    let person = tenant.member(Role::Viewer).await;
    give(&tenant.owner, &person, &role).await.assert_status(200);
    let write = async || {
        let request = cloud.post(tenant.records("contacts")).as_(&person);
        request.json(json!({"name": "Ada"})).await
    };
    write().await.assert_problem(Kind::PermissionDenied);
    let wider = json!({"permissions": ["projects:read", "records:read", "contacts:create"]});
    let changed = update(&tenant.owner, &role, wider).await.assert_status(200);
    assert_eq!(changed.json["version"], 2);
    assert_eq!(changed.header("etag"), "\"2\"");
    write().await.assert_status(201);
    update(&tenant.owner, &role, json!({"permissions": []}))
        .await
        .assert_status(200);
    cloud
        .get(tenant.records("contacts"))
        .as_(&person)
        .await
        .assert_problem(Kind::PermissionDenied);
}

#[tokio::test]
async fn name_and_version_are_held() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let (first, second) = (
        create(&tenant.owner, "First", &["records:read"]).await.id(),
        create(&tenant.owner, "Second", &[]).await.id(),
    );
    update(&tenant.owner, &second, json!({"name": "FIRST"}))
        .await
        .assert_problem(Kind::AlreadyTaken)
        .assert_fields(&["/name"]);
    let renamed = update(
        &tenant.owner,
        &first,
        json!({"name": "FIRST", "description": "x"}),
    )
    .await;
    assert_eq!(
        renamed.assert_status(200).json["permissions"],
        json!(["records:read"])
    );
    update(&tenant.owner, &first, json!({"name": "Other"}))
        .await
        .assert_status(200);
    update(&tenant.owner, &second, json!({"name": "first"}))
        .await
        .assert_status(200);
    let at = async |version: &str| {
        let request = cloud.patch(format!("/v1/roles/{first}")).as_(&tenant.owner);
        let request = request.header("if-match", version);
        request.json(json!({"description": "y"})).await
    };
    at("\"1\"").await.assert_problem(Kind::VersionMismatch);
    at("\"3\"").await.assert_status(200);
    at("x").await.assert_problem(Kind::InvalidHeader);
    assert_eq!(read(&tenant.owner, &first).await.json["description"], "y");
}

#[tokio::test]
async fn only_who_is_above_the_role_before_and_after_changes_it() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let admin = tenant.member(Role::Admin).await;
    let billing = tenant.custom_role(&["subscription:update"]).await;
    update(&admin, &billing, json!({"description": "x"}))
        .await
        .assert_problem(Kind::PermissionDenied);
    let plain = tenant.custom_role(&["records:read"]).await;
    let beyond = json!({"permissions": ["records:read", "tenant:delete"]});
    update(&admin, &plain, beyond)
        .await
        .assert_problem(Kind::PermissionDenied)
        .assert_fields(&["/permissions/1"]);
    // One that carries all that an admin does is no longer below an admin.
    let everything = Role::Admin.permissions().texts();
    update(&admin, &plain, json!({"permissions": everything}))
        .await
        .assert_problem(Kind::PermissionDenied)
        .assert_fields(&["/permissions"]);
    update(&admin, &plain, json!({"permissions": ["records:update"]}))
        .await
        .assert_status(200);
    // Nobody changes the role that they have.
    let own = tenant
        .custom_role(&["roles:update", "roles:read", "records:read"])
        .await;
    let person = tenant.member(Role::Viewer).await;
    give(&tenant.owner, &person, &own).await.assert_status(200);
    update(&person, &own, json!({"permissions": ["roles:update"]}))
        .await
        .assert_problem(Kind::PermissionDenied);
    for fixed in ["owner", "viewer"] {
        update(&tenant.owner, fixed, json!({"description": "x"}))
            .await
            .assert_problem(Kind::Conflict);
    }
}
