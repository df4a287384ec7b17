//! `POST /v1/auth/verify-email` and `POST /v1/auth/resend-verification`

use super::mailed_tokens;
use serde_json::json;
use tests::{Answer, Kind, PASSWORD, Person, Role, TestCloud, TestTenant, unique};

async fn verify(cloud: &TestCloud, token: &str) -> Answer {
    cloud
        .post("/v1/auth/verify-email")
        .json(json!({"token": token}))
        .await
}

async fn resend(cloud: &TestCloud, person: &Person) -> Answer {
    cloud.post("/v1/auth/resend-verification").as_(person).await
}

async fn is_verified(cloud: &TestCloud, person: &Person) -> bool {
    let me = cloud.get("/v1/me").as_(person).await.assert_status(200);
    me.json["user"]["email_verified"].as_bool().unwrap()
}

#[tokio::test]
async fn the_link_of_the_sign_up_proves_the_address_once() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "verify").await;
    let owner = &tenant.owner;
    assert!(!is_verified(cloud, owner).await);
    let token = cloud.mailed_token(&owner.email, "verify-email").await;
    let answer = verify(cloud, &token).await.assert_status(200);
    assert_eq!(answer.json, json!({"email": owner.email}));
    assert!(is_verified(cloud, owner).await);
    verify(cloud, &token)
        .await
        .assert_problem(Kind::LinkInvalid);
    resend(cloud, owner).await.assert_problem(Kind::Conflict);
    let welcome = cloud.letter(&owner.email, "Your account is ready").await;
    assert!(!welcome.text.contains("token="), "{}", welcome.text);
}

#[tokio::test]
async fn a_link_that_is_sent_again_ends_the_one_before() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "verify").await;
    let email = &tenant.owner.email;
    cloud.mailed_token(email, "verify-email").await;
    resend(cloud, &tenant.owner).await.assert_status(202);
    let tokens = mailed_tokens(cloud, email, "verify-email", 2).await;
    verify(cloud, &tokens[0])
        .await
        .assert_problem(Kind::LinkInvalid);
    verify(cloud, &tokens[1]).await.assert_status(200);
}

#[tokio::test]
async fn sending_again_is_held_back() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "verify").await;
    for _ in 0..5 {
        resend(cloud, &tenant.owner).await.assert_status(202);
    }
    let refused = resend(cloud, &tenant.owner).await;
    refused.assert_problem(Kind::TooManyRequests);
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=120).contains(&wait), "{wait}");
}

#[tokio::test]
async fn what_opens_nothing_is_told_alike() {
    let cloud = TestCloud::shared();
    let invented = "A".repeat(86);
    let first = verify(cloud, "").await;
    first.assert_problem(Kind::LinkInvalid);
    for wrong in ["x", "é", invented.as_str()] {
        let answer = verify(cloud, wrong).await;
        assert_eq!(answer.without_request_id(), first.without_request_id());
    }
    cloud
        .post("/v1/auth/verify-email")
        .json(json!({"token": 7}))
        .await
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/token"]);
}

/// Whoever follows the link of an invitation has read it where it was sent, unless it was handed out.
#[tokio::test]
async fn a_mailed_invitation_proves_the_address_and_one_handed_out_does_not() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "invited").await;
    let handed_out = tenant.member(Role::Viewer).await;
    assert!(!is_verified(cloud, &handed_out).await);

    let email = format!("mailed-{}@invited.example", unique());
    let body = json!({"email": email, "role": "viewer"});
    let invited = cloud.post("/v1/invitations").as_(&tenant.owner).json(body);
    invited.await.assert_status(201);
    let token = cloud.mailed_token(&email, "invitations/accept").await;
    let body = json!({"token": token, "name": "Ina", "password": PASSWORD});
    let accepted = cloud.post("/v1/invitations/accept").json(body).await;
    let mailed = Person::signed_in(&accepted.assert_status(201), &email);
    assert!(is_verified(cloud, &mailed).await);
}
