//! `POST /v1/tenant/transfer-ownership`

use serde_json::{Value, json};
use tests::{Answer, Kind, Person, Role, TestCloud, TestTenant};

async fn transfer(by: &Person, body: Value) -> Answer {
    TestCloud::shared()
        .post("/v1/tenant/transfer-ownership")
        .as_(by)
        .json(body)
        .await
}

async fn role(person: &Person) -> String {
    let me = TestCloud::shared().get("/v1/me").as_(person).await;
    me.assert_status(200).text("/role")
}

#[tokio::test]
async fn the_other_becomes_owner_and_the_caller_admin() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let next = tenant.member(Role::Viewer).await;
    let body = json!({"user_id": next.user_id});
    let done = transfer(&tenant.owner, body.clone()).await;
    assert_eq!(
        done.assert_status(200).json,
        json!({"user_id": next.user_id, "your_role": "admin"})
    );
    assert_eq!(
        (role(&next).await, role(&tenant.owner).await),
        ("owner".to_owned(), "admin".to_owned())
    );
    for person in [&next, &tenant.owner] {
        cloud.letter(&person.email, &tenant.name).await;
    }
    transfer(&tenant.owner, body)
        .await
        .assert_problem(Kind::PermissionDenied);
    // The new one is the only one.
    cloud
        .post("/v1/members/leave")
        .as_(&next)
        .await
        .assert_problem(Kind::LastOwner);
}

#[tokio::test]
async fn there_can_be_two() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let next = tenant.member(Role::Admin).await;
    let body = json!({"user_id": next.user_id, "keep_owner": true});
    transfer(&tenant.owner, body.clone())
        .await
        .assert_status(200);
    assert_eq!(role(&tenant.owner).await, "owner");
    transfer(&tenant.owner, body)
        .await
        .assert_problem(Kind::Conflict);
    // To who is one already: the caller steps back.
    transfer(&next, json!({"user_id": tenant.owner.user_id}))
        .await
        .assert_status(200);
    assert_eq!(role(&next).await, "admin");
    let own = json!({"user_id": tenant.owner.user_id});
    transfer(&tenant.owner, own)
        .await
        .assert_problem(Kind::Conflict);
}

#[tokio::test]
async fn only_an_active_member_becomes_owner_and_only_by_a_fresh_proof() {
    let cloud = TestCloud::shared();
    let (tenant, other) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let (gone, idle) = (
        tenant.member(Role::Viewer).await,
        tenant.member(Role::Viewer).await,
    );
    tenant.remove(&gone).await;
    tenant
        .set_member(&idle, "status", json!({"S": "deactivated"}))
        .await;
    for user in [&gone, &idle, &other.owner] {
        transfer(&tenant.owner, json!({"user_id": user.user_id}))
            .await
            .assert_problem(Kind::ReferenceNotFound)
            .assert_fields(&["/user_id"]);
    }
    let next = tenant.member(Role::Viewer).await;
    let session = tenant.log_in(&tenant.owner).await;
    cloud.forget_proof(&session).await;
    transfer(&session, json!({"user_id": next.user_id}))
        .await
        .assert_problem(Kind::StepUpRequired);
    // Holding the permission is not owning.
    let custom = tenant.custom_role(&["tenant:manage"]).await;
    let person = tenant.member(Role::Viewer).await;
    let path = format!("/v1/members/{}", person.user_id);
    let given = cloud
        .patch(path)
        .as_(&tenant.owner)
        .json(json!({"role": custom}));
    given.await.assert_status(200);
    transfer(&person, json!({"user_id": person.user_id}))
        .await
        .assert_problem(Kind::PermissionDenied);
}
