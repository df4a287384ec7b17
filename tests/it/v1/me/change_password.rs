//! `POST /v1/me/change-password`

use serde_json::json;
use tests::{Answer, Kind, PASSWORD, Person, Role, TestCloud, TestTenant, unique};

const NEW: &str = "seven-quiet-orchards";

async fn change(person: &Person, current: &str, new: &str) -> Answer {
    TestCloud::shared()
        .post("/v1/me/change-password")
        .as_(person)
        .json(json!({"current_password": current, "new_password": new}))
        .await
}

#[tokio::test]
async fn ends_every_other_session_at_once() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "changed").await;
    let owner = &tenant.owner;
    let others = [tenant.log_in(owner).await, tenant.log_in(owner).await];
    change(owner, PASSWORD, NEW).await.assert_status(204);
    cloud.get("/v1/me").as_(owner).await.assert_status(200);
    for other in &others {
        cloud
            .get("/v1/me")
            .as_(other)
            .await
            .assert_problem(Kind::SessionRevoked);
    }
    let log_in = async |password: &str| {
        cloud
            .post("/v1/auth/login")
            .json(json!({"email": owner.email, "password": password}))
            .await
    };
    log_in(PASSWORD)
        .await
        .assert_problem(Kind::InvalidCredentials);
    log_in(NEW).await.assert_status(200);
    let letter = cloud.letter(&owner.email, "password").await;
    assert!(!letter.text.contains(NEW) && !letter.text.contains("token="));
}

#[tokio::test]
async fn a_person_has_a_bounded_number_of_sessions_and_all_of_them_end() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "crowded").await;
    let owner = &tenant.owner;
    let mut sessions = Vec::new();
    for _ in 0..55 {
        sessions.push(tenant.log_in(owner).await);
    }
    // The sixth log-in took the place of the first session, and so on.
    let list = cloud.get("/v1/me/sessions?limit=100");
    let list = list.as_(&sessions[54]).await.assert_status(200);
    assert_eq!(list.items().len(), 50);
    for ended in [owner, &sessions[0], &sessions[4]] {
        let answer = cloud.get("/v1/me/sessions").as_(ended).await;
        answer.assert_problem(Kind::SessionRevoked);
    }
    let last = &sessions[54];
    change(last, PASSWORD, NEW).await.assert_status(204);
    for ended in [&sessions[5], &sessions[30], &sessions[53]] {
        let answer = cloud.get("/v1/me/sessions").as_(ended).await;
        answer.assert_problem(Kind::SessionRevoked);
    }
    let list = cloud.get("/v1/me/sessions").as_(last).await;
    assert_eq!(list.items().len(), 1, "{list}");
}

#[tokio::test]
async fn the_present_password_is_asked_for_and_guesses_are_counted() {
    let tenant = TestTenant::create(TestCloud::shared(), "guarded").await;
    for wrong in ["not-the-password", "short", ""] {
        change(&tenant.owner, wrong, NEW)
            .await
            .assert_problem(Kind::InvalidCredentials);
    }
    for _ in 0..9 {
        change(&tenant.owner, "not-the-password", NEW)
            .await
            .assert_problem(Kind::InvalidCredentials);
    }
    change(&tenant.owner, PASSWORD, NEW)
        .await
        .assert_problem(Kind::TooManyRequests);
}

#[tokio::test]
async fn a_password_that_can_be_guessed_is_refused() {
    let tenant = TestTenant::create(TestCloud::shared(), "guessable").await;
    for guessable in [
        "1234567",
        "password123",
        "Iloveyou1",
        "Company guessable 1",
        &"x".repeat(129),
    ] {
        change(&tenant.owner, PASSWORD, guessable)
            .await
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&["/new_password"]);
    }
}

#[tokio::test]
async fn a_tenant_may_demand_longer_ones() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "longer").await;
    let settings = cloud.get("/v1/tenant/settings").as_(&tenant.owner).await;
    let mut settings = settings.assert_status(200).json;
    settings["password_min_length"] = json!(20);
    settings.as_object_mut().unwrap().remove("version");
    let set = cloud.put("/v1/tenant/settings").as_(&tenant.owner);
    set.json(settings).await.assert_status(200);
    change(&tenant.owner, PASSWORD, "nineteen-characters")
        .await
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/new_password"]);
    let email = format!("guest-{}@longer.example", unique());
    let token = tenant.invitation(Role::Viewer, &email).await;
    let accept = async |password: &str| {
        cloud
            .post("/v1/invitations/accept")
            .json(json!({"token": token, "name": "Gus", "password": password}))
            .await
    };
    accept("nineteen-characters")
        .await
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/password"]);
    accept("one-and-twenty-letters").await.assert_status(201);
    change(&tenant.owner, PASSWORD, "one-and-twenty-letters")
        .await
        .assert_status(204);
}
