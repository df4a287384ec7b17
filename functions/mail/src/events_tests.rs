#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use serde_json::{Value, json};
use tenant_context::UserId;

fn event(kind: &str, further: Value) -> Event {
    let mut event = json!({"eventType": kind, "mail": {"timestamp": "2026-01-01T00:00:00.000Z", "messageId": "m-1",
        "destination": ["ada@example.com"], "tags": {"ses:operation": ["SendEmail"]}}});
    for (name, value) in further.as_object().unwrap() {
        event
            .as_object_mut()
            .unwrap()
            .insert(name.clone(), value.clone());
    }
    serde_json::from_value(event).unwrap()
}

fn bounce(kind: &str) -> Event {
    event(
        "Bounce",
        json!({"bounce": {"bounceType": kind, "bounceSubType": "General",
        "bouncedRecipients": [{"emailAddress": "ada@example.com", "action": "failed"}]}}),
    )
}

#[test]
fn an_event_names_its_letter_by_the_tags() {
    let (user, letter) = (UserId::generate(), Uuid::now_v7());
    let mut sent = event("Send", json!({"send": {}}));
    assert_eq!(sent.outbox(), None);
    let tags = [("user", user.uuid()), ("letter", letter)];
    sent.mail
        .tags
        .extend(tags.map(|(name, id)| (name.to_owned(), vec![id.to_string()])));
    assert_eq!(sent.outbox(), Some(Outbox::User(user, letter)));
    sent.mail
        .tags
        .insert("tenant".to_owned(), vec!["x#OUTBOX".to_owned()]);
    assert_eq!(sent.outbox(), Some(Outbox::User(user, letter)));
    sent.mail
        .tags
        .insert("tenant".to_owned(), vec![letter.to_string()]);
    assert!(matches!(sent.outbox(), Some(Outbox::Tenant(_, id)) if id == letter));
}

#[test]
fn an_event_never_takes_a_letter_back() {
    let moves = |event: Event| event.moves();
    let (sent, from) = moves(event("Send", json!({}))).unwrap();
    assert_eq!((sent, from), (State::Sent, [].as_slice()));
    let (delivered, from) = moves(event("Delivery", json!({}))).unwrap();
    assert!(delivered == State::Delivered && from.contains(&"sent") && !from.contains(&"bounced"));
    let (bounced, from) = moves(bounce("Permanent")).unwrap();
    assert!(
        bounced == State::Bounced && from.contains(&"delivered") && !from.contains(&"suppressed")
    );
    assert_eq!(moves(bounce("Transient")), None);
    assert_eq!(moves(event("Open", json!({}))), None);
}

#[test]
fn only_what_is_for_good_suppresses() {
    assert_eq!(
        bounce("Permanent").suppresses(),
        ("bounce", vec!["ada@example.com"])
    );
    for passing in [
        bounce("Transient"),
        bounce("Undetermined"),
        event("Delivery", json!({})),
    ] {
        assert!(passing.suppresses().1.is_empty());
    }
    let complaint = event(
        "Complaint",
        json!({"complaint": {"complainedRecipients": [{"emailAddress": "Bo@example.com"}]}}),
    );
    assert_eq!(
        complaint.suppresses(),
        ("complaint", vec!["Bo@example.com"])
    );
}
