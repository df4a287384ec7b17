//! `POST /v1/auth/step-up`

use serde_json::{Value, json};
use tests::{Answer, Authenticator, Kind, PASSWORD, Person, TestCloud, TestTenant};

async fn step_up(cloud: &TestCloud, person: &Person, body: Value) -> Answer {
    cloud.post("/v1/auth/step-up").as_(person).json(body).await
}

/// Asks for something that needs a fresh proof.
async fn is_open(cloud: &TestCloud, person: &Person) -> bool {
    let answer = cloud.post("/v1/me/mfa/recovery-codes").as_(person).await;
    if answer.status == 403 {
        answer.assert_problem(Kind::StepUpRequired);
    }
    answer.status != 403
}

#[tokio::test]
async fn the_password_proves_who_one_is() {
    let cloud = TestCloud::shared();
    let owner = TestTenant::create(cloud, "acme").await.owner;
    assert!(is_open(cloud, &owner).await, "a log-in is a proof");
    cloud.forget_proof(&owner).await;
    assert!(!is_open(cloud, &owner).await);
    for wrong in ["not-the-password", "short", ""] {
        let answer = step_up(cloud, &owner, json!({"password": wrong})).await;
        answer.assert_problem(Kind::InvalidCredentials);
    }
    assert!(!is_open(cloud, &owner).await);
    let proved = step_up(cloud, &owner, json!({"password": PASSWORD})).await;
    proved.assert_status(204);
    assert!(is_open(cloud, &owner).await);
    // A password is no second factor.
    assert!(cloud.session_item(&owner).get("mfa_at").is_none());
}

#[tokio::test]
async fn it_counts_in_its_own_session_alone() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let other = tenant.log_in(&tenant.owner).await;
    for session in [&tenant.owner, &other] {
        cloud.forget_proof(session).await;
    }
    let proved = step_up(cloud, &other, json!({"password": PASSWORD})).await;
    proved.assert_status(204);
    assert!(is_open(cloud, &other).await);
    assert!(!is_open(cloud, &tenant.owner).await);
}

#[tokio::test]
async fn who_has_a_second_factor_proves_it() {
    let cloud = TestCloud::shared();
    let owner = TestTenant::create(cloud, "acme").await.owner;
    let mut app = Authenticator::enrol(cloud, &owner).await;
    cloud.forget_proof(&owner).await;
    for (body, fields) in [
        (json!({"password": PASSWORD}), &["/code", "/password"][..]),
        (
            json!({"password": PASSWORD, "code": "123456"}),
            &["/code", "/password"],
        ),
        (json!({}), &["/code"]),
    ] {
        let answer = step_up(cloud, &owner, body).await;
        answer
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(fields);
    }
    let wrong = step_up(cloud, &owner, json!({"code": app.wrong_code()})).await;
    wrong.assert_problem(Kind::InvalidMfaCode);
    assert!(!is_open(cloud, &owner).await);
    let code = app.code().await;
    let proved = step_up(cloud, &owner, json!({"code": code})).await;
    proved.assert_status(204);
    assert!(is_open(cloud, &owner).await);
    let replayed = step_up(cloud, &owner, json!({"code": code})).await;
    replayed.assert_problem(Kind::InvalidMfaCode);
}

#[tokio::test]
async fn who_has_none_gives_the_password() {
    let cloud = TestCloud::shared();
    let owner = TestTenant::create(cloud, "acme").await.owner;
    for (body, fields) in [
        (json!({"code": "123456"}), &["/code", "/password"][..]),
        (json!({}), &["/password"]),
    ] {
        let answer = step_up(cloud, &owner, body).await;
        answer
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(fields);
    }
}

#[tokio::test]
async fn guesses_are_slowed_down_and_the_owners_log_in_is_not() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    for _ in 0..10 {
        let body = json!({"password": "not-the-password"});
        let answer = step_up(cloud, &tenant.owner, body).await;
        answer.assert_problem(Kind::InvalidCredentials);
    }
    let refused = step_up(cloud, &tenant.owner, json!({"password": PASSWORD})).await;
    refused.assert_problem(Kind::TooManyRequests);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 0);
    // Whoever has stolen a session keeps nobody from signing in.
    tenant.log_in(&tenant.owner).await;
}

#[tokio::test]
async fn a_session_that_has_ended_proves_nothing() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let session = tenant.log_in(&tenant.owner).await;
    cloud
        .post("/v1/auth/logout")
        .as_(&session)
        .await
        .assert_status(204);
    let answer = step_up(cloud, &session, json!({"password": PASSWORD})).await;
    answer.assert_problem(Kind::SessionRevoked);
}
