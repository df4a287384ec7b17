//! Functions die and answers get lost; the letter still goes out, and once.

use super::{address, invite, simulated, state, until};
use crate::faults::work::{Work, is_done_once_whatever_befalls};
use std::time::Duration;
use tests::{TestCloud, TestTenant};

/// Longer than the patience of the queue, which brings again what was not done.
const PATIENCE: Duration = Duration::from_secs(12);

/// A letter that somebody gets.
struct Letter {
    tenant: TestTenant,
    email: String,
}

impl Work for Letter {
    async fn ready(cloud: &'static TestCloud) -> Self {
        Self {
            tenant: TestTenant::create(cloud, "acme").await,
            email: address(),
        }
    }

    async fn begin(&self, _: &'static TestCloud) {
        invite(&self.tenant, &self.email).await;
    }

    /// What is done again is so after the queue's patience, which passes by itself: the sender goes by the time that it is.
    async fn again(&self, _: &'static TestCloud) {}

    async fn assert_done(&self, cloud: &'static TestCloud) {
        until(cloud, &self.email, "delivered").await;
        tokio::time::sleep(PATIENCE).await;
        cloud.settled().await;
        assert_eq!(cloud.letters(&self.email).len(), 1);
        assert_eq!(state(cloud, &self.email), "delivered");
    }
}

#[tokio::test]
async fn a_letter_goes_out_once_whatever_befalls_who_tells_its_sender() {
    is_done_once_whatever_befalls::<Letter>("stream-fanout").await;
}

#[tokio::test]
async fn a_letter_goes_out_once_whatever_befalls_its_sender() {
    is_done_once_whatever_befalls::<Letter>("emails-send").await;
}

#[tokio::test]
async fn a_letter_is_noted_as_delivered_whatever_befalls_who_notes_it() {
    is_done_once_whatever_befalls::<Letter>("emails-feedback").await;
}

/// A letter that nobody gets: its address gets no more.
struct Bounced(Letter);

impl Work for Bounced {
    async fn ready(cloud: &'static TestCloud) -> Self {
        Self(Letter {
            email: simulated("bounce"),
            ..Letter::ready(cloud).await
        })
    }

    async fn begin(&self, cloud: &'static TestCloud) {
        self.0.begin(cloud).await;
    }

    async fn again(&self, _: &'static TestCloud) {}

    async fn assert_done(&self, cloud: &'static TestCloud) {
        let email = &self.0.email;
        until(cloud, email, "bounced").await;
        assert_eq!(cloud.letters(email).len(), 1);
        let second = TestTenant::create(cloud, "globex").await;
        invite(&second, email).await;
        cloud.settled().await;
        assert_eq!(cloud.letters(email).len(), 1, "it gets another letter");
    }
}

#[tokio::test]
async fn an_address_that_bounced_gets_no_more_whatever_befalls_who_notes_it() {
    is_done_once_whatever_befalls::<Bounced>("emails-feedback").await;
}
