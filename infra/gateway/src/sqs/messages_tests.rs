#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
use super::*;
use serde_json::json;

fn settings(properties: &serde_json::Value) -> Settings {
    Settings::read(properties).unwrap()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn draft(body: &str, group: Option<&str>) -> Draft {
    Draft {
        body: body.to_owned(),
        group: group.map(str::to_owned),
        deduplication: group.map(|_| body.to_owned()),
        ..Draft::default()
    }
}

fn bodies(messages: &[Message]) -> Vec<&str> {
    let bodies = messages.iter().map(|message| message.draft.body.as_str());
    bodies.collect()
}

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

#[test]
fn what_was_received_is_hidden_until_it_is_deleted_or_its_time_is_over() {
    let settings = settings(&json!({}));
    let mut queue = Messages::default();
    queue.add(&settings, draft("a", None), at(0));
    queue.add(&settings, draft("b", None), at(0));
    let (first, _) = queue.receive(&settings, 1, MINUTE, at(1));
    assert_eq!(bodies(&first), ["a"]);
    let (second, _) = queue.receive(&settings, 10, MINUTE, at(1));
    assert_eq!(bodies(&second), ["b"]);
    queue.delete(&second[0].receipt_handle()).unwrap();
    assert!(queue.receive(&settings, 10, MINUTE, at(60)).0.is_empty());
    let (again, _) = queue.receive(&settings, 10, MINUTE, at(61));
    assert_eq!((bodies(&again), again[0].received), (vec!["a"], 2));
    // The first receipt is overtaken: it neither deletes nor hides.
    queue.delete(&first[0].receipt_handle()).unwrap();
    assert_eq!(queue.counts(at(62)).in_flight, 1);
    let hide = |queue: &mut Messages, message: &Message, now| {
        queue.hide(&message.receipt_handle(), HOUR, now)
    };
    assert_eq!(hide(&mut queue, &first[0], at(62)), Err(Stale::NotInFlight));
    hide(&mut queue, &again[0], at(62)).unwrap();
    assert_eq!(queue.next_visible(at(62)), Some(at(62 + 3600)));
    assert_eq!(
        hide(&mut queue, &again[0], at(4000)),
        Err(Stale::NotInFlight)
    );
    assert_eq!(queue.delete("nonsense"), Err(Stale::Unknown));
}

#[test]
fn what_comes_again_is_in_hand_until_both_are_done_with_it() {
    let settings = settings(&json!({}));
    let mut queue = Messages::default();
    queue.add(&settings, draft("a", None), at(0));
    let number = queue.last();
    let take = |queue: &mut Messages, now| {
        let (messages, _) = queue.receive(&settings, 1, MINUTE, now);
        queue.take_in_hand(&messages);
        messages[0].receipt_handle()
    };
    let (first, second) = (take(&mut queue, at(1)), take(&mut queue, at(70)));
    assert!(queue.is_in_hand(number));
    queue.settle(&first);
    assert!(queue.is_in_hand(number));
    queue.settle(&second);
    assert!(!queue.is_in_hand(number));
}

#[test]
fn a_delayed_message_waits_and_an_old_one_is_forgotten() {
    let settings = settings(&json!({"DelaySeconds": 10, "MessageRetentionPeriod": 100}));
    let mut queue = Messages::default();
    queue.add(&settings, draft("a", None), at(0));
    let sooner = Draft {
        delay: Some(SignedDuration::ZERO),
        ..draft("b", None)
    };
    queue.add(&settings, sooner, at(0));
    assert_eq!(
        queue.counts(at(0)),
        Counts {
            visible: 1,
            in_flight: 0,
            delayed: 1
        }
    );
    let (given, _) = queue.receive(&settings, 10, MINUTE, at(0));
    assert_eq!(bodies(&given), ["b"]);
    let (given, _) = queue.receive(&settings, 10, MINUTE, at(10));
    assert_eq!(bodies(&given), ["a"]);
    assert!(queue.receive(&settings, 10, MINUTE, at(101)).0.is_empty());
    assert_eq!(queue.counts(at(101)), Counts::default());
}

#[test]
fn what_was_received_too_often_is_taken_out() {
    let settings = settings(
        &json!({"RedrivePolicy": {"deadLetterTargetArn": "arn:dead", "maxReceiveCount": 2}}),
    );
    let mut queue = Messages::default();
    queue.add(&settings, draft("a", None), at(0));
    for second in [0, 100] {
        let (given, dead) = queue.receive(&settings, 1, MINUTE, at(second));
        assert_eq!((given.len(), dead.len()), (1, 0));
    }
    let (given, dead) = queue.receive(&settings, 1, MINUTE, at(200));
    assert!(given.is_empty());
    assert_eq!(bodies(&dead), ["a"]);
    let mut dead_letters = Messages::default();
    dead_letters.add_dead(dead[0].clone(), "arn:queue");
    let (given, _) = dead_letters.receive(&Settings::read(&json!({})).unwrap(), 1, MINUTE, at(201));
    assert_eq!(given[0].dead_from.as_deref(), Some("arn:queue"));
    assert_eq!((given[0].received, given[0].sent), (1, at(0)));
}

#[test]
fn nothing_overtakes_its_own_group() {
    let settings = settings(&json!({"FifoQueue": true}));
    let mut queue = Messages::default();
    for (body, group) in [("a1", "a"), ("a2", "a"), ("b1", "b"), ("a3", "a")] {
        queue.add(&settings, draft(body, Some(group)), at(0));
    }
    let (first, _) = queue.receive(&settings, 2, MINUTE, at(0));
    assert_eq!(bodies(&first), ["a1", "a2"]);
    let (second, _) = queue.receive(&settings, 10, MINUTE, at(0));
    assert_eq!(bodies(&second), ["b1"], "a3 waits for a1 and a2");
    assert!(!queue.is_waiting(true, u64::MAX, at(0)));
    queue.delete(&first[0].receipt_handle()).unwrap();
    assert!(queue.receive(&settings, 10, MINUTE, at(1)).0.is_empty());
    queue.delete(&first[1].receipt_handle()).unwrap();
    assert!(queue.is_waiting(true, 4, at(1)) && !queue.is_waiting(true, 3, at(1)));
    let (third, _) = queue.receive(&settings, 10, MINUTE, at(1));
    assert_eq!(bodies(&third), ["a3"]);
}

#[test]
fn a_repeated_message_is_known_for_five_minutes() {
    let settings = settings(&json!({"FifoQueue": true}));
    let mut queue = Messages::default();
    let first = queue.add(&settings, draft("x", Some("g")), at(0));
    let again = queue.add(&settings, draft("x", Some("g")), at(299));
    assert_eq!((first.id.clone(), first.number), (again.id, again.number));
    let (given, _) = queue.receive(&settings, 10, MINUTE, at(299));
    queue.delete(&given[0].receipt_handle()).unwrap();
    assert_eq!(
        queue.add(&settings, draft("x", Some("g")), at(299)).id,
        first.id,
        "also after it was deleted"
    );
    assert!(queue.receive(&settings, 10, MINUTE, at(299)).0.is_empty());
    assert_ne!(
        queue.add(&settings, draft("x", Some("g")), at(300)).id,
        first.id
    );
}
