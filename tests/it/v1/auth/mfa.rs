//! `POST /v1/auth/mfa`, and what log-in says before it

use crate::apart;
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, Authenticator, Kind, PASSWORD, Person, Role, TestCloud, TestTenant, unique};

async fn finish(cloud: &TestCloud, body: Value) -> Answer {
    cloud.post("/v1/auth/mfa").json(body).await
}

/// Somebody with a second factor.
async fn enrolled(cloud: &'static TestCloud) -> (TestTenant, Authenticator) {
    let tenant = TestTenant::create(cloud, "acme").await;
    let app = Authenticator::enrol(cloud, &tenant.owner).await;
    (tenant, app)
}

#[tokio::test]
async fn a_log_in_is_finished_with_a_code() {
    let cloud = TestCloud::shared();
    let (tenant, mut app) = enrolled(cloud).await;
    let owner = &tenant.owner;
    let body = json!({"email": owner.email, "password": PASSWORD});
    let due = cloud
        .post("/v1/auth/login")
        .json(body)
        .await
        .assert_status(200);
    let names: Vec<&String> = due.json.as_object().unwrap().keys().collect();
    assert_eq!(names, ["mfa_required", "mfa_token", "expires_in"], "{due}");
    assert_eq!(
        (&due.json["mfa_required"], &due.json["expires_in"]),
        (&json!(true), &json!(300))
    );
    let body = json!({"mfa_token": due.text("/mfa_token"), "code": app.code().await});
    let answer = finish(cloud, body).await.assert_status(200);
    let session = Person::signed_in(&answer, &owner.email);
    assert_eq!(
        (&session.user_id, &session.tenant_id),
        (&owner.user_id, &tenant.id)
    );
    cloud.get("/v1/me").as_(&session).await.assert_status(200);
    let item = cloud.session_item(&session);
    for moment in ["mfa_at", "stepped_up_at"] {
        let moment: u64 = item[moment]["N"].as_str().unwrap().parse().unwrap();
        assert!(tests::now() - moment < 60);
    }
    assert!(
        !cloud
            .notices(owner)
            .contains(&"recovery_code_used".to_owned())
    );
}

#[tokio::test]
async fn it_begins_the_session_that_was_asked_for() {
    let cloud = TestCloud::shared();
    let (acme, globex) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    globex.join(&acme.owner, Role::Viewer).await;
    let mut app = Authenticator::enrol(cloud, &acme.owner).await;
    for (tenant, remember_me, days) in [(&globex, true, 30), (&acme, false, 1)] {
        let body = json!({
            "email": acme.owner.email, "password": PASSWORD, "tenant": tenant.slug, "remember_me": remember_me,
        });
        let due = cloud
            .post("/v1/auth/login")
            .json(body)
            .await
            .assert_status(200);
        let body = json!({"mfa_token": due.text("/mfa_token"), "code": app.code().await});
        let answer = finish(cloud, body).await.assert_status(200);
        let session = Person::signed_in(&answer, &acme.owner.email);
        assert_eq!(session.tenant_id, tenant.id);
        let item = cloud.session_item(&session);
        let number = |name: &str| item[name]["N"].as_str().unwrap().parse::<i64>().unwrap();
        assert_eq!((number("expires_at") - number("rotated_at")) / 86_400, days);
    }
}

#[tokio::test]
async fn a_code_is_good_once() {
    let cloud = TestCloud::shared();
    let (tenant, mut app) = enrolled(cloud).await;
    let code = app.code().await;
    let (first, second) = (
        cloud.mfa_token(&tenant.owner).await,
        cloud.mfa_token(&tenant.owner).await,
    );
    let body = json!({"mfa_token": first, "code": code});
    finish(cloud, body).await.assert_status(200);
    let replayed = finish(cloud, json!({"mfa_token": second, "code": code})).await;
    replayed.assert_problem(Kind::InvalidMfaCode);
    let wrong = finish(
        cloud,
        json!({"mfa_token": second, "code": app.wrong_code()}),
    )
    .await;
    assert_eq!(replayed.without_request_id(), wrong.without_request_id());
    // A log-in that was refused goes on with the next code.
    let body = json!({"mfa_token": second, "code": app.code().await});
    finish(cloud, body).await.assert_status(200);
}

#[tokio::test]
async fn a_recovery_code_is_good_once() {
    let cloud = TestCloud::shared();
    let (tenant, app) = enrolled(cloud).await;
    // As somebody types it.
    let code = app.recovery_codes[0].to_uppercase().replace('-', " ");
    let body = json!({"mfa_token": cloud.mfa_token(&tenant.owner).await, "recovery_code": code});
    finish(cloud, body.clone()).await.assert_status(200);
    let token = cloud.mfa_token(&tenant.owner).await;
    for code in [
        &code,
        &app.recovery_codes[0],
        "0000-0000-0000-0000",
        "123456",
        "",
    ] {
        let answer = finish(cloud, json!({"mfa_token": token, "recovery_code": code})).await;
        answer.assert_problem(Kind::InvalidMfaCode);
    }
    let letters: Vec<Value> = cloud
        .dump("DirectoryTable")
        .into_iter()
        .map(|item| item["letter"]["M"].clone())
        .filter(|letter| letter["to"]["S"] == json!(tenant.owner.email))
        .map(|letter| letter["notice"]["M"].clone())
        .filter(|notice| notice["kind"]["S"] == "recovery_code_used")
        .collect();
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert_eq!(letters[0]["left"]["N"], "9");
}

#[tokio::test]
async fn a_log_in_that_is_over_can_not_be_finished() {
    let cloud = TestCloud::shared();
    let (tenant, mut app) = enrolled(cloud).await;
    let owner = &tenant.owner;
    let used = cloud.mfa_token(owner).await;
    let body = json!({"mfa_token": used, "code": app.code().await});
    finish(cloud, body).await.assert_status(200);

    let expired = cloud.mfa_token(owner).await;
    let waiting = json!({"N": tests::now().to_string()});
    let login = login_of(cloud, &expired);
    cloud
        .set_as("AuthMfaRole", (&login, "LOGIN"), "expires_at", waiting)
        .await;

    let tried = cloud.mfa_token(owner).await;
    for _ in 0..5 {
        let body = json!({"mfa_token": tried, "code": app.wrong_code()});
        finish(cloud, body)
            .await
            .assert_problem(Kind::InvalidMfaCode);
    }

    let outdated = cloud.mfa_token(owner).await;
    let user = format!("USER#{}", owner.user_id.strip_prefix("usr_").unwrap());
    let hash = cloud.dump("DirectoryTable");
    let hash = hash
        .iter()
        .find(|item| item["pk"]["S"] == json!(user) && item["sk"]["S"] == "USER");
    let hash = hash.unwrap()["password_hash"].clone();
    let changed = json!({"S": format!("{}A", hash["S"].as_str().unwrap())});
    cloud
        .set_as("AuthLoginRole", (&user, "USER"), "password_hash", changed)
        .await;

    let code = app.code().await;
    let altered = format!("{}A", &used[..used.len() - 1]);
    let mut answers = Vec::new();
    for token in [&used, &expired, &tried, &outdated, &altered, "garbage", ""] {
        let answer = finish(cloud, json!({"mfa_token": token, "code": code})).await;
        answer.assert_problem(Kind::InvalidMfaToken);
        answers.push(answer.without_request_id());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "they are told apart: {answers:?}");
    // What was over has not used the code up.
    cloud
        .set_as("AuthLoginRole", (&user, "USER"), "password_hash", hash)
        .await;
    let body = json!({"mfa_token": cloud.mfa_token(owner).await, "code": code});
    finish(cloud, body).await.assert_status(200);
}

/// The partition of a log-in that waits, by its token: base64url, whose first 16 bytes are its id.
fn login_of(cloud: &TestCloud, token: &str) -> String {
    use base64::Engine as _;
    let bytes = base64::prelude::BASE64_URL_SAFE_NO_PAD
        .decode(token)
        .unwrap();
    let id = uuid::Uuid::from_slice(&bytes[..16]).unwrap();
    let partition = format!("LOGIN#{id}");
    assert!(
        cloud
            .dump("DirectoryTable")
            .iter()
            .any(|item| item["pk"]["S"] == json!(partition))
    );
    partition
}

#[tokio::test]
async fn somebody_elses_code_is_wrong() {
    let cloud = TestCloud::shared();
    let ((acme, _), (_, mut other)) = (enrolled(cloud).await, enrolled(cloud).await);
    let token = cloud.mfa_token(&acme.owner).await;
    for body in [
        json!({"mfa_token": token, "code": other.code().await}),
        json!({"mfa_token": token, "recovery_code": other.recovery_codes[0]}),
    ] {
        finish(cloud, body)
            .await
            .assert_problem(Kind::InvalidMfaCode);
    }
}

#[tokio::test]
async fn exactly_one_proof_is_asked_for() {
    let cloud = TestCloud::shared();
    let none = finish(cloud, json!({"mfa_token": "x"})).await;
    none.assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/code"]);
    let body = json!({"mfa_token": "x", "code": "123456", "recovery_code": "y"});
    let both = finish(cloud, body).await;
    both.assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/recovery_code"]);
}

#[tokio::test]
async fn guesses_are_slowed_down_for_an_account_and_recovery_codes_are_not() {
    let cloud = TestCloud::shared();
    let (tenant, mut app) = enrolled(cloud).await;
    // From another network than other tests of this account's own log-ins.
    let guess = async |token: &str, code: String| {
        let body = json!({"mfa_token": token, "code": code});
        cloud
            .request_from(41, Method::POST, "/v1/auth/mfa")
            .json(body)
            .await
    };
    for _ in 0..2 {
        let token = cloud.mfa_token(&tenant.owner).await;
        for _ in 0..5 {
            let answer = guess(&token, app.wrong_code()).await;
            answer.assert_problem(Kind::InvalidMfaCode);
        }
    }
    // A new log-in begins with new tries, and not with a new allowance.
    let token = cloud.mfa_token(&tenant.owner).await;
    let refused = guess(&token, app.code().await).await;
    refused.assert_problem(Kind::TooManyRequests);
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{refused}");
    let body = json!({"mfa_token": token, "recovery_code": app.recovery_codes[0]});
    finish(cloud, body).await.assert_status(200);
}

/// 50 uses of one code at the same moment, in two rounds: more at once would be held up for their number.
#[tokio::test]
async fn of_many_uses_of_a_code_at_once_one_counts() {
    let cloud = TestCloud::shared();
    for network in [51, 61] {
        let (tenant, mut app) = enrolled(cloud).await;
        let mut tokens = Vec::new();
        for _ in 0..5 {
            tokens.push(cloud.mfa_token(&tenant.owner).await);
        }
        let body = |token: &String, proof: &Value| {
            let mut body = proof.clone();
            body["mfa_token"] = json!(token);
            body
        };
        let code = json!({"code": app.code().await});
        // Five tries of each log-in, each log-in from a network of its own.
        let uses = (network..)
            .zip(&tokens)
            .flat_map(|(network, token)| (0..5).map(move |_| (network, token)));
        let uses = uses.map(|(network, token)| {
            let request = cloud.request_from(network, Method::POST, "/v1/auth/mfa");
            request.json(body(token, &code)).into_future()
        });
        let answers = join_all(uses).await;
        let good = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!((answers.len(), good), (25, 1), "{answers:?}");
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            assert_eq!(answer.status, 401, "{answer}");
        }
        // The same for a recovery code, in fresh log-ins.
        let code = json!({"recovery_code": app.recovery_codes[0]});
        let (first, second) = (
            cloud.mfa_token(&tenant.owner).await,
            cloud.mfa_token(&tenant.owner).await,
        );
        let uses = [&first, &second].repeat(5).into_iter();
        let uses = uses.map(|token| {
            cloud
                .post("/v1/auth/mfa")
                .json(body(token, &code))
                .into_future()
        });
        let answers = join_all(uses).await;
        let good = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(good, 1, "{answers:?}");
    }
}

/// Without the right password, nothing tells whether there is a second factor: neither bytes nor calls.
#[tokio::test]
async fn a_wrong_password_says_nothing_of_a_second_factor() {
    let (cloud, _turn) = apart::cloud().await;
    let (with, _) = enrolled(cloud).await;
    let without = TestTenant::create(cloud, "acme").await;
    let nobody = format!("nobody-{}@acme.example", unique());
    let mut seen = Vec::new();
    for (network, email) in (71..).zip([&with.owner.email, &without.owner.email, &nobody]) {
        cloud.gateway().clear_decisions();
        let body = json!({"email": email, "password": "not-the-password"});
        let answer = cloud
            .request_from(network, Method::POST, "/v1/auth/login")
            .json(body)
            .await;
        answer.assert_problem(Kind::InvalidCredentials);
        let decisions = cloud.gateway().decisions();
        let ours = decisions
            .iter()
            .filter(|made| made.caller.route.as_deref() == Some("POST /v1/auth/login"));
        let calls: Vec<String> = ours
            .map(|made| format!("{} {:?} {}", made.operation, made.capacity, made.status))
            .collect();
        assert!(!calls.is_empty());
        seen.push((answer.without_request_id(), calls));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
}
