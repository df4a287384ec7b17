#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use mail::outbox::{Letter, Notice};
use problem::Kind;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};
use tenant_context::UserId;

const LEASE: i64 = 100;

/// One letter, kept as the tables keep it.
struct Shelf {
    item: Mutex<Option<Stored>>,
    suppressed: bool,
    /// The next `finish` fails, as when the process dies before it.
    dies: Mutex<bool>,
}

impl Shelf {
    fn item(&self) -> MutexGuard<'_, Option<Stored>> {
        self.item.lock().unwrap()
    }

    fn change(&self, when: impl FnOnce(&Stored) -> bool, to: impl FnOnce(&mut Stored)) -> bool {
        let mut item = self.item();
        let item = item.as_mut().unwrap();
        let holds = when(item);
        if holds {
            to(item);
        }
        holds
    }
}

impl Letters for Shelf {
    async fn find(&self, _: Outbox) -> Result<Option<Stored>, Problem> {
        Ok(self.item().clone())
    }

    async fn is_suppressed(&self, _: &str) -> Result<bool, Problem> {
        Ok(self.suppressed)
    }

    async fn branding(&self, _: StoredTenantId) -> Result<Branding, Problem> {
        Ok(Branding::default())
    }

    async fn take(
        &self,
        _: Outbox,
        found: &Stored,
        attempt: Uuid,
        lease_until: i64,
    ) -> Result<bool, Problem> {
        let as_found = (found.state, found.attempt);
        Ok(self.change(
            |item| (item.state, item.attempt) == as_found,
            |item| {
                item.state = State::Sending;
                item.attempt = Some(attempt);
                item.lease_until = lease_until;
            },
        ))
    }

    async fn leave(&self, _: Outbox, found: &Stored, state: State) -> Result<(), Problem> {
        let as_found = (found.state, found.attempt);
        self.change(
            |item| (item.state, item.attempt) == as_found,
            |item| item.state = state,
        );
        Ok(())
    }

    async fn finish(&self, _: Outbox, attempt: Uuid, to: Move) -> Result<(), Problem> {
        if std::mem::take(&mut *self.dies.lock().unwrap()) {
            return Err(Kind::Unavailable.into());
        }
        self.change(
            |item| item.state == State::Sending && item.attempt == Some(attempt),
            |item| {
                item.state = match to {
                    Move::Sent(_) => State::Sent,
                    Move::Back => State::Queued,
                    Move::Failed(_) => State::Failed,
                }
            },
        );
        Ok(())
    }
}

/// Answers as it was told to, and counts what really went out.
struct FakeSes {
    answers: Mutex<VecDeque<Outcome>>,
    asked: Mutex<u32>,
}

impl Post for FakeSes {
    async fn send(&self, _: Envelope<'_>) -> Outcome {
        *self.asked.lock().unwrap() += 1;
        let told = self.answers.lock().unwrap().pop_front();
        told.unwrap_or(Outcome::Taken("m-1".to_owned()))
    }
}

fn sender(answers: &[Outcome]) -> Sender<Shelf, FakeSes> {
    let letter = Letter::new("ada@example.com", "Ada", Notice::PasswordChanged);
    let item = Stored {
        state: State::Queued,
        letter,
        attempt: None,
        lease_until: 0,
    };
    Sender {
        letters: Shelf {
            item: Mutex::new(Some(item)),
            suppressed: false,
            dies: Mutex::new(false),
        },
        post: FakeSes {
            answers: Mutex::new(answers.to_vec().into()),
            asked: Mutex::new(0),
        },
        links: None,
        console_url: "https://app.example".to_owned(),
        lease_seconds: LEASE,
    }
}

impl Sender<Shelf, FakeSes> {
    async fn at(&self, now: i64) -> Verdict {
        let outbox = Outbox::User(UserId::generate(), Uuid::now_v7());
        self.attempt(outbox, 1, now).await
    }

    fn state(&self) -> State {
        self.letters.item().as_ref().unwrap().state
    }

    fn asked(&self) -> u32 {
        *self.post.asked.lock().unwrap()
    }

    /// What SES's `Send` event does.
    fn send_event(&self) {
        self.letters
            .change(|_| true, |item| item.state = State::Sent);
    }
}

#[tokio::test]
async fn a_letter_is_sent_once_however_often_the_queue_brings_it() {
    let sender = sender(&[]);
    for _ in 0..3 {
        assert_eq!(sender.at(0).await, Verdict::Done);
        assert_eq!((sender.state(), sender.asked()), (State::Sent, 1));
    }
}

#[tokio::test]
async fn a_busy_service_is_asked_again_and_later_each_time() {
    let sender = sender(&[Outcome::Busy, Outcome::Busy]);
    for _ in 0..2 {
        assert!(matches!(sender.at(0).await, Verdict::Again(_)));
        assert_eq!(sender.state(), State::Queued);
    }
    assert_eq!(sender.at(0).await, Verdict::Done);
    assert_eq!((sender.state(), sender.asked()), (State::Sent, 3));

    for (received, most) in [(1, 2), (2, 4), (3, 8), (9, 512), (10, 900), (1000, 900)] {
        for _ in 0..20 {
            let wait = wait(received).as_secs_f64();
            assert!(
                wait <= f64::from(most) && wait >= f64::from(most) / 2.0,
                "{received}: {wait}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_refused_for_good_is_never_tried_again() {
    let sender = sender(&[Outcome::Refused("MessageRejected".to_owned())]);
    assert_eq!(sender.at(0).await, Verdict::Done);
    assert_eq!(sender.at(LEASE * 2).await, Verdict::Done);
    assert_eq!((sender.state(), sender.asked()), (State::Failed, 1));
}

#[tokio::test]
async fn after_a_lost_answer_the_send_event_saves_a_second_message() {
    let sender = sender(&[Outcome::Unknown]);
    assert_eq!(sender.at(0).await, Verdict::Again(seconds(LEASE)));
    // Within the lease nobody sends.
    assert_eq!(sender.at(LEASE - 1).await, Verdict::Again(seconds(1)));
    sender.send_event();
    assert_eq!(sender.at(LEASE + 1).await, Verdict::Done);
    assert_eq!((sender.state(), sender.asked()), (State::Sent, 1));
}

#[tokio::test]
async fn a_death_after_ses_accepted_is_a_lost_answer() {
    let sender = sender(&[]);
    *sender.letters.dies.lock().unwrap() = true;
    assert_eq!(sender.at(0).await, Verdict::Again(seconds(LEASE)));
    assert_eq!(sender.state(), State::Sending);
    sender.send_event();
    assert_eq!(sender.at(LEASE + 1).await, Verdict::Done);
    assert_eq!(sender.asked(), 1);
}

#[tokio::test]
async fn without_answer_and_event_it_is_sent_again() {
    let sender = sender(&[Outcome::Unknown]);
    sender.at(0).await;
    assert_eq!(sender.at(LEASE + 1).await, Verdict::Done);
    assert_eq!((sender.state(), sender.asked()), (State::Sent, 2));
}

#[tokio::test]
async fn a_letter_that_has_moved_on_since_it_was_read_is_left_alone() {
    let sender = sender(&[]);
    let found = sender.letters.item().clone().unwrap();
    let outbox = Outbox::User(UserId::generate(), found.letter.id);
    sender
        .letters
        .change(|_| true, |item| item.attempt = Some(Uuid::now_v7()));
    let verdict = sender
        .send(outbox, &found, &Branding::default(), 1, 0)
        .await;
    assert_eq!(verdict.unwrap(), Verdict::Again(seconds(LEASE)));
    assert_eq!(sender.asked(), 0);
}

#[tokio::test]
async fn a_suppressed_address_gets_nothing() {
    let mut sender = sender(&[]);
    sender.letters.suppressed = true;
    assert_eq!(sender.at(0).await, Verdict::Done);
    assert_eq!((sender.state(), sender.asked()), (State::Suppressed, 0));
}

#[tokio::test]
async fn a_letter_that_is_gone_is_done() {
    let sender = sender(&[]);
    *sender.letters.item() = None;
    assert_eq!(sender.at(0).await, Verdict::Done);
    assert_eq!(sender.asked(), 0);
}

#[tokio::test]
async fn nobody_gets_a_link_of_somebody_elses_made() {
    let (user, letter) = (UserId::generate(), Uuid::now_v7());
    let own = Link::new(Purpose::ResetPassword, user.uuid(), letter);
    let foreign = Link::new(Purpose::ResetPassword, letter, letter);
    let of_a_tenant = Link::new(Purpose::Invitation, user.uuid(), letter);
    for (link, state, asked) in [
        (own, State::Sent, 1),
        (foreign, State::Failed, 0),
        (of_a_tenant, State::Failed, 0),
    ] {
        let sender = sender(&[]);
        sender.letters.change(
            |_| true,
            |item| item.letter.notice = Notice::ResetPassword { link },
        );
        sender.attempt(Outbox::User(user, letter), 1, 0).await;
        assert_eq!((sender.state(), sender.asked()), (state, asked), "{link:?}");
    }
}
