//! A seat that is bought for somebody invites them

use serde_json::{Value, json};
use tests::{Kind, PASSWORD, Role, TestCloud, TestTenant, billing_event, unique};

/// A finished checkout of this tenant for somebody.
fn checkout(tenant: &TestTenant, email: &str, role: &str) -> Value {
    let metadata = json!({"tenant_id": tenant.id, "invite_email": email, "invite_role": role, "user_id": tenant.owner.user_id});
    billing_event(
        "checkout.session.completed",
        json!({
            "id": format!("cs_{}", unique()), "object": "checkout.session", "mode": "subscription", "payment_status": "paid",
            "customer": "cus_1", "subscription": tenant.provided("active", 1)["id"], "metadata": metadata,
        }),
    )
}

async fn pending(tenant: &TestTenant) -> Vec<Value> {
    let cloud = tenant.cloud();
    let list = cloud
        .get("/v1/invitations?status=pending")
        .as_(&tenant.owner)
        .await;
    list.assert_status(200).items().to_vec()
}

#[tokio::test]
async fn buying_a_seat_for_somebody_invites_them() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "buys").await;
    let email = format!("ada-{}@buys.example", unique());
    let event = checkout(&tenant, &email, "manager");
    cloud.bill(&event).await.assert_status(200);
    cloud.bill(&event).await.assert_status(200);
    let waiting = pending(&tenant).await;
    assert_eq!(waiting.len(), 1);
    assert_eq!(
        (&waiting[0]["email"], &waiting[0]["role"]),
        (&json!(email), &json!("manager"))
    );
    assert_eq!(waiting[0]["invited_by"], json!(tenant.owner.user_id));
    let letter = cloud.letter(&email, "token=").await;
    let (_, token) = letter.text.split_once("token=").unwrap();
    let token = token.split_whitespace().next().unwrap();
    let body = json!({"token": token, "name": "Ada", "password": PASSWORD});
    let accepted = cloud.post("/v1/invitations/accept").json(body).await;
    assert!(matches!(accepted.status, 200 | 201), "{accepted}");
    let shown = cloud
        .get("/v1/tenant/subscription")
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    assert_eq!(
        (&shown.json["status"], &shown.json["seats_used"]),
        (&json!("active"), &json!(2))
    );
}

#[tokio::test]
async fn where_no_seat_is_free_the_bought_one_is_theirs() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "full").await;
    tenant
        .set("TENANT", "seats_taken", json!({"N": "10"}))
        .await;
    let email = format!("{}@full.example", unique());
    let body = json!({"email": email, "role": "viewer", "send_email": false});
    cloud
        .post("/v1/invitations")
        .as_(&tenant.owner)
        .json(&body)
        .await
        .assert_problem(Kind::SeatLimit);
    cloud
        .bill(&checkout(&tenant, &email, "viewer"))
        .await
        .assert_status(200);
    let shown = cloud
        .get("/v1/tenant/subscription")
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    assert_eq!(
        (&shown.json["seats"], &shown.json["seats_used"]),
        (&json!(11), &json!(11))
    );
    assert_eq!(pending(&tenant).await.len(), 1);
}

#[tokio::test]
async fn more_seats_of_a_subscription_may_be_for_somebody_too() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "grows").await;
    tenant.subscribed("active", 12).await;
    let email = format!("{}@grows.example", unique());
    let mut more = tenant.provided("active", 13);
    more["metadata"]["invite_email"] = json!(email);
    // Nobody becomes an owner by a purchase.
    more["metadata"]["invite_role"] = json!("owner");
    cloud
        .bill(&billing_event(
            "customer.subscription.updated",
            more.clone(),
        ))
        .await
        .assert_status(200);
    assert_eq!(pending(&tenant).await[0]["role"], "viewer");
    // The metadata stays with the subscription: what else happens to it buys nothing.
    let id = pending(&tenant).await[0]["id"].as_str().unwrap().to_owned();
    cloud
        .delete(format!("/v1/invitations/{id}"))
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    cloud
        .bill(&billing_event("customer.subscription.updated", more))
        .await
        .assert_status(200);
    assert!(pending(&tenant).await.is_empty());
}

#[tokio::test]
async fn who_is_invited_already_is_not_invited_twice_and_nobody_into_a_stopped_tenant() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "twice").await;
    let email = format!("{}@twice.example", unique());
    tenant.invitation(Role::Viewer, &email).await;
    cloud
        .bill(&checkout(&tenant, &email, "admin"))
        .await
        .assert_status(200);
    let waiting = pending(&tenant).await;
    assert_eq!((waiting.len(), &waiting[0]["role"]), (1, &json!("viewer")));
    tenant.set_status("suspended").await;
    let other = format!("{}@twice.example", unique());
    cloud
        .bill(&checkout(&tenant, &other, "viewer"))
        .await
        .assert_status(200);
    tenant.set_status("active").await;
    assert_eq!(pending(&tenant).await.len(), 1);
}
