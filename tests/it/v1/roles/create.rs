//! `POST /v1/roles`

use super::{create, delete, give, read};
use serde_json::json;
use tests::{Kind, Role, TestCloud, TestTenant};

#[tokio::test]
async fn a_role_is_made_and_shown_whole() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let body = json!({"name": " Support ", "description": "Answers", "permissions": ["contacts:read", "contacts:read"]});
    let made = cloud.post("/v1/roles").as_(&tenant.owner).json(body).await;
    let made = made.assert_status(201);
    assert_eq!(made.json["name"], "Support");
    assert_eq!(made.json["description"], "Answers");
    assert_eq!(made.json["permissions"], json!(["contacts:read"]));
    assert_eq!(made.json["created_by"], json!(tenant.owner.user_id));
    assert_eq!(made.header("etag"), "\"1\"");
    assert_eq!(made.header("location"), format!("/v1/roles/{}", made.id()));
    assert_eq!(read(&tenant.owner, &made.id()).await.json, made.json);
}

#[tokio::test]
async fn a_role_never_exceeds_its_author() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let admin = tenant.member(Role::Admin).await;
    create(
        &admin,
        "Fine",
        &["members:update", "roles:create", "records:manage"],
    )
    .await
    .assert_status(201);
    let beyond = [
        "records:read",
        "tenant:delete",
        "subscription:update",
        "contacts:read",
    ];
    create(&admin, "Beyond", &beyond)
        .await
        .assert_problem(Kind::PermissionDenied)
        .assert_fields(&["/permissions/1", "/permissions/2"]);
    // Nor does one made by somebody in a custom role; `own` is less than all.
    let small = [
        "roles:create",
        "roles:read",
        "contacts:read",
        "contacts:update:own",
    ];
    let role = create(&tenant.owner, "Small", &small)
        .await
        .assert_status(201)
        .id();
    let person = tenant.member(Role::Viewer).await;
    give(&tenant.owner, &person, &role).await.assert_status(200);
    create(&person, "Smaller", &["contacts:update:own"])
        .await
        .assert_status(201);
    create(
        &person,
        "Larger",
        &["contacts:read", "contacts:update", "records:read"],
    )
    .await
    .assert_problem(Kind::PermissionDenied)
    .assert_fields(&["/permissions/1", "/permissions/2"]);
    let manager = tenant.member(Role::Manager).await;
    create(&manager, "Any", &["records:read"])
        .await
        .assert_problem(Kind::PermissionDenied);
}

#[tokio::test]
async fn a_name_is_one_roles_in_any_letter_case() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let first = create(&tenant.owner, "Support Überall", &[])
        .await
        .assert_status(201);
    create(&tenant.owner, "SUPPORT ÜBERALL", &[])
        .await
        .assert_problem(Kind::AlreadyTaken)
        .assert_fields(&["/name"]);
    delete(&tenant.owner, &first.id()).await.assert_status(204);
    create(&tenant.owner, "support überall", &[])
        .await
        .assert_status(201);
}

#[tokio::test]
async fn what_is_wrong_is_named_and_there_are_twenty_at_most() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let too_many = vec!["records:read"; 101];
    for (permissions, field) in [
        (&["records:read", "records"][..], "/permissions/1"),
        (&["records:fly"], "/permissions/0"),
        (&["stars:read"], "/permissions/0"),
        (&["members:read:own"], "/permissions/0"),
        (&too_many, "/permissions/100"),
    ] {
        create(&tenant.owner, "Wrong", permissions)
            .await
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&[field]);
    }
    for number in 0..20 {
        create(&tenant.owner, &format!("Role {number}"), &["records:read"])
            .await
            .assert_status(201);
    }
    create(&tenant.owner, "One more", &[])
        .await
        .assert_problem(Kind::Conflict);
}
