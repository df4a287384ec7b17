//! The messages of one queue, and the rules by which they are given out. Time is passed in, so that it may be any.

use super::message::{Draft, Message, Receipt};
use super::settings::Settings;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// For so long a FIFO queue knows a message again.
const DEDUPLICATION: SignedDuration = SignedDuration::from_mins(5);

/// What is in a queue.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Messages {
    /// By number, which is their order.
    all: BTreeMap<u64, Message>,
    last: u64,
    /// What a FIFO queue has taken lately: when, and as which message.
    lately: BTreeMap<String, (Timestamp, Message)>,
    /// What a function's poller has received and not yet settled: the message's number, and which receipt of it. One that comes again
    /// while somebody still works on it is in hand twice.
    #[serde(skip)]
    in_hand: BTreeSet<(u64, u32)>,
}

/// A receipt that is good no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stale {
    /// It is no receipt of this queue.
    Unknown,
    /// The message is deleted, visible again, or was received again since.
    NotInFlight,
}

/// How many messages there are, by what can be done with them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) visible: usize,
    pub(crate) in_flight: usize,
    pub(crate) delayed: usize,
}

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.saturating_add(by).unwrap_or(Timestamp::MAX)
}

impl Messages {
    /// Adds a message. A FIFO queue answers a repeated one with the first.
    pub(crate) fn add(&mut self, settings: &Settings, draft: Draft, now: Timestamp) -> Message {
        self.lately
            .retain(|_, (taken, _)| later(*taken, DEDUPLICATION) > now);
        let key = draft.deduplication.clone().filter(|_| settings.fifo);
        if let Some((_, first)) = key.as_ref().and_then(|key| self.lately.get(key)) {
            return first.clone();
        }
        let delay = draft.delay.unwrap_or(settings.delay);
        let message = self.insert(Message {
            number: 0,
            id: uuid::Uuid::new_v4().to_string(),
            draft,
            sent: now,
            visible: later(now, delay),
            received: 0,
            first_received: None,
            dead_from: None,
        });
        if let Some(key) = key {
            self.lately.insert(key, (now, message.clone()));
        }
        message
    }

    /// Adds a message that was received too often elsewhere. It keeps its age.
    pub(crate) fn add_dead(&mut self, message: Message, from: &str) {
        self.insert(Message {
            received: 0,
            first_received: None,
            visible: Timestamp::MIN,
            dead_from: Some(from.to_owned()),
            ..message
        });
    }

    fn insert(&mut self, message: Message) -> Message {
        self.last += 1;
        let message = Message {
            number: self.last,
            ..message
        };
        self.all.insert(self.last, message.clone());
        message
    }

    /// Gives out messages, and takes out those that were received too often.
    pub(crate) fn receive(
        &mut self,
        settings: &Settings,
        most: usize,
        visibility: SignedDuration,
        now: Timestamp,
    ) -> (Vec<Message>, Vec<Message>) {
        self.forget_old(settings, now);
        let most_receives = settings
            .redrive
            .as_ref()
            .map_or(u32::MAX, |redrive| redrive.most_receives);
        let mut dead = Vec::new();
        for number in self.deliverable(settings.fifo, now) {
            let worn = self.all.get(&number);
            if worn.is_some_and(|message| message.received >= most_receives) {
                dead.extend(self.all.remove(&number));
            }
        }
        // Asked again: what went away may have let others come forward.
        let numbers = self.deliverable(settings.fifo, now);
        let mut given = Vec::new();
        for number in numbers.into_iter().take(most) {
            if let Some(message) = self.all.get_mut(&number) {
                message.received += 1;
                message.first_received.get_or_insert(now);
                message.visible = later(now, visibility);
                given.push(message.clone());
            }
        }
        (given, dead)
    }

    /// What could be given out now, in order. In a FIFO queue nothing overtakes a message of its own group.
    fn deliverable(&self, fifo: bool, now: Timestamp) -> Vec<u64> {
        let mut held_up = BTreeSet::new();
        let mut numbers = Vec::new();
        for message in self.all.values() {
            let group = message.draft.group.as_deref().filter(|_| fifo);
            if message.visible > now {
                held_up.extend(group);
            } else if group.is_none_or(|group| !held_up.contains(group)) {
                numbers.push(message.number);
            }
        }
        numbers
    }

    fn forget_old(&mut self, settings: &Settings, now: Timestamp) {
        self.all
            .retain(|_, message| later(message.sent, settings.retention) > now);
    }

    fn received(&mut self, handle: &str) -> Result<&mut Message, Stale> {
        let receipt = Receipt::parse(handle).ok_or(Stale::Unknown)?;
        if receipt.number == 0 || receipt.number > self.last {
            return Err(Stale::Unknown);
        }
        self.all
            .get_mut(&receipt.number)
            .filter(|message| message.received == receipt.received)
            .ok_or(Stale::NotInFlight)
    }

    /// Deletes what was received. A receipt that has been overtaken deletes nothing.
    pub(crate) fn delete(&mut self, handle: &str) -> Result<(), Stale> {
        match self.received(handle) {
            Ok(message) => {
                let number = message.number;
                self.all.remove(&number);
                Ok(())
            }
            Err(Stale::NotInFlight) => Ok(()),
            Err(unknown) => Err(unknown),
        }
    }

    /// Sets anew for how long a message that is being worked on stays hidden.
    pub(crate) fn hide(
        &mut self,
        handle: &str,
        by: SignedDuration,
        now: Timestamp,
    ) -> Result<(), Stale> {
        let message = self.received(handle)?;
        if message.visible <= now {
            return Err(Stale::NotInFlight);
        }
        message.visible = later(now, by);
        Ok(())
    }

    /// When the next hidden message can be seen again.
    pub(crate) fn next_visible(&self, now: Timestamp) -> Option<Timestamp> {
        let hidden = self.all.values().map(|message| message.visible);
        hidden.filter(|visible| *visible > now).min()
    }

    pub(crate) fn counts(&self, now: Timestamp) -> Counts {
        let mut counts = Counts::default();
        for message in self.all.values() {
            if message.visible <= now {
                counts.visible += 1;
            } else if message.received > 0 {
                counts.in_flight += 1;
            } else {
                counts.delayed += 1;
            }
        }
        counts
    }

    /// The number of the message added last.
    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    /// Whether a message up to this one could be given out now.
    pub(crate) fn is_waiting(&self, fifo: bool, up_to: u64, now: Timestamp) -> bool {
        self.deliverable(fifo, now)
            .first()
            .is_some_and(|number| *number <= up_to)
    }

    /// Notes that a poller works on these.
    pub(crate) fn take_in_hand(&mut self, messages: &[Message]) {
        let receipts = messages.iter();
        self.in_hand
            .extend(receipts.map(|message| (message.number, message.received)));
    }

    /// Notes that a poller is done with what this receipt is for.
    pub(crate) fn settle(&mut self, handle: &str) {
        if let Some(receipt) = Receipt::parse(handle) {
            self.in_hand.remove(&(receipt.number, receipt.received));
        }
    }

    /// Whether a poller works on a message up to this one.
    pub(crate) fn is_in_hand(&self, up_to: u64) -> bool {
        let first = self.in_hand.first();
        first.is_some_and(|(number, _)| *number <= up_to)
    }

    /// Every message there is, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Message> {
        self.all.values()
    }
}

#[cfg(test)]
#[path = "messages_tests.rs"]
mod tests;
