#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use sign_in::link::{Link, Purpose};

fn invitation() -> Notice {
    Notice::Invitation {
        tenant_name: "Initech".into(),
        inviter_name: "Bill".into(),
        role: "viewer".into(),
        link: Link::new(Purpose::Invitation, Uuid::new_v4(), Uuid::new_v4()),
    }
}

#[test]
fn a_letter_comes_back_as_it_was_stored() {
    for notice in [
        invitation(),
        Notice::PasswordReset,
        Notice::TrialEnding { days: 3 },
    ] {
        let item = OutboxItem {
            id: Uuid::new_v4(),
            state: State::Queued,
            letter: Letter::new("ada@example.com", "Ada", notice),
            ttl: 1,
        };
        let stored: std::collections::HashMap<String, serde_dynamo::AttributeValue> =
            serde_dynamo::to_item(&item).unwrap();
        let read: OutboxItem = serde_dynamo::from_item(stored).unwrap();
        assert_eq!((read.id, read.state), (item.id, item.state));
        assert!(read.letter == item.letter);
    }
}

#[test]
fn one_event_makes_one_id() {
    let about = |event: &[&str]| Letter::about(event, "", "", Notice::TrialEnded).id;
    assert_eq!(about(&["trial-ended", "a"]), about(&["trial-ended", "a"]));
    assert_ne!(about(&["trial-ended", "a"]), about(&["trial-ended", "b"]));
    assert_ne!(about(&["ab", "c"]), about(&["a", "bc"]));
    let fresh = || Letter::new("", "", Notice::Welcome).id;
    assert_ne!(fresh(), fresh());
}

#[test]
fn a_masked_address_names_nobody() {
    assert_eq!(masked("ada.lovelace@example.com"), "a…@example.com");
    assert_eq!(masked("é@example.com"), "é…@example.com");
}

#[test]
fn the_log_names_nobody() {
    let letter = Letter::new("ada@example.com", "Ada", invitation());
    let shown = format!("{letter:?}");
    assert!(!shown.contains("ada") && !shown.contains("Ada") && !shown.contains("Bill"));
}
