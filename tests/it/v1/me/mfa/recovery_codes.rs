//! `POST /v1/me/mfa/recovery-codes`

use super::owner;
use serde_json::json;
use tests::{Answer, Authenticator, Kind, TestCloud};

async fn finish(cloud: &TestCloud, mfa_token: &str, recovery_code: &str) -> Answer {
    let body = json!({"mfa_token": mfa_token, "recovery_code": recovery_code});
    cloud.post("/v1/auth/mfa").json(body).await
}

#[tokio::test]
async fn new_codes_take_the_place_of_the_old_ones() {
    let cloud = TestCloud::shared();
    let owner = owner(cloud).await;
    let app = Authenticator::enrol(cloud, &owner).await;
    let answer = cloud.post("/v1/me/mfa/recovery-codes").as_(&owner).await;
    let answer = answer.assert_status(200);
    let new: Vec<String> = serde_json::from_value(answer.json["recovery_codes"].clone()).unwrap();
    assert_eq!(new.len(), 10);
    assert!(new.iter().all(|code| !app.recovery_codes.contains(code)));
    let token = cloud.mfa_token(&owner).await;
    let old = finish(cloud, &token, &app.recovery_codes[0]).await;
    old.assert_problem(Kind::InvalidMfaCode);
    finish(cloud, &token, &new[0]).await.assert_status(200);
    let notices = cloud.notices(&owner);
    for kind in ["recovery_code_used", "recovery_codes_replaced"] {
        assert!(notices.contains(&kind.to_owned()), "{notices:?}");
    }
}

#[tokio::test]
async fn without_a_second_factor_there_is_nothing_to_recover() {
    let cloud = TestCloud::shared();
    let owner = owner(cloud).await;
    let none = cloud.post("/v1/me/mfa/recovery-codes").as_(&owner).await;
    none.assert_problem(Kind::NotFound);
    Authenticator::start(cloud, &owner).await;
    let waiting = cloud.post("/v1/me/mfa/recovery-codes").as_(&owner).await;
    waiting.assert_problem(Kind::NotFound);
    assert!(
        !cloud
            .notices(&owner)
            .contains(&"recovery_codes_replaced".to_owned())
    );
}
