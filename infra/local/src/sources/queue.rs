//! A queue as the source of a function's events.

use super::{
    Surroundings, Target,
    declared::QueueSource,
    event, fitting,
    outcome::{Outcome, outcome},
};
use gateway::Queue;
use serde_json::Value;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
};

/// How long one look for messages may last.
const WAIT: Duration = Duration::from_secs(20);
/// Lambda begins with this many invocations at once.
const MOST_AT_ONCE: usize = 5;

pub(super) struct QueuePoller {
    queue: Arc<Queue>,
    worker: Arc<Worker>,
    at_once: usize,
}

struct Worker {
    source: QueueSource,
    target: Target,
    surroundings: Surroundings,
    queue: Arc<Queue>,
}

impl QueuePoller {
    pub(super) fn new(
        source: QueueSource,
        target: Target,
        surroundings: Surroundings,
    ) -> Result<Self, String> {
        let queue = surroundings.gateway.queue(&source.arn);
        let queue = queue.ok_or_else(|| format!("{} is no queue of this template", source.arn))?;
        // AWS refuses it too: a message would come again while the function still works on it.
        if queue.visibility_timeout() < target.timeout {
            return Err(format!(
                "the queue's VisibilityTimeout of {} s is less than the function's Timeout of {} s",
                queue.visibility_timeout().as_secs(),
                target.timeout.as_secs()
            ));
        }
        if queue.is_fifo() && (source.batching.size > 10 || !source.batching.window.is_zero()) {
            return Err("a FIFO queue has batches of at most 10 and no batching window".to_owned());
        }
        let most = source.concurrency.unwrap_or(MOST_AT_ONCE);
        Ok(Self {
            at_once: most.min(target.concurrency).max(1),
            worker: Arc::new(Worker {
                source,
                target,
                surroundings,
                queue: Arc::clone(&queue),
            }),
            queue,
        })
    }

    pub(super) fn queue(&self) -> Arc<Queue> {
        Arc::clone(&self.queue)
    }

    pub(super) async fn run(self) {
        let permits = Arc::new(Semaphore::new(self.at_once));
        // Ends with this task: what is being worked on comes again after its visibility time-out.
        let mut working = JoinSet::new();
        while let Ok(permit) = Arc::clone(&permits).acquire_owned().await {
            while working.try_join_next().is_some() {}
            let mut records = self.next_batch().await;
            while !records.is_empty() {
                let rest = records.split_off(fitting(&records).max(1).min(records.len()));
                let batch = std::mem::replace(&mut records, rest);
                if records.is_empty() {
                    working.spawn(Arc::clone(&self.worker).work_on(batch, Some(permit)));
                    break;
                }
                // Too large for one event: the parts one after the other.
                Arc::clone(&self.worker).work_on(batch, None).await;
            }
        }
    }

    async fn next_batch(&self) -> Vec<Value> {
        let batching = &self.worker.source.batching;
        let mut records = self.queue.receive_records(batching.size, WAIT).await;
        let deadline = Instant::now() + batching.window;
        while !records.is_empty() && records.len() < batching.size {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let more = batching.size - records.len();
            records.extend(self.queue.receive_records(more, left).await);
        }
        records
    }
}

impl Worker {
    async fn work_on(self: Arc<Self>, records: Vec<Value>, permit: Option<OwnedSemaphorePermit>) {
        let (kept, unwanted): (Vec<Value>, Vec<Value>) = records
            .into_iter()
            .partition(|record| self.source.batching.filter.fits(&with_parsed_body(record)));
        for record in &unwanted {
            self.queue.settle(text(record, "receiptHandle"), true);
        }
        if !kept.is_empty() {
            self.invoke(&kept).await;
        }
        drop(permit);
    }

    async fn invoke(&self, records: &[Value]) {
        let ids: Vec<&str> = records
            .iter()
            .map(|record| text(record, "messageId"))
            .collect();
        let lambda = &self.surroundings.lambda;
        let outcome = match lambda.invoke(&self.target.name, event(records)).await {
            Ok(invoked) => outcome(&invoked, self.source.batching.reports_items, &ids),
            Err(error) => Outcome::Failed(error.to_string()),
        };
        if let Outcome::Failed(reason) = &outcome {
            tracing::warn!(
                "{}: {} messages of {} failed: {reason}",
                self.target.name,
                records.len(),
                self.queue.name()
            );
        }
        for (position, record) in records.iter().enumerate() {
            let done = match &outcome {
                Outcome::Done => true,
                Outcome::Failed(_) => false,
                Outcome::SomeFailed(positions) => !positions.contains(&position),
            };
            self.queue.settle(text(record, "receiptHandle"), done);
        }
    }
}

fn text<'a>(record: &'a Value, member: &str) -> &'a str {
    record
        .get(member)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// A filter looks into a body that is JSON.
fn with_parsed_body(record: &Value) -> Value {
    let mut record = record.clone();
    if let Ok(body @ Value::Object(_)) = serde_json::from_str::<Value>(text(&record, "body"))
        && let Some(record) = record.as_object_mut()
    {
        record.insert("body".to_owned(), body);
    }
    record
}
