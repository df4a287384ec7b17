//! `POST /v1/auth/refresh`

use serde_json::json;
use tests::{Answer, Kind, Person, TestCloud, TestTenant};

async fn refresh(token: &str) -> Answer {
    TestCloud::shared()
        .post("/v1/auth/refresh")
        .json(json!({"refresh_token": token}))
        .await
}

async fn renewed(person: &Person) -> Person {
    Person::signed_in(
        &refresh(&person.refresh_token).await.assert_status(200),
        &person.email,
    )
}

#[tokio::test]
async fn gives_new_tokens_of_the_same_session() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let first = &tenant.owner;
    let second = renewed(first).await;
    assert_eq!(
        (&second.session_id, &second.user_id, &second.tenant_id),
        (&first.session_id, &first.user_id, &first.tenant_id)
    );
    assert_ne!(second.refresh_token, first.refresh_token);
    cloud.get("/v1/me").as_(&second).await.assert_status(200);
    let third = renewed(&second).await;
    assert_ne!(third.refresh_token, second.refresh_token);
}

#[tokio::test]
async fn a_retry_after_a_lost_answer_gets_the_same_tokens() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let first = renewed(&tenant.owner).await;
    let retried = renewed(&tenant.owner).await;
    assert_eq!(retried.refresh_token, first.refresh_token);
    renewed(&retried).await;
}

#[tokio::test]
async fn the_reuse_of_an_older_token_ends_the_session() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let second = renewed(&tenant.owner).await;
    let third = renewed(&second).await;
    let stolen = refresh(&tenant.owner.refresh_token).await;
    stolen.assert_problem(Kind::InvalidRefreshToken);
    // Also for whoever held the right token: which of the two is the thief can't be known.
    refresh(&third.refresh_token)
        .await
        .assert_problem(Kind::InvalidRefreshToken);
    cloud
        .get("/v1/me")
        .as_(&third)
        .await
        .assert_problem(Kind::SessionRevoked);
    let log = cloud.log_of(stolen.request_id());
    assert!(
        log.iter().any(|line| line.contains("refresh_token_reused")),
        "{log:?}"
    );
}

#[tokio::test]
async fn what_we_did_not_issue_is_refused_and_ends_nothing() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let token = &tenant.owner.refresh_token;
    let middle = token.len() / 2;
    let swapped = if token.as_bytes()[middle] == b'A' {
        "B"
    } else {
        "A"
    };
    let changed = format!("{}{swapped}{}", &token[..middle], &token[middle + 1..]);
    for text in [
        "",
        "x",
        "AAAA",
        &changed,
        &token[1..],
        &format!("{token}AAAA"),
        &tenant.owner.access_token,
    ] {
        refresh(text)
            .await
            .assert_problem(Kind::InvalidRefreshToken);
    }
    cloud
        .get("/v1/me")
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    renewed(&tenant.owner).await;
}

#[tokio::test]
async fn an_ended_session_is_not_renewed() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    cloud
        .post("/v1/auth/logout")
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    refresh(&tenant.owner.refresh_token)
        .await
        .assert_problem(Kind::InvalidRefreshToken);
}
