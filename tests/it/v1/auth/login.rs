//! `POST /v1/auth/login`

use crate::apart;
use serde_json::{Value, json};
use tests::{Answer, Kind, PASSWORD, Person, Role, TestCloud, TestTenant, unique};

async fn log_in(body: Value) -> Answer {
    TestCloud::shared().post("/v1/auth/login").json(body).await
}

#[tokio::test]
async fn starts_a_further_session() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let email = tenant.owner.email.to_uppercase();
    let answer = log_in(json!({"email": email, "password": PASSWORD}))
        .await
        .assert_status(200);
    let again = Person::signed_in(&answer, &email);
    assert_eq!(
        (&again.user_id, &again.tenant_id),
        (&tenant.owner.user_id, &tenant.id)
    );
    assert_ne!(again.session_id, tenant.owner.session_id);
    for person in [&again, &tenant.owner] {
        cloud.get("/v1/me").as_(person).await.assert_status(200);
    }
}

#[tokio::test]
async fn says_the_same_whatever_is_wrong() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let email = &tenant.owner.email;
    let wrong_password = log_in(json!({"email": email, "password": "not-the-password"})).await;
    wrong_password.assert_problem(Kind::InvalidCredentials);
    let others = [
        json!({"email": format!("nobody-{}@acme.example", unique()), "password": PASSWORD}),
        json!({"email": email, "password": "short"}),
        json!({"email": email, "password": "x".repeat(5000)}),
        json!({"email": email, "password": PASSWORD, "tenant": "some-other-tenant"}),
        json!({"email": email, "password": "not-the-password", "tenant": tenant.slug}),
    ];
    for body in others {
        let answer = log_in(body.clone()).await;
        assert_eq!(
            answer.without_request_id(),
            wrong_password.without_request_id(),
            "{body}"
        );
    }
}

/// Each call with its units, and each hash with its figures, behind one attempt.
async fn work(cloud: &TestCloud, email: &str) -> (Vec<String>, Vec<String>) {
    let attempt = |email: &str| {
        let body = json!({"email": email, "password": "not-the-password"});
        cloud.post("/v1/auth/login").json(body)
    };
    // The process is warm.
    attempt(&format!("warm-{}@acme.example", unique())).await;
    cloud.gateway().clear_decisions();
    let answer = attempt(email).await;
    answer.assert_problem(Kind::InvalidCredentials);
    let decisions = cloud.gateway().decisions().into_iter();
    let calls = decisions
        .filter(|call| call.caller.route.as_deref() == Some("POST /v1/auth/login"))
        .map(|call| format!("{} {:?} {:?}", call.operation, call.decision, call.capacity))
        .collect();
    let log = cloud.log_of(answer.request_id()).into_iter();
    let hashes = log
        .filter_map(|line| serde_json::from_str::<Value>(&line).ok())
        .filter(|line| line["event"] == "password_checked")
        .map(|line| line["hash"].to_string())
        .collect();
    (calls, hashes)
}

#[tokio::test]
async fn costs_the_same_whether_or_not_there_is_an_account() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    let known = work(cloud, &tenant.owner.email).await;
    let unknown = work(cloud, &format!("nobody-{}@acme.example", unique())).await;
    assert!(!known.0.is_empty());
    assert_eq!(known.1.len(), 1, "one hash: {:?}", known.1);
    assert_eq!(known, unknown);
}

#[tokio::test]
async fn works_in_the_tenant_asked_for_else_in_the_last_one() {
    let cloud = TestCloud::shared();
    let (acme, globex) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    globex.join(&acme.owner, Role::Viewer).await;
    let email = &acme.owner.email;
    let tenant_of = async |asked: Value| {
        let mut body = json!({"email": email, "password": PASSWORD});
        if !asked.is_null() {
            body["tenant"] = asked;
        }
        log_in(body).await.assert_status(200).text("/tenant_id")
    };
    assert_eq!(tenant_of(json!(acme.slug)).await, acme.id);
    assert_eq!(tenant_of(Value::Null).await, acme.id);
    assert_eq!(tenant_of(json!(globex.id)).await, globex.id);
    assert_eq!(tenant_of(Value::Null).await, globex.id);
}

#[tokio::test]
async fn remember_me_makes_the_session_longer() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let mut lengths = Vec::new();
    for remember_me in [false, true] {
        let body =
            json!({"email": tenant.owner.email, "password": PASSWORD, "remember_me": remember_me});
        let session = log_in(body).await.assert_status(200).text("/session_id");
        let items = cloud.dump("DirectoryTable");
        let item = items
            .iter()
            .find(|item| item["id"]["S"] == json!(session))
            .unwrap();
        let number = |name: &str| item[name]["N"].as_str().unwrap().parse::<i64>().unwrap();
        lengths.push((number("expires_at") - number("rotated_at")) / 86_400);
    }
    assert_eq!(lengths, [1, 30]);
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    log_in(json!({"email": "x", "password": PASSWORD}))
        .await
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/email"]);
    log_in(json!({"email": "a@b.example", "password": 7}))
        .await
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/password"]);
    log_in(json!({"email": "a@b.example"}))
        .await
        .assert_problem(Kind::ValidationFailed);
}
