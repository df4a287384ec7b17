//! `POST /v1/auth/reset-password`

use super::mailed_tokens;
use serde_json::json;
use tests::{Answer, Kind, PASSWORD, Person, TestCloud, TestTenant, unique};

const NEW: &str = "seven-quiet-orchards";

async fn forgot(cloud: &TestCloud, email: &str) {
    let body = json!({"email": email});
    let asked = cloud.post("/v1/auth/forgot-password").json(body).await;
    asked.assert_status(202);
}

async fn reset(cloud: &TestCloud, token: &str, password: &str) -> Answer {
    cloud
        .post("/v1/auth/reset-password")
        .json(json!({"token": token, "password": password}))
        .await
}

async fn log_in(cloud: &TestCloud, email: &str, password: &str) -> Answer {
    cloud
        .post("/v1/auth/login")
        .json(json!({"email": email, "password": password}))
        .await
}

#[tokio::test]
async fn sets_the_password_and_ends_every_session() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "reset").await;
    let owner = &tenant.owner;
    let second = tenant.log_in(owner).await;
    forgot(cloud, &owner.email).await;
    let token = cloud.mailed_token(&owner.email, "reset-password").await;
    let answer = reset(cloud, &token, NEW).await.assert_status(204);

    for person in [owner, &second] {
        cloud
            .get("/v1/me")
            .as_(person)
            .await
            .assert_problem(Kind::SessionRevoked);
        let body = json!({"refresh_token": person.refresh_token});
        let refreshed = cloud.post("/v1/auth/refresh").json(body).await;
        refreshed.assert_problem(Kind::InvalidRefreshToken);
    }
    log_in(cloud, &owner.email, PASSWORD)
        .await
        .assert_problem(Kind::InvalidCredentials);
    let again = log_in(cloud, &owner.email, NEW).await.assert_status(200);
    let again = Person::signed_in(&again, &owner.email);
    // The link proves the address.
    let me = cloud.get("/v1/me").as_(&again).await.assert_status(200);
    assert_eq!(me.json["user"]["email_verified"], true);
    let letter = cloud.letter(&owner.email, "password").await;
    assert!(!letter.text.contains(NEW));
    for line in cloud.log_of(answer.request_id()) {
        assert!(!line.contains(NEW) && !line.contains(&token), "{line}");
    }
    // Once is all.
    reset(cloud, &token, "another-long-password")
        .await
        .assert_problem(Kind::LinkInvalid);
}

#[tokio::test]
async fn a_newer_link_ends_an_older_one() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "reset").await;
    let email = &tenant.owner.email;
    forgot(cloud, email).await;
    mailed_tokens(cloud, email, "reset-password", 1).await;
    forgot(cloud, email).await;
    let tokens = mailed_tokens(cloud, email, "reset-password", 2).await;
    assert_ne!(tokens[0], tokens[1]);
    reset(cloud, &tokens[0], NEW)
        .await
        .assert_problem(Kind::LinkInvalid);
    reset(cloud, &tokens[1], NEW).await.assert_status(204);
}

#[tokio::test]
async fn what_opens_nothing_is_told_alike() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "reset").await;
    let email = &tenant.owner.email;
    // The link that proves the address is no link for a password.
    let verification = cloud.mailed_token(email, "verify-email").await;
    let other = reset(cloud, &verification, NEW).await;
    other.assert_problem(Kind::LinkInvalid);
    forgot(cloud, email).await;
    let good = cloud.mailed_token(email, "reset-password").await;
    let mut changed = good.clone();
    changed.replace_range(80..81, if &good[80..81] == "A" { "B" } else { "A" });
    let invented = "A".repeat(86);
    for wrong in ["", "x", "é", invented.as_str(), changed.as_str()] {
        let answer = reset(cloud, wrong, NEW).await;
        assert_eq!(
            answer.without_request_id(),
            other.without_request_id(),
            "{wrong}"
        );
    }
    reset(cloud, &good, NEW).await.assert_status(204);
}

#[tokio::test]
async fn an_expired_link_opens_nothing() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "reset").await;
    forgot(cloud, &tenant.owner.email).await;
    let token = cloud
        .mailed_token(&tenant.owner.email, "reset-password")
        .await;
    let items = cloud.dump("DirectoryTable");
    let kept = items.iter().find(|item| {
        item["sk"]["S"] == "TOKEN#reset_password" && item["email"]["S"] == json!(tenant.owner.email)
    });
    let ends: u64 = kept.unwrap()["expires_at"]["N"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let left = ends - tests::now();
    assert!((3500..=3600).contains(&left), "{left}");
    let past = json!({"N": (tests::now() - 1).to_string()});
    cloud
        .set_of_person(
            "AuthResetPasswordRole",
            &tenant.owner,
            "TOKEN#reset_password",
            "expires_at",
            past,
        )
        .await;
    reset(cloud, &token, NEW)
        .await
        .assert_problem(Kind::LinkInvalid);
}

#[tokio::test]
async fn a_password_that_can_be_guessed_is_refused_and_the_link_stays_good() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "reset").await;
    forgot(cloud, &tenant.owner.email).await;
    let token = cloud
        .mailed_token(&tenant.owner.email, "reset-password")
        .await;
    for guessable in ["short", "Password1", "qwertyuiop", "my Company reset!"] {
        reset(cloud, &token, guessable)
            .await
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&["/password"]);
    }
    reset(cloud, &token, NEW).await.assert_status(204);
}

/// Whoever signs up with somebody else's address keeps it from nobody.
#[tokio::test]
async fn the_real_owner_of_an_address_comes_in_and_the_squatter_is_out() {
    let cloud = TestCloud::shared();
    let squatted = TestTenant::create(cloud, &format!("squat{}", unique())).await;
    let squatter = &squatted.owner;
    let me = cloud.get("/v1/me").as_(squatter).await.assert_status(200);
    assert_eq!(me.json["user"]["email_verified"], false);
    forgot(cloud, &squatter.email).await;
    let token = cloud.mailed_token(&squatter.email, "reset-password").await;
    reset(cloud, &token, NEW).await.assert_status(204);
    cloud
        .get("/v1/me")
        .as_(squatter)
        .await
        .assert_problem(Kind::SessionRevoked);
    log_in(cloud, &squatter.email, NEW).await.assert_status(200);
}
