//! Event sources: what calls functions beside the API, as the template's `Events` declare it.

mod checkpoints;
mod declared;
mod filter;
mod outcome;
mod permissions;
mod queue;
mod settled;
mod stream;

pub(crate) use declared::{Declared, TYPES, read};
pub use settled::Unsettled;

use crate::lambda::{Function, Lambda};
use crate::sync::locked;
use axum::body::Bytes;
use checkpoints::Checkpoints;
use declared::Source;
use gateway::Gateway;
use queue::QueuePoller;
use serde_json::{Value, json};
use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};
use stream::{Position, StreamPoller};
use tokio::task::JoinHandle;

/// The running event sources.
pub(crate) struct Sources {
    streams: Vec<Arc<Position>>,
    queues: Vec<Arc<gateway::Queue>>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

/// What every poller works with.
#[derive(Clone)]
struct Surroundings {
    gateway: Arc<Gateway>,
    lambda: Arc<Lambda>,
    checkpoints: Arc<Checkpoints>,
}

/// What a poller has to know of its function.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    name: String,
    arn: String,
    role: String,
    timeout: Duration,
    concurrency: usize,
}

impl Target {
    pub(crate) fn of(function: &Function) -> Self {
        Self {
            name: function.name.clone(),
            arn: function.arn(),
            role: function.role.clone(),
            timeout: function.timeout,
            concurrency: function.concurrency,
        }
    }
}

impl Sources {
    /// Checks each source against the template and its function's role, and starts to poll.
    pub(crate) async fn start(
        declared: Vec<Declared>,
        targets: &[Target],
        gateway: &Arc<Gateway>,
        lambda: &Arc<Lambda>,
        data: Option<&Path>,
    ) -> Result<Arc<Self>, String> {
        let surroundings = Surroundings {
            gateway: Arc::clone(gateway),
            lambda: Arc::clone(lambda),
            checkpoints: Arc::new(Checkpoints::open(data)?),
        };
        let (mut streams, mut queues) = (Vec::new(), Vec::new());
        let (mut stream_pollers, mut queue_pollers) = (Vec::new(), Vec::new());
        for Declared {
            function,
            event,
            source,
        } in declared
        {
            let name = format!("{function}: event {event}");
            let wrong = |detail: String| format!("{name}: {detail}");
            let target = targets
                .iter()
                .find(|target| target.name == function)
                .ok_or_else(|| wrong("there is no such function".to_owned()))?;
            permissions::check(&source, target, gateway).map_err(wrong)?;
            match source {
                Source::Stream(source) => {
                    let key = format!("{function}.{event}");
                    let poller =
                        StreamPoller::new(key, source, target.clone(), surroundings.clone()).await;
                    let poller = poller.map_err(wrong)?;
                    streams.push(poller.position());
                    stream_pollers.push(poller);
                }
                Source::Queue(source) => {
                    let poller = QueuePoller::new(source, target.clone(), surroundings.clone());
                    let poller = poller.map_err(wrong)?;
                    queues.push(poller.queue());
                    queue_pollers.push(poller);
                }
            }
        }
        // Only now, when everything is known to be right.
        let streaming = stream_pollers
            .into_iter()
            .map(|poller| tokio::spawn(poller.run()));
        let mut tasks: Vec<_> = streaming.collect();
        tasks.extend(
            queue_pollers
                .into_iter()
                .map(|poller| tokio::spawn(poller.run())),
        );
        Ok(Arc::new(Self {
            streams,
            queues,
            tasks: Mutex::new(tasks),
        }))
    }

    /// Polls no more. What is being worked on stays where it came from.
    pub(crate) fn stop(&self) {
        for task in locked(&self.tasks).drain(..) {
            task.abort();
        }
    }
}

/// The event of a batch.
fn event(records: &[Value]) -> Bytes {
    json!({"Records": records}).to_string().into()
}

/// How many of the records fit into one event: Lambda takes 6 MB.
fn fitting(records: &[Value]) -> usize {
    let mut left = crate::api::limits::MAX_LAMBDA_PAYLOAD.saturating_sub(r#"{"Records":[]}"#.len());
    let fits = |record: &&Value| {
        let size = record.to_string().len() + 1;
        let fits = size <= left;
        left = left.saturating_sub(size);
        fits
    };
    records.iter().take_while(fits).count()
}
