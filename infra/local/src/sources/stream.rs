//! A table's stream as the source of a function's events: in order, and each record until it is done or given up.

use super::{
    Surroundings, Target,
    declared::StreamSource,
    event, fitting,
    given_up::{created, report},
    outcome::{Outcome, outcome},
};
use crate::{
    lambda::{InvokeError, Invoked},
    sync::locked,
};
use gateway::{GatewayError, Stream};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::sleep;

/// The first pause before a failed batch is tried again; it doubles up to the longest. AWS waits longer.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// How far a function has read.
pub(super) struct Position {
    stream: Stream,
    done: Mutex<Option<String>>,
}

impl Position {
    /// The sequence number of the last record that is done with.
    pub(super) fn done(&self) -> Option<String> {
        locked(&self.done).clone()
    }

    pub(super) async fn newest(&self) -> Result<Option<String>, GatewayError> {
        self.stream.newest().await
    }

    pub(super) fn name(&self) -> &str {
        self.stream.arn()
    }
}

pub(super) struct StreamPoller {
    key: String,
    source: StreamSource,
    target: Target,
    surroundings: Surroundings,
    stream: Stream,
    position: Arc<Position>,
}

/// The cloud is being stopped.
struct Stopped;

impl StreamPoller {
    pub(super) async fn new(
        key: String,
        source: StreamSource,
        target: Target,
        surroundings: Surroundings,
    ) -> Result<Self, String> {
        let arn = &source.arn;
        let stream = surroundings.gateway.stream(arn);
        let stream = stream.ok_or_else(|| format!("{arn} is no stream of this template"))?;
        let done = match surroundings.checkpoints.get(&key) {
            Some(kept) => Some(kept),
            None if source.from_first => None,
            None => stream.newest().await.map_err(|error| error.to_string())?,
        };
        let position = Arc::new(Position {
            stream: stream.clone(),
            done: Mutex::new(done),
        });
        Ok(Self {
            key,
            source,
            target,
            surroundings,
            stream,
            position,
        })
    }

    pub(super) fn position(&self) -> Arc<Position> {
        Arc::clone(&self.position)
    }

    pub(super) async fn run(mut self) {
        loop {
            match self.next_batch().await {
                Ok(records) if records.is_empty() => self.stream.written().await,
                Ok(records) => {
                    if self.work_on(records).await.is_err() {
                        return;
                    }
                }
                Err(error) => {
                    tracing::error!("{}: the stream can't be read: {error}", self.key);
                    sleep(LONGEST_PAUSE).await;
                }
            }
        }
    }

    async fn next_batch(&self) -> Result<Vec<Value>, GatewayError> {
        let (size, window) = (self.source.batching.size, self.source.batching.window);
        let done = self.position.done();
        let records = self.stream.read(done.as_deref(), size).await?;
        if records.is_empty() || records.len() >= size || window.is_zero() {
            return Ok(records);
        }
        sleep(window).await;
        self.stream.read(done.as_deref(), size).await
    }

    /// Ends when every record is done or given up.
    async fn work_on(&self, records: Vec<Value>) -> Result<(), Stopped> {
        // Parts of the batch that are still to be done, the first of them last.
        let mut parts = vec![(records, 0)];
        while let Some((mut records, failures)) = parts.pop() {
            if self.source.batching.filter.fits_none(&records) {
                self.advance(&records);
                continue;
            }
            let rest = records.split_off(fitting(&records).max(1).min(records.len()));
            if !rest.is_empty() {
                parts.push((rest, 0));
            }
            let kept: Vec<Value> = records
                .iter()
                .filter(|record| self.source.batching.filter.fits(record))
                .cloned()
                .collect();
            let invoked = self.invoke(&kept).await?;
            let ids: Vec<&str> = kept.iter().map(sequence_number).collect();
            let outcome = outcome(&invoked, self.source.batching.reports_items, &ids);
            let (undone, reason, whole) = match outcome {
                Outcome::Done => {
                    self.advance(&records);
                    continue;
                }
                Outcome::Failed(reason) => (0, reason, true),
                // Order is kept: from the first failure on, everything is to be done again.
                Outcome::SomeFailed(positions) => {
                    let first = positions.first().and_then(|first| ids.get(*first));
                    let first = first.copied().unwrap_or_default();
                    let undone = records
                        .iter()
                        .position(|record| sequence_number(record) == first);
                    (undone.unwrap_or(0), format!("{first} failed"), false)
                }
            };
            let remaining = records.split_off(undone);
            self.advance(&records);
            // The first of the rest has failed once, however often those before it did.
            let failures = if undone > 0 { 1 } else { failures + 1 };
            tracing::warn!(
                "{}: {} records failed ({failures}): {reason}",
                self.key,
                remaining.len()
            );
            // A function that says where it stopped has cut its batch itself.
            let halves = self.source.bisects && whole && remaining.len() > 1;
            if self.is_too_old(&remaining) || (!halves && self.is_too_often(failures)) {
                self.give_up(&remaining, failures, &invoked);
                self.advance(&remaining);
                continue;
            }
            if halves {
                let mut first = remaining;
                let second = first.split_off(first.len() / 2);
                // A halved batch is a new one.
                parts.push((second, 0));
                parts.push((first, 0));
            } else {
                parts.push((remaining, failures));
            }
            sleep(pause(failures)).await;
        }
        Ok(())
    }

    async fn invoke(&self, records: &[Value]) -> Result<Invoked, Stopped> {
        let lambda = &self.surroundings.lambda;
        match lambda.invoke(&self.target.name, event(records)).await {
            Ok(invoked) => Ok(invoked),
            Err(InvokeError::Stopped) => Err(Stopped),
            Err(error) => Ok(Invoked::unhandled(error.to_string().into())),
        }
    }

    fn is_too_often(&self, failures: u64) -> bool {
        self.source
            .retries
            .is_some_and(|retries| failures > retries)
    }

    fn is_too_old(&self, records: &[Value]) -> bool {
        let (Some(oldest), Some(created)) = (self.source.oldest, records.first().and_then(created))
        else {
            return false;
        };
        let oldest = SignedDuration::try_from(oldest).unwrap_or(SignedDuration::MAX);
        Timestamp::now().duration_since(created) > oldest
    }
    fn give_up(&self, records: &[Value], failures: u64, invoked: &Invoked) {
        tracing::error!("{}: {} records are given up", self.key, records.len());
        let destination = self.source.on_failure.as_deref();
        let queue = destination.and_then(|arn| self.surroundings.gateway.queue(arn));
        if let Some(queue) = queue {
            let (function, stream) = (&self.target.arn, &self.source.arn);
            queue.send(report(function, stream, records, failures, invoked));
        }
    }

    fn advance(&self, records: &[Value]) {
        if let Some(last) = records.last() {
            let last = sequence_number(last);
            *locked(&self.position.done) = Some(last.to_owned());
            self.surroundings.checkpoints.set(&self.key, last);
        }
    }
}

pub(super) fn sequence_number(record: &Value) -> &str {
    let number = record.pointer("/dynamodb/SequenceNumber");
    number.and_then(Value::as_str).unwrap_or_default()
}

fn pause(failures: u64) -> Duration {
    let doublings = u32::try_from(failures.saturating_sub(1)).unwrap_or(u32::MAX);
    FIRST_PAUSE
        .saturating_mul(2_u32.saturating_pow(doublings))
        .min(LONGEST_PAUSE)
}
