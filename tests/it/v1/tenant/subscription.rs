//! `/v1/tenant/subscription`

use serde_json::{Value, json};
use tests::{Answer, Kind, Person, Role, TestCloud, TestTenant};

const PATH: &str = "/v1/tenant/subscription";

async fn change(by: &Person, body: Value) -> Answer {
    let cloud = TestCloud::shared();
    cloud.patch(PATH).as_(by).json(body).await
}

async fn read(by: &Person) -> Value {
    let answer = TestCloud::shared().get(PATH).as_(by).await;
    answer.assert_status(200).json
}

/// What a refusal says of a field.
fn detail(answer: &Answer, pointer: &str) -> String {
    let errors = answer.json["errors"].as_array().unwrap();
    let error = errors.iter().find(|error| error["pointer"] == pointer);
    let error = error.unwrap_or_else(|| panic!("nothing of {pointer}: {answer}"));
    error["detail"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_new_tenant_has_a_trial() {
    let tenant = TestTenant::create(TestCloud::shared(), "trial").await;
    let shown = read(&tenant.owner).await;
    assert_eq!(shown["plan"], "team");
    assert_eq!(shown["status"], "trialing");
    assert_eq!(
        (&shown["seats"], &shown["seats_included"]),
        (&json!(10), &json!(10))
    );
    assert_eq!(
        (&shown["seats_used"], &shown["projects_used"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        shown["price"],
        json!({"plan": 9_900, "seat": 1_200, "currency": "EUR"})
    );
    assert_eq!(shown["limits"]["projects"], 20);
    assert!(shown["trial_ends_at"].is_string() && shown["period_end"].is_null());
}

#[tokio::test]
async fn the_owner_changes_plan_and_seats_and_both_count_at_once() {
    let tenant = TestTenant::create(TestCloud::shared(), "chooses").await;
    let changed = change(&tenant.owner, json!({"plan": "business", "seats": 60})).await;
    let changed = changed.assert_status(200).json;
    assert_eq!(
        (&changed["seats"], &changed["seats_bought"]),
        (&json!(60), &json!(10))
    );
    assert_eq!(read(&tenant.owner).await, changed);
    // Bought seats stay with another plan, and free has none.
    let team = change(&tenant.owner, json!({"plan": "team"}))
        .await
        .assert_status(200);
    assert_eq!(
        (&team.json["seats"], &team.json["seats_bought"]),
        (&json!(20), &json!(10))
    );
    let free = change(&tenant.owner, json!({"plan": "free"}))
        .await
        .assert_status(200);
    assert_eq!(
        (&free.json["seats"], &free.json["status"]),
        (&json!(3), &json!("active"))
    );
    for _ in 0..2 {
        tenant
            .invitation(Role::Viewer, &format!("{}@more.example", tests::unique()))
            .await;
    }
    let body = json!({"email": "one-more@more.example", "role": "viewer"});
    let full = TestCloud::shared()
        .post("/v1/invitations")
        .as_(&tenant.owner)
        .json(body)
        .await;
    full.assert_problem(Kind::SeatLimit);
}

#[tokio::test]
async fn below_what_is_in_use_is_refused_with_the_figures() {
    let tenant = TestTenant::create(TestCloud::shared(), "below").await;
    for _ in 0..3 {
        tenant.project().await;
    }
    tenant.member(Role::Viewer).await;
    for _ in 0..2 {
        tenant
            .invitation(Role::Viewer, &format!("{}@below.example", tests::unique()))
            .await;
    }
    let refused = change(&tenant.owner, json!({"plan": "free"})).await;
    refused.assert_problem(Kind::Conflict);
    assert_eq!(
        detail(&refused, "/seats"),
        "4 seats are in use: 2 by members, 2 by invitations that wait"
    );
    assert_eq!(
        detail(&refused, "/plan"),
        "there are 4 projects; free allows 3"
    );
    change(&tenant.owner, json!({"seats": 3}))
        .await
        .assert_problem(Kind::Conflict);
    assert_eq!(
        read(&tenant.owner).await["plan"],
        "team",
        "nothing has changed"
    );
}

#[tokio::test]
async fn seats_that_are_not_sold_are_refused() {
    let tenant = TestTenant::create(TestCloud::shared(), "unsold").await;
    for body in [
        json!({"seats": -1}),
        json!({"seats": 0}),
        json!({"seats": 9}),
        json!({"seats": 10_001}),
        json!({"plan": "free", "seats": 4}),
        json!({"plan": "gold"}),
        json!({"seats": "11"}),
        json!({"status": "active"}),
    ] {
        change(&tenant.owner, body)
            .await
            .assert_problem(Kind::ValidationFailed);
    }
    change(&tenant.owner, json!({"seats": 251}))
        .await
        .assert_problem(Kind::PaymentRequired);
    let same = change(&tenant.owner, json!({})).await.assert_status(200);
    assert_eq!(same.json["seats"], 10);
}

#[tokio::test]
async fn after_the_trial_more_has_to_be_paid_first() {
    let tenant = TestTenant::create(TestCloud::shared(), "unpaid").await;
    change(&tenant.owner, json!({"plan": "free"}))
        .await
        .assert_status(200);
    change(&tenant.owner, json!({"plan": "team"}))
        .await
        .assert_problem(Kind::PaymentRequired);
    tenant.subscribed("active", 12).await;
    let more = change(&tenant.owner, json!({"seats": 15}))
        .await
        .assert_status(200);
    assert_eq!(
        (&more.json["plan"], &more.json["seats"]),
        (&json!("team"), &json!(15))
    );
}

#[tokio::test]
async fn it_is_read_by_all_who_may_and_changed_by_the_owner_alone() {
    let tenant = TestTenant::create(TestCloud::shared(), "alone").await;
    let admin = tenant.member(Role::Admin).await;
    assert_eq!(read(&admin).await["plan"], "team");
    change(&admin, json!({"plan": "free"}))
        .await
        .assert_problem(Kind::PermissionDenied);
}

#[tokio::test]
async fn a_suspended_tenant_still_reaches_its_billing() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "stopped").await;
    for status in ["suspended", "cancelled"] {
        tenant.set_status(status).await;
        assert_eq!(read(&tenant.owner).await["plan"], "team", "{status}");
        change(&tenant.owner, json!({"seats": 11}))
            .await
            .assert_status(200);
        cloud
            .get("/v1/tenant/payments")
            .as_(&tenant.owner)
            .await
            .assert_status(200);
        let elsewhere = cloud.get("/v1/members").as_(&tenant.owner).await;
        assert_eq!(elsewhere.status, 403, "{status}");
    }
}

/// Of a smaller subscription and one more invitation that does not fit into it, one happens.
#[tokio::test]
async fn fewer_seats_and_more_use_do_not_meet() {
    let cloud = TestCloud::shared();
    for round in 0..50 {
        let tenant = TestTenant::create(cloud, "meets").await;
        tenant.set("TENANT", "seats_taken", json!({"N": "3"})).await;
        let body = json!({"email": format!("{}@meets.example", tests::unique()), "role": "viewer", "send_email": false});
        let invite = cloud.post("/v1/invitations").as_(&tenant.owner).json(body);
        let less = change(&tenant.owner, json!({"plan": "free"}));
        let (invited, less) = tokio::join!(invite, less);
        let shown = read(&tenant.owner).await;
        let (seats, used) = (
            shown["seats"].as_i64().unwrap(),
            shown["seats_used"].as_i64().unwrap(),
        );
        assert!(
            used <= seats,
            "round {round}: {used} of {seats}: {invited} / {less}"
        );
        assert!(
            (invited.status == 201) != (less.status == 200),
            "round {round}: {invited} / {less}"
        );
    }
}
