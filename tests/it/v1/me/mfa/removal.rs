//! `DELETE /v1/me/mfa/totp`

use super::owner;
use serde_json::json;
use tests::{Authenticator, Kind, Person, TestCloud};

#[tokio::test]
async fn a_removed_app_is_asked_for_no_more() {
    let cloud = TestCloud::shared();
    let owner = owner(cloud).await;
    let mut app = Authenticator::enrol(cloud, &owner).await;
    let token = cloud.mfa_token(&owner).await;
    let body = json!({"mfa_token": token, "code": app.code().await});
    let other = cloud
        .post("/v1/auth/mfa")
        .json(body)
        .await
        .assert_status(200);
    let other = Person::signed_in(&other, &owner.email);
    let waiting = cloud.mfa_token(&owner).await;

    let removed = cloud.delete("/v1/me/mfa/totp").as_(&owner).await;
    removed.assert_status(204);
    // In no session it counts any longer.
    for person in [&owner, &other] {
        assert!(cloud.session_item(person).get("mfa_at").is_none());
        cloud.get("/v1/me").as_(person).await.assert_status(200);
    }
    for proof in [
        json!({"mfa_token": waiting, "code": app.code().await}),
        json!({"mfa_token": waiting, "recovery_code": app.recovery_codes[0]}),
    ] {
        let answer = cloud.post("/v1/auth/mfa").json(proof).await;
        answer.assert_problem(Kind::InvalidMfaToken);
    }
    let body = json!({"email": owner.email, "password": owner.password});
    let answer = cloud.post("/v1/auth/login").json(body).await;
    Person::signed_in(&answer.assert_status(200), &owner.email);
    assert!(cloud.notices(&owner).contains(&"mfa_disabled".to_owned()));
    // Nothing is left of it, and another can be set up.
    let factor = json!(format!(
        "MFA#{}",
        owner.user_id.strip_prefix("usr_").unwrap()
    ));
    assert!(
        !cloud
            .dump("DirectoryTable")
            .iter()
            .any(|item| item["pk"]["S"] == factor)
    );
    Authenticator::enrol(cloud, &owner).await;
}

#[tokio::test]
async fn what_is_not_set_up_is_not_found() {
    let cloud = TestCloud::shared();
    let owner = owner(cloud).await;
    for _ in 0..2 {
        let answer = cloud.delete("/v1/me/mfa/totp").as_(&owner).await;
        answer.assert_problem(Kind::NotFound);
        // One that waits for its first code is not set up either.
        Authenticator::start(cloud, &owner).await;
    }
    assert!(!cloud.notices(&owner).contains(&"mfa_disabled".to_owned()));
}
