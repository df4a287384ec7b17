//! Event sources: what calls functions beside the API, as the template's `Events` declare it.

mod asynchronous;
mod checkpoints;
mod declared;
mod filter;
mod given_up;
mod members;
mod outcome;
mod permissions;
mod queue;
mod schedule;
mod settled;
mod stream;
mod topic;

pub(crate) use asynchronous::AsynchronousSettings;
pub(crate) use declared::{Declared, TYPES, read};
pub use settled::Unsettled;

use crate::lambda::{Function, InvokeError, Invoked, Lambda};
use crate::sync::locked;
use asynchronous::Asynchronous;
use axum::body::Bytes;
use checkpoints::Checkpoints;
use declared::Source;
use futures::future::BoxFuture;
use gateway::Gateway;
use queue::QueuePoller;
use schedule::Schedule;
use serde_json::{Value, json};
use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};
use stream::{Position, StreamPoller};
use tokio::task::JoinHandle;
use topic::TopicPoller;

/// The running event sources.
#[derive(Default)]
pub(crate) struct Sources {
    streams: Vec<Arc<Position>>,
    queues: Vec<Arc<gateway::Queue>>,
    topics: Vec<Arc<gateway::Topic>>,
    schedules: Vec<Scheduled>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

/// A function that is called by the clock, or at once.
struct Scheduled {
    event: String,
    schedule: Schedule,
    caller: Arc<Asynchronous>,
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
    asynchronous: AsynchronousSettings,
}

impl Target {
    pub(crate) fn of(function: &Function, asynchronous: AsynchronousSettings) -> Self {
        Self {
            name: function.name.clone(),
            arn: function.arn(),
            role: function.role.clone(),
            timeout: function.timeout,
            concurrency: function.concurrency,
            asynchronous,
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
        let mut sources = Self::default();
        let mut pollers: Vec<BoxFuture<'static, ()>> = Vec::new();
        for declared in declared {
            let name = format!("{}: event {}", declared.function, declared.event);
            let poller = sources.add(declared, targets, &surroundings).await;
            pollers.extend(poller.map_err(|detail| format!("{name}: {detail}"))?);
        }
        // Only now, when everything is known to be right.
        *locked(&sources.tasks) = pollers.into_iter().map(tokio::spawn).collect();
        Ok(Arc::new(sources))
    }

    /// Checks one source, and gives what polls it.
    async fn add(
        &mut self,
        declared: Declared,
        targets: &[Target],
        surroundings: &Surroundings,
    ) -> Result<Option<BoxFuture<'static, ()>>, String> {
        let Declared {
            function,
            event,
            source,
        } = declared;
        let gateway = &surroundings.gateway;
        let target = targets.iter().find(|target| target.name == function);
        let target = target.ok_or("there is no such function")?;
        permissions::check(&source, target, gateway)?;
        target.asynchronous.check(target, gateway)?;
        let (target, surroundings) = (target.clone(), surroundings.clone());
        match source {
            Source::Stream(source) => {
                let key = format!("{function}.{event}");
                let poller = StreamPoller::new(key, source, target, surroundings).await?;
                self.streams.push(poller.position());
                Ok(Some(Box::pin(poller.run())))
            }
            Source::Queue(source) => {
                let poller = QueuePoller::new(source, target, surroundings)?;
                self.queues.push(poller.queue());
                Ok(Some(Box::pin(poller.run())))
            }
            Source::Topic(arn) => {
                let topic = gateway.topic(&arn);
                let topic = topic.ok_or_else(|| format!("{arn} is no topic of this template"))?;
                self.topics.push(Arc::clone(&topic));
                let caller = Arc::new(Asynchronous::new(target, surroundings));
                Ok(Some(Box::pin(TopicPoller::new(&topic, caller).run())))
            }
            Source::Schedule(schedule) => {
                let caller = Arc::new(Asynchronous::new(target, surroundings));
                self.schedules.push(Scheduled {
                    event: event.clone(),
                    schedule: schedule.clone(),
                    caller: Arc::clone(&caller),
                });
                let keep = |every| schedule::keep(schedule.clone(), every, event, caller);
                let keeper = schedule.every.map(keep);
                Ok(keeper.map(|keeper| -> BoxFuture<'static, ()> { Box::pin(keeper) }))
            }
        }
    }

    /// The functions that have a schedule, each once.
    pub(crate) fn scheduled(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .schedules
            .iter()
            .map(|scheduled| scheduled.caller.function())
            .collect();
        names.dedup();
        names
    }

    /// Calls a function as its schedule would, now and once; nothing if it has none.
    pub(crate) async fn run(&self, function: &str) -> Option<Result<Invoked, InvokeError>> {
        let mut schedules = self.schedules.iter();
        let found = schedules.find(|scheduled| scheduled.caller.function() == function)?;
        let payload = found.schedule.event(function, &found.event);
        Some(found.caller.call_once(payload).await)
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
