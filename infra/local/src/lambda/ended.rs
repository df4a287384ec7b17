//! Invocations as they end, for whoever measures them.

use super::Invoked;
use crate::sync::locked;
use axum::body::Bytes;
use std::{
    sync::{Mutex, mpsc},
    time::Duration,
};

/// One invocation that has ended.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The function's logical id.
    pub function: String,
    /// The function's memory in the template.
    pub memory_mb: u64,
    /// The event it got.
    pub payload: Bytes,
    /// What it came to.
    pub answer: Invoked,
    /// From the hand-over of the event to the answer.
    pub duration: Duration,
    /// From the start of the process to the answer, when it is the first of its process.
    pub since_start: Option<Duration>,
}

/// Gets every invocation that ends while it lives.
pub type Watch = mpsc::Receiver<Invocation>;

#[derive(Default)]
pub(crate) struct Watchers(Mutex<Vec<mpsc::Sender<Invocation>>>);

impl Watchers {
    pub(crate) fn add(&self) -> Watch {
        let (sender, receiver) = mpsc::channel();
        locked(&self.0).push(sender);
        receiver
    }

    /// Makes nothing while nobody watches.
    pub(crate) fn tell(&self, invocation: impl FnOnce() -> Invocation) {
        let mut watchers = locked(&self.0);
        if watchers.is_empty() {
            return;
        }
        let invocation = invocation();
        watchers.retain(|watcher| watcher.send(invocation.clone()).is_ok());
    }
}
