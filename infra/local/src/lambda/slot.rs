//! The Runtime API's side of one execution environment: the work that waits for the process, and what it answered.

use crate::sync::locked;
use axum::body::Bytes;
use std::sync::{
    Mutex,
    atomic::{AtomicBool, Ordering},
};
use tokio::sync::{mpsc, oneshot, watch};

/// One invocation on its way to a process.
pub(crate) struct Work {
    pub(crate) request_id: String,
    pub(crate) deadline_ms: u64,
    pub(crate) function_arn: String,
    pub(crate) trace_id: String,
    pub(crate) payload: Bytes,
    pub(crate) answer: oneshot::Sender<Answer>,
}

/// What the process said about an invocation.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The function's own result.
    Response(Bytes),
    /// The runtime reported an error, or the result was refused.
    Error(Bytes),
}

/// Where a process is in its life.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Phase {
    /// Started; has not asked for work yet.
    Starting,
    /// Waits for work.
    Idle,
    /// Has work.
    Busy,
    /// Reported that it could not start, with its error document.
    InitFailed(Bytes),
}

struct Current {
    request_id: String,
    answer: oneshot::Sender<Answer>,
}

/// The meeting point of a process and the pool that uses it.
pub(crate) struct Slot {
    pub(crate) function: String,
    inbox: tokio::sync::Mutex<mpsc::Receiver<Work>>,
    current: Mutex<Option<Current>>,
    phase: watch::Sender<Phase>,
    extension: AtomicBool,
}

impl Slot {
    pub(crate) fn new(function: &str) -> (Self, mpsc::Sender<Work>, watch::Receiver<Phase>) {
        let (sender, inbox) = mpsc::channel(1);
        let (phase, seen) = watch::channel(Phase::Starting);
        let slot = Self {
            function: function.to_owned(),
            inbox: tokio::sync::Mutex::new(inbox),
            current: Mutex::new(None),
            phase,
            extension: AtomicBool::new(false),
        };
        (slot, sender, seen)
    }

    /// The process asks for work: waits until there is some. `None` when the environment is being stopped.
    pub(crate) async fn next(&self) -> Option<Work> {
        // Asking for more while an invocation is unanswered gives that one up: its caller sees the sender dropped.
        drop(locked(&self.current).take());
        let mut inbox = self.inbox.lock().await;
        self.phase.send_replace(Phase::Idle);
        inbox.recv().await
    }

    /// Notes which invocation the process has, before it is handed over.
    pub(crate) fn hand_over(&self, request_id: &str, answer: oneshot::Sender<Answer>) {
        *locked(&self.current) = Some(Current {
            request_id: request_id.to_owned(),
            answer,
        });
        self.phase.send_replace(Phase::Busy);
    }

    /// Records the answer. False when this process has no such invocation.
    pub(crate) fn answer(&self, request_id: &str, answer: Answer) -> bool {
        let mut current = locked(&self.current);
        match current.take_if(|current| current.request_id == request_id) {
            Some(current) => {
                // The caller may have stopped waiting (time-out): nothing is owed to it then.
                let _ = current.answer.send(answer);
                true
            }
            None => false,
        }
    }

    pub(crate) fn init_failed(&self, error: Bytes) {
        self.phase.send_replace(Phase::InitFailed(error));
    }

    pub(crate) fn register_extension(&self) {
        self.extension.store(true, Ordering::Relaxed);
    }

    /// Whether an extension is registered: only then Lambda sends SIGTERM before it ends a process.
    pub(crate) fn has_extension(&self) -> bool {
        self.extension.load(Ordering::Relaxed)
    }
}
