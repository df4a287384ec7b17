//! A tenant that requires a second factor of its members.

use serde_json::json;
use tests::{Answer, Authenticator, Kind, Person, Role, TestCloud, TestTenant};

async fn ask(cloud: &TestCloud, person: &Person) -> Answer {
    cloud.get("/v1/projects").as_(person).await
}

async fn requiring(cloud: &'static TestCloud) -> TestTenant {
    let tenant = TestTenant::create(cloud, "strict").await;
    tenant
        .set("TENANT", "mfa_required", json!({"BOOL": true}))
        .await;
    tenant
}

#[tokio::test]
async fn is_closed_until_one_is_set_up() {
    let cloud = TestCloud::shared();
    let tenant = requiring(cloud).await;
    let owner = &tenant.owner;
    for path in ["/v1/me", "/v1/projects", "/v1/members"] {
        let refused = cloud.get(path).as_(owner).await;
        refused.assert_problem(Kind::MfaEnrolmentRequired);
    }
    Authenticator::enrol(cloud, owner).await;
    ask(cloud, owner).await.assert_status(200);
    cloud
        .delete("/v1/me/mfa/totp")
        .as_(owner)
        .await
        .assert_status(204);
    ask(cloud, owner)
        .await
        .assert_problem(Kind::MfaEnrolmentRequired);
}

#[tokio::test]
async fn takes_a_session_that_was_begun_with_one_however_it_goes_on() {
    let cloud = TestCloud::shared();
    let (tenant, other) = (
        requiring(cloud).await,
        TestTenant::create(cloud, "other").await,
    );
    let owner = &tenant.owner;
    other.join(owner, Role::Viewer).await;
    let mut app = Authenticator::enrol(cloud, owner).await;
    let body = json!({"email": owner.email, "password": owner.password, "tenant": tenant.slug});
    let due = cloud
        .post("/v1/auth/login")
        .json(body)
        .await
        .assert_status(200);
    let body = json!({"mfa_token": due.text("/mfa_token"), "code": app.code().await});
    let begun = cloud
        .post("/v1/auth/mfa")
        .json(body)
        .await
        .assert_status(200);
    let mut session = Person::signed_in(&begun, &owner.email);
    ask(cloud, &session).await.assert_status(200);
    let body = json!({"refresh_token": session.refresh_token});
    let refreshed = cloud
        .post("/v1/auth/refresh")
        .json(body)
        .await
        .assert_status(200);
    session = Person::signed_in(&refreshed, &owner.email);
    ask(cloud, &session).await.assert_status(200);
    for tenant in [&other, &tenant] {
        let request = cloud.post("/v1/auth/switch-tenant").as_(&session);
        let moved = request
            .json(json!({"tenant_id": tenant.id}))
            .await
            .assert_status(200);
        session = Person::signed_in(&moved, &owner.email);
        assert_eq!(session.tenant_id, tenant.id);
        ask(cloud, &session).await.assert_status(200);
    }
}

#[tokio::test]
async fn takes_an_older_session_once_a_code_was_given_in_it() {
    let cloud = TestCloud::shared();
    let tenant = requiring(cloud).await;
    let older = tenant.log_in(&tenant.owner).await;
    let mut app = Authenticator::enrol(cloud, &tenant.owner).await;
    ask(cloud, &older)
        .await
        .assert_problem(Kind::MfaEnrolmentRequired);
    let step_up = cloud.post("/v1/auth/step-up").as_(&older);
    let proved = step_up.json(json!({"code": app.code().await})).await;
    proved.assert_status(204);
    ask(cloud, &older).await.assert_status(200);
}
