//! `GET /v1/me`

mod change_email;
mod change_password;
mod mfa;
mod sessions;
mod tenants;
mod update;

use serde_json::json;
use tests::{Role, TestCloud, TestTenant};

#[tokio::test]
async fn says_who_one_is_and_what_one_may() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let second = tenant.project().await;
    for role in [Role::Admin, Role::Manager, Role::SalesRep, Role::Viewer] {
        let person = tenant.member(role).await;
        let me = cloud.get("/v1/me").as_(&person).await.assert_status(200);
        assert_eq!(me.json["role"], json!(role));
        assert_eq!(me.json["permissions"], json!(role.permissions().texts()));
        assert_eq!(me.json["user"]["id"], json!(person.user_id));
        assert_eq!(me.json["user"]["email"], json!(person.email));
        assert_eq!(
            me.json["tenant"],
            json!({"id": tenant.id, "name": tenant.name, "slug": tenant.slug, "status": "trial"})
        );
        let projects = me.json["projects"].as_array().unwrap();
        let sees_both = projects.contains(&json!(second));
        assert!(projects.contains(&json!(tenant.project_id)), "{me}");
        assert_eq!(sees_both, role != Role::SalesRep, "{role}: {me}");
        let text = String::from_utf8_lossy(&me.bytes).into_owned();
        assert!(!text.contains("argon2") && !text.contains("hash"), "{text}");
    }
}

#[tokio::test]
async fn a_changed_role_counts_from_the_next_request() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let person = tenant.member(Role::Viewer).await;
    tenant
        .set_member(&person, "role", json!({"S": "manager"}))
        .await;
    let me = cloud.get("/v1/me").as_(&person).await.assert_status(200);
    assert_eq!(me.json["role"], "manager");
    cloud
        .post(tenant.records("contacts"))
        .as_(&person)
        .json(json!({"name": "x"}))
        .await
        .assert_status(201);
    tenant
        .set_member(&person, "role", json!({"S": "viewer"}))
        .await;
    let refused = cloud
        .post(tenant.records("contacts"))
        .as_(&person)
        .json(json!({"name": "x"}))
        .await;
    refused.assert_problem(tests::Kind::PermissionDenied);
}

#[tokio::test]
async fn own_data_outlives_the_membership() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let (gone, stuck) = (
        tenant.member(Role::Viewer).await,
        tenant.member(Role::Viewer).await,
    );
    cloud
        .post("/v1/members/leave")
        .as_(&gone)
        .await
        .assert_status(204);
    tenant
        .set("TENANT", "status", json!({"S": "suspended"}))
        .await;
    for (person, refusal) in [
        (&gone, tests::Kind::NotAMember),
        (&stuck, tests::Kind::TenantSuspended),
    ] {
        cloud
            .get("/v1/me")
            .as_(person)
            .await
            .assert_problem(refusal);
        for path in ["/v1/me/sessions", "/v1/me/tenants"] {
            cloud.get(path).as_(person).await.assert_status(200);
        }
        cloud
            .post("/v1/auth/logout")
            .as_(person)
            .await
            .assert_status(204);
        cloud
            .get("/v1/me/sessions")
            .as_(person)
            .await
            .assert_problem(tests::Kind::SessionRevoked);
    }
}
