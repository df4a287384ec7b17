//! One queue: its messages, and who waits for them.

use super::message::{Draft, Message};
use super::messages::{Counts, Messages, Stale};
use super::settings::Settings;
use crate::clock::Clock;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// A queue of the template.
#[derive(Debug)]
pub struct Queue {
    name: String,
    arn: String,
    region: String,
    pub(crate) settings: Settings,
    clock: Arc<Clock>,
    messages: Mutex<Messages>,
    /// Counts what may have made a message visible.
    changes: watch::Sender<u64>,
    /// Whether something is not saved yet.
    unsaved: AtomicBool,
    dead_letters: OnceLock<Arc<Queue>>,
}

/// How messages are to be given out.
struct Asked {
    visibility: SignedDuration,
    by_poller: bool,
}

impl Queue {
    pub(crate) fn new(
        name: &str,
        arn: String,
        region: &str,
        settings: Settings,
        clock: Arc<Clock>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            arn,
            region: region.to_owned(),
            settings,
            clock,
            messages: Mutex::default(),
            changes: watch::Sender::new(0),
            unsaved: AtomicBool::new(false),
            dead_letters: OnceLock::new(),
        }
    }

    /// Set once, when all queues are known.
    pub(crate) fn set_dead_letters(&self, queue: Arc<Queue>) {
        let _ = self.dead_letters.set(queue);
    }

    /// Its logical id.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its ARN.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// Whether it keeps the order of each message group.
    pub fn is_fifo(&self) -> bool {
        self.settings.fifo
    }

    /// For how long a received message is hidden.
    pub fn visibility_timeout(&self) -> Duration {
        self.settings.visibility.unsigned_abs()
    }

    /// What is in it, to be kept; `restore` puts it back.
    pub(crate) fn kept(&self) -> serde_json::Result<Value> {
        serde_json::to_value(&*self.messages())
    }

    pub(crate) fn restore(&self, kept: Value) -> serde_json::Result<()> {
        *self.messages() = serde_json::from_value(kept)?;
        Ok(())
    }

    /// Whether something changed since this was asked last.
    pub(crate) fn take_unsaved(&self) -> bool {
        self.unsaved.swap(false, Ordering::SeqCst)
    }

    fn messages(&self) -> MutexGuard<'_, Messages> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whoever waits for messages looks again.
    pub(crate) fn wake(&self) {
        self.unsaved.store(true, Ordering::SeqCst);
        self.changes.send_modify(|count| *count += 1);
    }

    pub(crate) fn add(&self, draft: Draft) -> Message {
        let message = self.messages().add(&self.settings, draft, self.now());
        self.wake();
        message
    }

    /// Puts a message into the queue, as a service of AWS does.
    pub fn send(&self, body: String) {
        let id = uuid::Uuid::new_v4().to_string();
        let fifo = self.settings.fifo;
        self.add(Draft {
            body,
            group: fifo.then(|| "service".to_owned()),
            deduplication: fifo.then_some(id),
            sender: "service".to_owned(),
            ..Draft::default()
        });
    }

    fn try_receive(&self, most: usize, asked: &Asked) -> Vec<Message> {
        let (given, dead) = {
            let mut messages = self.messages();
            let received = messages.receive(&self.settings, most, asked.visibility, self.now());
            if asked.by_poller {
                messages.take_in_hand(&received.0);
            }
            received
        };
        if !given.is_empty() || !dead.is_empty() {
            self.unsaved.store(true, Ordering::SeqCst);
        }
        if let Some(target) = self.dead_letters.get() {
            for message in dead {
                tracing::debug!("{}: a message goes to {}", self.name, target.name);
                target.messages().add_dead(message, &self.arn);
                target.wake();
            }
        }
        given
    }

    /// Takes messages, waiting for the first.
    pub(crate) async fn receive(
        &self,
        most: usize,
        visibility: SignedDuration,
        wait: Duration,
    ) -> Vec<Message> {
        let asked = Asked {
            visibility,
            by_poller: false,
        };
        self.receive_as(most, &asked, wait).await
    }

    async fn receive_as(&self, most: usize, asked: &Asked, wait: Duration) -> Vec<Message> {
        let deadline = Instant::now() + wait;
        let mut changes = self.changes.subscribe();
        loop {
            changes.mark_unchanged();
            let given = self.try_receive(most, asked);
            let left = deadline.saturating_duration_since(Instant::now());
            if !given.is_empty() || left.is_zero() {
                return given;
            }
            let now = self.now();
            let next = self.messages().next_visible(now);
            let pause = next.map_or(left, |next| {
                // A little more, so that the time is over when we look.
                let until = next.duration_since(now).unsigned_abs() + Duration::from_millis(1);
                until.min(left)
            });
            tokio::select! {
                _ = changes.changed() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Takes messages in the form of a function's event, waiting for the first. Each is to be settled.
    pub async fn receive_records(&self, most: usize, wait: Duration) -> Vec<Value> {
        let asked = Asked {
            visibility: self.settings.visibility,
            by_poller: true,
        };
        let received = self.receive_as(most, &asked, wait).await;
        let record = |message: &Message| message.for_event(self.is_fifo(), &self.arn, &self.region);
        received.iter().map(record).collect()
    }

    /// Ends a poller's work on a message: it is deleted, or left until its visibility time-out is over.
    pub fn settle(&self, handle: &str, deleted: bool) {
        if deleted {
            // The function may have deleted it itself, or its time may be over: both are no matter of the poller's.
            let _ = self.delete(handle);
        }
        self.messages().settle(handle);
    }

    pub(crate) fn delete(&self, handle: &str) -> Result<(), Stale> {
        let result = self.messages().delete(handle);
        // In a FIFO queue the next of its group can now be seen.
        self.wake();
        result
    }

    pub(crate) fn hide(&self, handle: &str, by: SignedDuration) -> Result<(), Stale> {
        let result = self.messages().hide(handle, by, self.now());
        self.wake();
        result
    }

    pub(crate) fn counts(&self) -> Counts {
        self.messages().counts(self.now())
    }

    /// The number of the message that was added last.
    pub fn last_number(&self) -> u64 {
        self.messages().last()
    }

    /// Whether a message up to the one of this number could be received now, or is being worked on by a poller.
    pub fn is_outstanding(&self, up_to: u64) -> bool {
        let now = self.now();
        let messages = self.messages();
        messages.is_waiting(self.settings.fifo, up_to, now) || messages.is_in_hand(up_to)
    }

    /// The bodies of all messages, hidden ones too, in order. For tests.
    pub fn bodies(&self) -> Vec<String> {
        let messages = self.messages();
        messages
            .iter()
            .map(|message| message.draft.body.clone())
            .collect()
    }
}
