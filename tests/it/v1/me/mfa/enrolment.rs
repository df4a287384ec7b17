//! `POST /v1/me/mfa/totp` and `…/totp/confirm`

use super::owner;
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::{Answer, Authenticator, Kind, Person, TestCloud};

async fn confirm(cloud: &TestCloud, person: &Person, code: &str) -> Answer {
    let request = cloud.post("/v1/me/mfa/totp/confirm").as_(person);
    request.json(json!({"code": code})).await
}

async fn log_in(cloud: &TestCloud, person: &Person) -> Answer {
    let body = json!({"email": person.email, "password": person.password});
    cloud
        .post("/v1/auth/login")
        .json(body)
        .await
        .assert_status(200)
}

async fn is_on(cloud: &TestCloud, person: &Person) -> Value {
    let me = cloud.get("/v1/me").as_(person).await.assert_status(200);
    me.json["user"]["mfa_enabled"].clone()
}

#[tokio::test]
async fn an_app_counts_from_its_first_code() {
    let cloud = TestCloud::shared();
    let owner = owner(cloud).await;
    let started = cloud
        .post("/v1/me/mfa/totp")
        .as_(&owner)
        .await
        .assert_status(201);
    let secret = started.text("/secret");
    assert_eq!(secret.len(), 32);
    let address = owner.email.replace('@', "%40");
    assert_eq!(
        started.text("/otpauth_uri"),
        format!(
            "otpauth://totp/Tenantry:{address}?secret={secret}&issuer=Tenantry&algorithm=SHA1&digits=6&period=30"
        )
    );
    assert_eq!(started.json["expires_in"], json!(3600));
    // Until it has shown a code, nothing is asked for.
    assert!(
        log_in(cloud, &owner)
            .await
            .json
            .get("access_token")
            .is_some()
    );
    assert_eq!(is_on(cloud, &owner).await, json!(false));
    assert!(cloud.session_item(&owner).get("mfa_at").is_none());

    let mut app = Authenticator::start(cloud, &owner).await;
    confirm(cloud, &owner, &app.wrong_code())
        .await
        .assert_problem(Kind::InvalidMfaCode);
    let answer = app.confirm(cloud, &owner).await.assert_status(200);
    assert_eq!(answer.json.as_object().unwrap().len(), 1, "{answer}");
    let different: BTreeSet<&String> = app.recovery_codes.iter().collect();
    assert_eq!(different.len(), 10);
    assert_eq!(
        log_in(cloud, &owner).await.json["mfa_required"],
        json!(true)
    );
    assert_eq!(is_on(cloud, &owner).await, json!(true));
    assert!(cloud.session_item(&owner).get("mfa_at").is_some());
    assert!(cloud.notices(&owner).contains(&"mfa_enabled".to_owned()));
}

#[tokio::test]
async fn starting_again_replaces_what_was_not_confirmed() {
    let cloud = TestCloud::shared();
    let owner = owner(cloud).await;
    let mut first = Authenticator::start(cloud, &owner).await;
    let mut second = Authenticator::start(cloud, &owner).await;
    assert_ne!(first.secret, second.secret);
    first
        .confirm(cloud, &owner)
        .await
        .assert_problem(Kind::InvalidMfaCode);
    second.confirm(cloud, &owner).await.assert_status(200);
}

#[tokio::test]
async fn an_app_that_is_on_stays_the_one() {
    let cloud = TestCloud::shared();
    let owner = owner(cloud).await;
    let mut app = Authenticator::enrol(cloud, &owner).await;
    let again = cloud.post("/v1/me/mfa/totp").as_(&owner).await;
    again.assert_problem(Kind::Conflict);
    let again = app.confirm(cloud, &owner).await;
    again.assert_problem(Kind::Conflict);
}

#[tokio::test]
async fn an_app_that_shows_no_code_is_forgotten() {
    let cloud = TestCloud::shared();
    let owner = owner(cloud).await;
    let nothing = confirm(cloud, &owner, "123456").await;
    nothing.assert_problem(Kind::Conflict);
    let mut app = Authenticator::start(cloud, &owner).await;
    let partition = format!("MFA#{}", owner.user_id.strip_prefix("usr_").unwrap());
    let over = json!({"N": tests::now().to_string()});
    cloud
        .set_as("MfaTotpStartRole", (&partition, "MFA"), "ttl", over)
        .await;
    let late = app.confirm(cloud, &owner).await;
    late.assert_problem(Kind::Conflict);
    assert_eq!(late.without_request_id().2, nothing.without_request_id().2);
}

#[tokio::test]
async fn an_unattended_session_sets_nothing_up_and_takes_nothing_away() {
    let cloud = TestCloud::shared();
    let owner = owner(cloud).await;
    let factor = [
        (Method::POST, "/v1/me/mfa/totp"),
        (Method::DELETE, "/v1/me/mfa/totp"),
        (Method::POST, "/v1/me/mfa/recovery-codes"),
    ];
    cloud.forget_proof(&owner).await;
    for (method, path) in &factor {
        let answer = cloud.request(method.clone(), path).as_(&owner).await;
        answer.assert_problem(Kind::StepUpRequired);
    }
    let body = json!({"password": owner.password});
    let proved = cloud.post("/v1/auth/step-up").as_(&owner).json(body).await;
    proved.assert_status(204);
    let started = cloud.post("/v1/me/mfa/totp").as_(&owner).await;
    started.assert_status(201);
}

#[tokio::test]
async fn guesses_are_slowed_down() {
    let cloud = TestCloud::shared();
    let owner = owner(cloud).await;
    let mut app = Authenticator::start(cloud, &owner).await;
    for _ in 0..10 {
        let guess = confirm(cloud, &owner, &app.wrong_code()).await;
        guess.assert_problem(Kind::InvalidMfaCode);
    }
    let refused = confirm(cloud, &owner, &app.wrong_code()).await;
    refused.assert_problem(Kind::TooManyRequests);
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{refused}");
    // It is not told whether the code was right.
    let right = app.confirm(cloud, &owner).await;
    right.assert_problem(Kind::TooManyRequests);
}

#[tokio::test]
async fn of_many_confirmations_at_once_one_counts() {
    let cloud = TestCloud::shared();
    let owner = owner(cloud).await;
    let mut app = Authenticator::start(cloud, &owner).await;
    let code = app.code().await;
    let answers = join_all((0..8).map(|_| confirm(cloud, &owner, &code))).await;
    let (good, others): (Vec<&Answer>, Vec<&Answer>) =
        answers.iter().partition(|answer| answer.status == 200);
    assert_eq!(good.len(), 1, "{answers:?}");
    for other in others {
        other.assert_problem(Kind::Conflict);
    }
    // The recovery codes that were shown are those that count.
    let body = json!({
        "mfa_token": cloud.mfa_token(&owner).await, "recovery_code": good[0].text("/recovery_codes/9"),
    });
    cloud
        .post("/v1/auth/mfa")
        .json(body)
        .await
        .assert_status(200);
    let enabled = cloud
        .notices(&owner)
        .into_iter()
        .filter(|kind| kind == "mfa_enabled");
    assert_eq!(enabled.count(), 1);
}
