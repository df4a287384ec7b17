#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::subscribed::tests::paying;
use serde_json::json;

fn effect(now: &Subscribed, at: i64, kind: &str, object: serde_json::Value) -> Effect {
    let event = json!({"id": "evt_1", "type": kind, "created": at, "data": {"object": object}});
    let event: ProviderEvent = serde_json::from_value(event).unwrap();
    Effect::of(now, &event, &event.happened().unwrap(), &event.metadata())
}

fn updated(now: &Subscribed, at: i64, id: &str, status: &str, seats: i64) -> Effect {
    let object = json!({"id": id, "status": status, "items": {"data": [{"quantity": seats}]}});
    effect(now, at, "customer.subscription.updated", object)
}

fn become_of(now: &Subscribed, next: Next) -> Subscribed {
    now.clone().changed(next)
}

#[test]
fn each_word_of_the_provider_leaves_tenant_and_subscription_somewhere() {
    use SubscriptionStatus as Is;
    use TenantStatus::{Active, Cancelled, Suspended};
    for (word, status, tenant) in [
        ("active", Is::Active, Active),
        ("trialing", Is::Trialing, Active),
        ("past_due", Is::PastDue, Active),
        ("unpaid", Is::Suspended, Suspended),
        ("paused", Is::Suspended, Suspended),
        ("canceled", Is::Cancelled, Cancelled),
    ] {
        let effect = updated(&paying(), 2_000, "sub_1", word, 12);
        let next = effect.next.unwrap();
        assert_eq!(
            (next.subscription.status, next.status),
            (status, tenant),
            "{word}"
        );
        assert_eq!(next.subscription.last_event_at, 2_000);
        assert_eq!(effect.notice.is_some(), tenant != Active, "{word}");
    }
    for word in ["incomplete", "incomplete_expired", "a new word"] {
        assert!(
            updated(&paying(), 2_000, "sub_1", word, 12).next.is_none(),
            "{word}"
        );
    }
}

#[test]
fn an_older_event_changes_nothing_and_one_of_the_same_second_does() {
    let now = paying();
    assert!(updated(&now, 999, "sub_1", "canceled", 12).next.is_none());
    assert!(updated(&now, 1_000, "sub_1", "unpaid", 12).next.is_some());
    let late = effect(
        &now,
        900,
        "invoice.payment_failed",
        json!({"id": "in_1", "amount_due": 5, "currency": "eur"}),
    );
    assert!(late.next.is_none());
    assert_eq!(late.payment.unwrap().status, PaymentStatus::Failed);
}

#[test]
fn an_earlier_subscription_that_ends_leaves_the_present_one() {
    let now = paying();
    assert!(updated(&now, 2_000, "sub_0", "canceled", 1).next.is_none());
    assert!(updated(&now, 2_000, "sub_0", "past_due", 1).next.is_none());
    let other = json!({"id": "in_1", "amount_due": 5, "currency": "eur", "subscription": "sub_0"});
    assert!(
        effect(&now, 2_000, "invoice.payment_failed", other)
            .next
            .is_none()
    );
    let taken_over = updated(&now, 2_000, "sub_2", "active", 20).next.unwrap();
    assert_eq!(
        taken_over.subscription.subscription_id.as_deref(),
        Some("sub_2")
    );
}

#[test]
fn what_was_not_stopped_for_payment_is_not_started_by_one() {
    let paid = |now: &Subscribed| {
        updated(now, 3_000, "sub_1", "active", 12)
            .next
            .unwrap()
            .status
    };
    let mut now = paying();
    for stopped in [TenantStatus::Suspended, TenantStatus::Cancelled] {
        now.tenant.status = stopped;
        assert_eq!(paid(&now), stopped);
    }
    now.subscription.status = SubscriptionStatus::Cancelled;
    now.tenant.delete_after = Some("2030-01-01T00:00:00Z".to_owned());
    assert_eq!(
        paid(&now),
        TenantStatus::Cancelled,
        "its owner wants it deleted"
    );
    for word in ["unpaid", "canceled"] {
        let now = paying();
        let stopped = become_of(&now, updated(&now, 2_000, "sub_1", word, 12).next.unwrap());
        assert_eq!(paid(&stopped), TenantStatus::Active, "{word}");
    }
}

#[test]
fn seats_follow_the_provider_and_more_of_them_may_be_for_somebody() {
    let more = updated(&paying(), 2_000, "sub_1", "active", 30);
    assert!(more.seat_bought);
    let next = more.next.unwrap();
    assert_eq!((next.seats, next.subscription.seats_bought), (30, 20));
    let fewer = updated(&paying(), 2_000, "sub_1", "active", 3);
    assert!(!fewer.seat_bought);
    assert_eq!(fewer.next.unwrap().seats, 10, "those of the plan");
}

#[test]
fn a_seat_is_bought_for_somebody_where_none_is_free() {
    let mut now = paying();
    let checkout = json!({"id": "cs_1", "payment_status": "paid", "metadata": {"tenant_id": "x", "invite_email": "ada@acme.example"}});
    let seats = |now: &Subscribed| {
        effect(now, 2_000, "checkout.session.completed", checkout.clone())
            .next
            .unwrap()
            .seats
    };
    assert_eq!(seats(&now), 12);
    now.tenant.seats_taken = 12;
    assert_eq!(seats(&now), 13);
    now.subscription.last_event_at = 5_000;
    assert_eq!(seats(&now), 12, "a newer event has said how many there are");
}

#[test]
fn a_failed_payment_is_past_due_until_one_succeeds() {
    let now = paying();
    let invoice = json!({"id": "in_1", "amount_due": 5, "amount_paid": 5, "currency": "eur", "subscription": "sub_1"});
    let failed = effect(&now, 2_000, "invoice.payment_failed", invoice.clone());
    assert!(failed.notice.is_none(), "everything works meanwhile");
    let late = become_of(&now, failed.next.unwrap());
    assert_eq!(
        (late.subscription.status, late.tenant.status),
        (SubscriptionStatus::PastDue, TenantStatus::Active)
    );
    let paid = effect(&late, 3_000, "invoice.paid", invoice).next.unwrap();
    assert_eq!(paid.subscription.status, SubscriptionStatus::Active);
}
