//! `DELETE /v1/roles/{role_id}`

use super::{delete, give, read};
use serde_json::json;
use tests::{Answer, Kind, Person, Role, TestCloud, TestTenant};

async fn holders(by: &Person, role: &str) -> i64 {
    let role: Answer = read(by, role).await.assert_status(200);
    role.json["holders"].as_i64().unwrap()
}

#[tokio::test]
async fn a_role_goes_when_nobody_has_it() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let owner = &tenant.owner;
    let role = tenant.custom_role(&["records:read"]).await;
    let (first, second) = (
        tenant.member(Role::Viewer).await,
        tenant.member(Role::Viewer).await,
    );
    let body =
        json!({"email": format!("x@{}.example", tenant.slug), "role": role, "send_email": false});
    let invited = cloud.post("/v1/invitations").as_(owner).json(body).await;
    let invited = invited.assert_status(201).id();
    for person in [&first, &second] {
        give(owner, person, &role).await.assert_status(200);
    }
    assert_eq!(holders(owner, &role).await, 3);
    delete(owner, &role).await.assert_problem(Kind::Conflict);
    // Somebody is given another role, somebody leaves, an invitation is taken back.
    give(owner, &first, "viewer").await.assert_status(200);
    cloud
        .post("/v1/members/leave")
        .as_(&second)
        .await
        .assert_status(204);
    assert_eq!(holders(owner, &role).await, 1);
    delete(owner, &role).await.assert_problem(Kind::Conflict);
    super::super::invitations::revoke(owner, &invited)
        .await
        .assert_status(204);
    delete(owner, &role).await.assert_status(204);
    delete(owner, &role).await.assert_problem(Kind::NotFound);
    give(owner, &first, &role)
        .await
        .assert_problem(Kind::ReferenceNotFound);
}

#[tokio::test]
async fn who_is_removed_or_deactivated_is_counted_rightly() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let owner = &tenant.owner;
    let role = tenant.custom_role(&["records:read"]).await;
    let person = tenant.member(Role::Viewer).await;
    give(owner, &person, &role).await.assert_status(200);
    let path = format!("/v1/members/{}", person.user_id);
    let out = cloud
        .patch(&path)
        .as_(owner)
        .json(json!({"status": "deactivated"}));
    out.await.assert_status(200);
    // They come back in the role that they had.
    assert_eq!(holders(owner, &role).await, 1);
    cloud.delete(&path).as_(owner).await.assert_status(204);
    assert_eq!(holders(owner, &role).await, 0);
    let body =
        json!({"email": format!("y@{}.example", tenant.slug), "role": role, "send_email": false});
    let invited = cloud.post("/v1/invitations").as_(owner).json(body).await;
    super::super::invitations::expire(&tenant, &invited.assert_status(201).id()).await;
    // An invitation that is over keeps no role.
    delete(owner, &role).await.assert_status(204);
}

#[tokio::test]
async fn only_who_is_above_a_role_deletes_it() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let admin = tenant.member(Role::Admin).await;
    let billing = tenant.custom_role(&["subscription:update"]).await;
    delete(&admin, &billing)
        .await
        .assert_problem(Kind::PermissionDenied);
    delete(&tenant.owner, &billing).await.assert_status(204);
    delete(&tenant.owner, "manager")
        .await
        .assert_problem(Kind::Conflict);
}
