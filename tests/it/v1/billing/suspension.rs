//! A tenant is stopped for want of payment, and goes on when it has paid

use serde_json::json;
use tests::{Kind, Role, TestCloud, TestTenant, billing_event};

#[tokio::test]
async fn an_unpaid_tenant_reaches_its_billing_and_nothing_else_until_it_has_paid() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "unpaid").await;
    let member = tenant.member(Role::Manager).await;
    tenant.subscribed("active", 12).await;
    tenant.subscribed("past_due", 12).await;
    // A payment that failed is tried again by the provider; everything works meanwhile.
    cloud
        .get("/v1/members")
        .as_(&member)
        .await
        .assert_status(200);
    let subscription = cloud
        .get("/v1/tenant/subscription")
        .as_(&tenant.owner)
        .await;
    assert_eq!(subscription.assert_status(200).json["status"], "past_due");

    tenant.subscribed("unpaid", 12).await;
    for person in [&tenant.owner, &member] {
        for path in ["/v1/me", "/v1/members", &tenant.records("contacts")] {
            cloud
                .get(path)
                .as_(person)
                .await
                .assert_problem(Kind::TenantSuspended);
        }
    }
    // Its owner signs in anew, and sees what is to be paid.
    let owner = tenant.log_in(&tenant.owner).await;
    let subscription = cloud.get("/v1/tenant/subscription").as_(&owner).await;
    assert_eq!(subscription.assert_status(200).json["status"], "suspended");
    cloud
        .get("/v1/tenant/payments")
        .as_(&owner)
        .await
        .assert_status(200);
    cloud.letter(&tenant.owner.email, "is suspended").await;

    tenant.subscribed("active", 12).await;
    for person in [&owner, &member] {
        cloud.get("/v1/me").as_(person).await.assert_status(200);
    }
    cloud.settled().await;
    let letters = cloud.letters(&tenant.owner.email);
    let about = letters
        .iter()
        .filter(|letter| letter.subject.contains("suspended"));
    assert_eq!(about.count(), 1);
    assert!(
        cloud
            .letters(&member.email)
            .iter()
            .all(|letter| !letter.subject.contains("suspended"))
    );
}

#[tokio::test]
async fn a_subscription_that_ended_cancels_the_tenant_and_a_new_one_takes_it_up() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "ended").await;
    tenant.subscribed("active", 12).await;
    let deleted = billing_event(
        "customer.subscription.deleted",
        tenant.provided("canceled", 12),
    );
    cloud.bill(&deleted).await.assert_status(200);
    cloud
        .get("/v1/members")
        .as_(&tenant.owner)
        .await
        .assert_problem(Kind::TenantCancelled);
    let mut anew = tenant.provided("active", 20);
    anew["id"] = json!("sub_anew");
    cloud
        .bill(&billing_event("customer.subscription.created", anew))
        .await
        .assert_status(200);
    cloud
        .get("/v1/members")
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    // What is still heard of the first one stops nothing.
    let late = billing_event(
        "customer.subscription.deleted",
        tenant.provided("canceled", 12),
    );
    cloud.bill(&late).await.assert_status(200);
    cloud
        .get("/v1/members")
        .as_(&tenant.owner)
        .await
        .assert_status(200);
}

#[tokio::test]
async fn what_an_operator_stopped_no_payment_starts() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "operator").await;
    tenant.subscribed("active", 12).await;
    tenant.set_status("suspended").await;
    tenant.subscribed("active", 13).await;
    cloud
        .get("/v1/members")
        .as_(&tenant.owner)
        .await
        .assert_problem(Kind::TenantSuspended);
}

#[tokio::test]
async fn an_invoice_that_fails_and_is_paid_later_is_past_due_meanwhile() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "invoice").await;
    tenant.subscribed("active", 12).await;
    let subscription = tenant.provided("active", 12)["id"].clone();
    for (kind, status) in [
        ("invoice.payment_failed", "past_due"),
        ("invoice.paid", "active"),
    ] {
        let invoice = json!({
            "id": "in_1", "currency": "eur", "amount_due": 9_900, "amount_paid": 9_900, "subscription": subscription,
            "subscription_details": {"metadata": {"tenant_id": tenant.id}},
        });
        cloud
            .bill(&billing_event(kind, invoice))
            .await
            .assert_status(200);
        let shown = cloud
            .get("/v1/tenant/subscription")
            .as_(&tenant.owner)
            .await;
        assert_eq!(shown.assert_status(200).json["status"], status);
    }
}
