//! `POST /v1/billing/webhook`: what is believed, and what an event changes

use serde_json::{Value, json};
use tests::{Kind, TestCloud, TestTenant, billing_event, billing_tag, now, unique};

const PATH: &str = "/v1/billing/webhook";

async fn shown(tenant: &TestTenant) -> Value {
    let cloud = tenant.cloud();
    let answer = cloud
        .get("/v1/tenant/subscription")
        .as_(&tenant.owner)
        .await;
    answer.assert_status(200).json
}

#[tokio::test]
async fn only_what_the_provider_signed_lately_is_believed() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "signed").await;
    let event = billing_event(
        "customer.subscription.updated",
        tenant.provided("active", 30),
    );
    let body = event.to_string().into_bytes();
    let other_body = event.to_string().replace("30", "99").into_bytes();
    let good = cloud.billing_signature(&body, now()).await;
    let cases = [
        ("no signature", None, &body),
        ("another body", Some(good.clone()), &other_body),
        (
            "too old",
            Some(cloud.billing_signature(&body, now() - 301).await),
            &body,
        ),
        (
            "from the future",
            Some(cloud.billing_signature(&body, now() + 360).await),
            &body,
        ),
        (
            "another secret",
            Some(format!(
                "t={0},v1={1}",
                now(),
                billing_tag("whsec_guessed_by_somebody", &body, now())
            )),
            &body,
        ),
        ("another scheme", Some(good.replace("v1=", "v0=")), &body),
        (
            "no time",
            Some(good.split_once(',').unwrap().1.to_owned()),
            &body,
        ),
        ("nonsense", Some("t=,v1=,,=".to_owned()), &body),
    ];
    for (case, signature, body) in cases {
        let mut request = cloud.post(PATH).body("application/json", body.clone());
        if let Some(signature) = signature {
            request = request.header("stripe-signature", &signature);
        }
        let answer = request.await;
        assert_eq!(answer.status, 400, "{case}: {answer}");
        answer.assert_problem(Kind::InvalidSignature);
    }
    assert_eq!(
        shown(&tenant).await["status"],
        "trialing",
        "nothing of it was believed"
    );
    // While a secret is replaced the provider signs with both.
    let both = good.replacen(",v1=", &format!(",v1={},v1=", "0".repeat(64)), 1);
    let request = cloud.post(PATH).header("stripe-signature", &both);
    let answer = request
        .body("application/json", body)
        .await
        .assert_status(200);
    assert_eq!(answer.json, json!({"received": true}));
    assert_eq!(shown(&tenant).await["seats"], 30);
}

#[tokio::test]
async fn a_subscription_sets_plan_seats_and_period() {
    let tenant = TestTenant::create(TestCloud::shared(), "subscribes").await;
    let mut object = tenant.provided("active", 64);
    object["metadata"]["plan"] = json!("business");
    let event = billing_event("customer.subscription.created", object);
    tenant.cloud().bill(&event).await.assert_status(200);
    let now_is = shown(&tenant).await;
    assert_eq!(
        (&now_is["plan"], &now_is["status"]),
        (&json!("business"), &json!("active"))
    );
    assert_eq!(
        (&now_is["seats"], &now_is["seats_bought"]),
        (&json!(64), &json!(14))
    );
    assert!(now_is["period_start"].is_string() && now_is["period_end"].is_string());
    assert!(now_is["trial_ends_at"].is_null());
    let me = tenant
        .cloud()
        .get("/v1/me")
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    assert_eq!(me.json["tenant"]["status"], "active");
}

#[tokio::test]
async fn an_event_that_comes_again_does_nothing_again() {
    let tenant = TestTenant::create(TestCloud::shared(), "again").await;
    let cloud = tenant.cloud();
    let invoice = json!({"id": "in_1", "amount_paid": 9_900, "currency": "eur", "metadata": {"tenant_id": tenant.id}});
    let paid = billing_event("invoice.paid", invoice);
    let updated = billing_event(
        "customer.subscription.updated",
        tenant.provided("active", 12),
    );
    let first = cloud.bill(&updated).await.assert_status(200);
    let version = shown(&tenant).await["version"].clone();
    let again = (0..4).map(|_| cloud.bill(&updated));
    for answer in futures::future::join_all(again).await {
        assert_eq!(answer.assert_status(200).json, first.json);
    }
    assert_eq!(shown(&tenant).await["version"], version);
    // At the same moment, too: a payment is on record once.
    for answer in futures::future::join_all((0..8).map(|_| cloud.bill(&paid))).await {
        answer.assert_status(200);
    }
    let payments = cloud.get("/v1/tenant/payments").as_(&tenant.owner).await;
    assert_eq!(payments.assert_status(200).items().len(), 1);
}

#[tokio::test]
async fn an_event_that_is_older_than_what_is_known_changes_nothing() {
    let tenant = TestTenant::create(TestCloud::shared(), "order").await;
    tenant.subscribed("active", 12).await;
    let mut late = billing_event(
        "customer.subscription.deleted",
        tenant.provided("canceled", 12),
    );
    late["created"] = json!(now() - 60);
    tenant.cloud().bill(&late).await.assert_status(200);
    let now_is = shown(&tenant).await;
    assert_eq!(
        (&now_is["status"], &now_is["seats"]),
        (&json!("active"), &json!(12))
    );
}

#[tokio::test]
async fn events_at_the_same_moment_all_count() {
    let tenant = TestTenant::create(TestCloud::shared(), "moment").await;
    let cloud = tenant.cloud();
    let invoice = |amount: i64| {
        let object = json!({"id": format!("in_{}", unique()), "amount_paid": amount, "currency": "eur", "metadata": {"tenant_id": tenant.id}});
        billing_event("invoice.paid", object)
    };
    let mut events: Vec<Value> = (0..10).map(invoice).collect();
    events.extend((0..3).map(|_| {
        billing_event(
            "customer.subscription.updated",
            tenant.provided("active", 14),
        )
    }));
    for answer in futures::future::join_all(events.iter().map(|event| cloud.bill(event))).await {
        // Where they kept meeting, the provider sends one again.
        assert!(matches!(answer.status, 200 | 503), "{answer}");
    }
    for event in &events {
        cloud.bill(event).await.assert_status(200);
    }
    let payments = cloud.get("/v1/tenant/payments").as_(&tenant.owner).await;
    assert_eq!(payments.assert_status(200).items().len(), 10);
    assert_eq!(shown(&tenant).await["seats"], 14);
}

#[tokio::test]
async fn what_concerns_nobody_here_is_taken_and_done_with() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "nobody").await;
    let object = |tenant_id: &str| json!({"id": "sub_x", "status": "canceled", "metadata": {"tenant_id": tenant_id}});
    for (kind, object) in [
        (
            "customer.subscription.deleted",
            object("ten_0198c5f0-0000-7000-8000-00000000000a"),
        ),
        (
            "customer.subscription.deleted",
            object(&tenant.id.to_uppercase()),
        ),
        (
            "customer.subscription.deleted",
            object(&format!("{}#MEMBER", tenant.id)),
        ),
        ("customer.subscription.deleted", object("acme")),
        (
            "customer.subscription.deleted",
            json!({"id": "sub_x", "status": "canceled"}),
        ),
        (
            "customer.updated",
            json!({"id": "cus_1", "metadata": {"tenant_id": tenant.id}}),
        ),
        (
            "customer.subscription.updated",
            json!({"id": "sub_x", "status": "a new word", "metadata": {"tenant_id": tenant.id}}),
        ),
        (
            "invoice.paid",
            json!({"id": "in_1", "metadata": {"tenant_id": tenant.id}}),
        ),
    ] {
        let answer = cloud.bill(&billing_event(kind, object.clone())).await;
        assert_eq!(answer.status, 200, "{kind} {object}: {answer}");
    }
    assert_eq!(shown(&tenant).await["status"], "trialing");
}

#[tokio::test]
async fn an_event_that_is_none_is_refused() {
    let cloud = TestCloud::shared();
    for (field, value) in [
        ("id", json!("evt#1")),
        ("id", json!("")),
        ("id", json!("e".repeat(256))),
        ("created", json!(-1)),
        ("created", json!(i64::MAX)),
        ("data", json!({})),
        ("type", Value::Null),
    ] {
        let mut event = billing_event("invoice.paid", json!({"id": "in_1"}));
        event[field] = value;
        cloud
            .bill(&event)
            .await
            .assert_problem(Kind::ValidationFailed);
    }
}
