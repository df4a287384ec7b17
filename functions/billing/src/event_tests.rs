#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use super::*;
use serde_json::json;

const TENANT: &str = "ten_0198c5f0-0000-7000-8000-00000000000a";

fn event(kind: &str, object: Value) -> ProviderEvent {
    let event = json!({"id": "evt_1", "type": kind, "created": 1_000, "api_version": "2026-01-01", "data": {"object": object}});
    serde_json::from_value(event).unwrap()
}

#[test]
fn a_subscription_in_both_forms_of_its_period() {
    let (start, end) = (
        Some("1970-01-01T00:00:10.000Z".to_owned()),
        Some("1970-01-01T00:00:20.000Z".to_owned()),
    );
    let expected = |status: &str| {
        Happened::Subscribed(Subscription {
            id: "sub_1".to_owned(),
            customer: Some("cus_1".to_owned()),
            status: status.to_owned(),
            seats: Some(30),
            period: (start.clone(), end.clone()),
        })
    };
    let older = json!({"id": "sub_1", "customer": "cus_1", "status": "active", "current_period_start": 10, "current_period_end": 20,
        "items": {"data": [{"quantity": 30}]}});
    let newer = json!({"id": "sub_1", "customer": "cus_1", "status": "active",
        "items": {"data": [{"quantity": 30, "current_period_start": 10, "current_period_end": 20}]}});
    for object in [older, newer] {
        assert_eq!(
            event("customer.subscription.updated", object.clone())
                .happened()
                .unwrap(),
            expected("active")
        );
        assert_eq!(
            event("customer.subscription.deleted", object)
                .happened()
                .unwrap(),
            expected("canceled")
        );
    }
}

#[test]
fn an_invoice_says_what_was_paid_or_should_have_been() {
    let object = json!({"id": "in_1", "amount_paid": 0, "amount_due": 9_900, "currency": "eur",
        "parent": {"subscription_details": {"subscription": "sub_1", "metadata": {"tenant_id": TENANT}}}});
    let failed = event("invoice.payment_failed", object);
    let Some(Happened::Invoiced(invoice)) = failed.happened() else {
        panic!("an invoice")
    };
    assert_eq!(
        (invoice.amount, invoice.currency.as_str(), invoice.is_paid),
        (9_900, "EUR", false)
    );
    assert_eq!(invoice.subscription.as_deref(), Some("sub_1"));
    assert!(failed.metadata().tenant.is_some());
}

#[test]
fn a_checkout_that_is_not_paid_yet_is_nothing_yet() {
    let checkout = |status: &str| {
        event(
            "checkout.session.completed",
            json!({"id": "cs_1", "payment_status": status}),
        )
    };
    assert!(checkout("paid").happened().is_some());
    assert_eq!(checkout("unpaid").happened(), None);
}

#[test]
fn metadata_is_taken_as_far_as_it_is_what_we_gave() {
    let read = |data: Value| event("x", json!({"metadata": data})).metadata();
    let good = read(
        json!({"tenant_id": TENANT, "plan": "team", "invite_email": "ada@acme.example", "invite_role": "manager"}),
    );
    assert_eq!(
        good.tenant,
        TENANT.strip_prefix("ten_").unwrap().parse().ok()
    );
    assert_eq!(good.invite.unwrap().1, Role::Manager);
    for (role, given) in [
        ("owner", Role::Viewer),
        ("emperor", Role::Viewer),
        ("admin", Role::Admin),
    ] {
        let data = read(
            json!({"tenant_id": TENANT, "invite_email": "ada@acme.example", "invite_role": role}),
        );
        assert_eq!(data.invite.unwrap().1, given, "{role}");
    }
    assert_eq!(
        read(json!({"tenant_id": TENANT, "invite_email": "no address"})).invite,
        None
    );
    for wrong in [
        "",
        "ten_",
        "acme",
        "ten_0198C5F0-0000-7000-8000-00000000000A",
        "ten_0198c5f0000070008000000000000000a",
        "usr_0198c5f0-0000-7000-8000-00000000000a",
    ] {
        assert_eq!(read(json!({"tenant_id": wrong})).tenant, None, "{wrong}");
    }
}

#[test]
fn an_id_that_could_be_another_key_is_refused() {
    for id in ["", "evt#1", "evt_ä", &"e".repeat(256)] {
        let mut event = event("x", json!({}));
        id.clone_into(&mut event.id);
        assert_eq!(
            event.check().unwrap_err().kind(),
            Kind::ValidationFailed,
            "{id}"
        );
    }
    assert!(event("x", json!({})).check().is_ok());
}
