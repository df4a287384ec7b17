//! `POST /v1/me/change-email`, and following its link.

use crate::v1::auth::mailed_tokens;
use serde_json::{Value, json};
use tests::{Answer, Kind, PASSWORD, Person, Role, TestCloud, TestTenant, unique};

async fn change(cloud: &TestCloud, person: &Person, body: Value) -> Answer {
    cloud
        .post("/v1/me/change-email")
        .as_(person)
        .json(body)
        .await
}

async fn follow(cloud: &TestCloud, token: &str) -> Answer {
    cloud
        .post("/v1/auth/verify-email")
        .json(json!({"token": token}))
        .await
}

async fn log_in(cloud: &TestCloud, email: &str) -> Answer {
    cloud
        .post("/v1/auth/login")
        .json(json!({"email": email, "password": PASSWORD}))
        .await
}

#[tokio::test]
async fn the_link_switches_the_address_everywhere_at_once() {
    let cloud = TestCloud::shared();
    let (acme, globex) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let person = acme.member(Role::Viewer).await;
    let there = globex.join(&person, Role::Manager).await;
    let new = format!("New-{}@moved.example", unique());
    let asked = json!({"email": new, "password": PASSWORD});
    change(cloud, &person, asked).await.assert_status(202);
    let token = cloud.mailed_token(&new, "verify-email").await;
    // Until then nothing has changed.
    let me = cloud.get("/v1/me").as_(&person).await.assert_status(200);
    assert_eq!(me.json["user"]["email"], json!(person.email));
    log_in(cloud, &new)
        .await
        .assert_problem(Kind::InvalidCredentials);

    let answer = follow(cloud, &token).await.assert_status(200);
    assert_eq!(answer.json, json!({"email": new}));
    let me = cloud.get("/v1/me").as_(&person).await.assert_status(200);
    assert_eq!(me.json["user"]["email"], json!(new));
    assert_eq!(me.json["user"]["email_verified"], true);
    for owner in [&acme.owner, &globex.owner] {
        let members = cloud.get("/v1/members").as_(owner).await.assert_status(200);
        let text = members.to_string();
        assert!(
            text.contains(&new) && !text.contains(&person.email),
            "{text}"
        );
    }
    assert_eq!(there.user_id, person.user_id);
    log_in(cloud, &new.to_lowercase()).await.assert_status(200);
    log_in(cloud, &person.email)
        .await
        .assert_problem(Kind::InvalidCredentials);
    // The old mailbox is told, and not the whole of the new address.
    let letter = cloud.letter(&person.email, "@moved.example").await;
    assert!(!letter.text.contains(&new), "{}", letter.text);
    // The old address is free again.
    let body = json!({
        "name": "Late Ltd", "slug": format!("late-{}", unique()), "owner_email": person.email,
        "owner_name": "Lara", "owner_password": PASSWORD,
    });
    cloud
        .post("/v1/tenants")
        .json(body)
        .await
        .assert_status(201);
    follow(cloud, &token)
        .await
        .assert_problem(Kind::LinkInvalid);
}

#[tokio::test]
async fn a_taken_address_is_told_to_its_reader_alone() {
    let cloud = TestCloud::shared();
    let (acme, globex) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let taken = &globex.owner.email;
    let free = format!("free-{}@moved.example", unique());
    let of_free = change(
        cloud,
        &acme.owner,
        json!({"email": free, "password": PASSWORD}),
    )
    .await;
    let of_taken = change(
        cloud,
        &acme.owner,
        json!({"email": taken, "password": PASSWORD}),
    )
    .await;
    assert_eq!(of_taken.status, 202);
    assert_eq!(of_taken.without_request_id(), of_free.without_request_id());
    let tokens = mailed_tokens(cloud, taken, "verify-email", 2).await;
    let token = tokens.last().unwrap();
    follow(cloud, token)
        .await
        .assert_problem(Kind::AlreadyTaken);
    for owner in [&acme.owner, &globex.owner] {
        log_in(cloud, &owner.email).await.assert_status(200);
    }
}

#[tokio::test]
async fn a_password_or_a_fresh_proof_is_asked_for() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "asked").await;
    let new = format!("new-{}@moved.example", unique());
    let wrong = json!({"email": new, "password": "not-the-password"});
    change(cloud, &tenant.owner, wrong)
        .await
        .assert_problem(Kind::InvalidCredentials);
    // Who has just signed up has just proved who they are.
    change(cloud, &tenant.owner, json!({"email": new}))
        .await
        .assert_status(202);
    let long_ago = json!({"N": (tests::now() - 601).to_string()});
    let session = tenant.owner.session_id.replace("ses_", "SESSION#");
    cloud
        .set_of_person(
            "AuthStepUpRole",
            &tenant.owner,
            &session,
            "stepped_up_at",
            long_ago,
        )
        .await;
    change(cloud, &tenant.owner, json!({"email": new}))
        .await
        .assert_problem(Kind::StepUpRequired);
    change(
        cloud,
        &tenant.owner,
        json!({"email": new, "password": PASSWORD}),
    )
    .await
    .assert_status(202);
}

#[tokio::test]
async fn ones_own_address_is_no_new_one() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "same").await;
    let same = json!({"email": tenant.owner.email.to_uppercase(), "password": PASSWORD});
    change(cloud, &tenant.owner, same)
        .await
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/email"]);
}

/// Whoever had the account may have sent a link to an address of their own: a new password ends it.
#[tokio::test]
async fn a_new_password_ends_a_change_that_is_under_way() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "ended").await;
    let new = format!("thief-{}@moved.example", unique());
    let asked = json!({"email": new, "password": PASSWORD});
    change(cloud, &tenant.owner, asked).await.assert_status(202);
    let token = cloud.mailed_token(&new, "verify-email").await;
    let body = json!({"current_password": PASSWORD, "new_password": "seven-quiet-orchards"});
    let changed = cloud.post("/v1/me/change-password").as_(&tenant.owner);
    changed.json(body).await.assert_status(204);
    follow(cloud, &token)
        .await
        .assert_problem(Kind::LinkInvalid);
}
