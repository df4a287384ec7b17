//! `POST /v1/auth/forgot-password`

use super::mailed_tokens;
use crate::apart;
use serde_json::json;
use tests::{Answer, Kind, TestCloud, TestTenant, unique};

async fn forgot(cloud: &TestCloud, email: &str) -> Answer {
    cloud
        .post("/v1/auth/forgot-password")
        .json(json!({"email": email}))
        .await
}

#[tokio::test]
async fn says_the_same_whoever_asks() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "forgot").await;
    let known = forgot(cloud, &tenant.owner.email.to_uppercase()).await;
    let unknown = forgot(cloud, &format!("nobody-{}@forgot.example", unique())).await;
    assert_eq!(known.status, 202);
    assert_eq!(known.without_request_id(), unknown.without_request_id());
}

/// Operation, units and table of each call, in their order.
async fn work(cloud: &TestCloud, email: &str) -> Vec<String> {
    // The process is warm.
    forgot(cloud, &format!("warm-{}@forgot.example", unique())).await;
    cloud.gateway().clear_decisions();
    forgot(cloud, email).await.assert_status(202);
    let mut calls: Vec<String> = cloud
        .gateway()
        .decisions()
        .into_iter()
        .filter(|call| call.caller.route.as_deref() == Some("POST /v1/auth/forgot-password"))
        .map(|call| format!("{} {:?}", call.operation, call.capacity))
        .collect();
    calls.sort();
    calls
}

#[tokio::test]
async fn costs_the_same_whether_or_not_there_is_an_account() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "forgot").await;
    let known = work(cloud, &tenant.owner.email).await;
    let unknown = work(cloud, &format!("nobody-{}@forgot.example", unique())).await;
    assert!(!known.is_empty());
    assert_eq!(known, unknown);
}

#[tokio::test]
async fn leaves_nothing_where_there_is_no_account_and_no_secret_where_there_is() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "forgot").await;
    let nobody = format!("nobody-{}@forgot.example", unique());
    forgot(cloud, &nobody).await.assert_status(202);
    forgot(cloud, &tenant.owner.email).await.assert_status(202);
    let tokens = mailed_tokens(cloud, &tenant.owner.email, "reset-password", 1).await;
    assert!(cloud.letters(&nobody).is_empty());
    for item in cloud.dump("DirectoryTable") {
        let text = item.to_string();
        assert!(
            !text.contains(&nobody) && !text.contains(&tokens[0]),
            "{text}"
        );
    }
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    forgot(TestCloud::shared(), "nobody")
        .await
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/email"]);
}
