//! Measures the requests, one row after the other.

use crate::front::{Call, Front};
use crate::outcome::{Outcome, Times, milliseconds};
use crate::price::{self, Use};
use crate::{Result, process};
use local::lambda::{Invocation, Watch};
use serde_json::Value;
use std::path::Path;
use std::time::{Duration, Instant};
use tests::budget::{Cost, MEETING, Row, Stage, calm};
use tests::{Route, TestCloud};

/// How often a request is sent to the store, for its times.
const SENT: usize = 20;
/// How often a function is started.
const STARTS: usize = 7;
/// How long the repetitions of one request may take: a log-in hashes a password each time.
const LONGEST: Duration = Duration::from_secs(3);
/// How long a line of the log may take to be there.
const LOG_PAUSE: Duration = Duration::from_millis(50);
/// How long a process that was killed may take to be gone.
const GONE: Duration = Duration::from_secs(2);

/// Whose part in a request is measured.
#[derive(Clone, Copy)]
enum Part<'a> {
    Authorizer,
    /// With what its request was counted to use, and what the authorizer costs.
    Endpoint(&'a Count, &'a Outcome),
}

pub(crate) struct Bench<'a> {
    pub(crate) cloud: &'static TestCloud,
    pub(crate) front: &'a Front,
    pub(crate) stage: &'a Stage,
    pub(crate) functions: &'a Path,
    pub(crate) repeat: usize,
}

/// What a request used of the store.
#[derive(Clone)]
pub(crate) struct Count {
    pub(crate) cost: Cost,
    sts_calls: u64,
}

/// One invocation, and what it asked of the store.
struct Sample {
    seen: Invocation,
    event: Value,
    status: u16,
    calls: Vec<Call>,
    count: Count,
    log_bytes: u64,
}

impl Bench<'_> {
    /// The authorizer, with the request of this row.
    pub(crate) async fn authorizer(&self, row: &Row) -> Result<Outcome> {
        self.measure(row, Part::Authorizer).await
    }

    /// What a request of this row uses when its function's process has run before.
    pub(crate) async fn count(&self, row: &Row) -> Result<Count> {
        let (function, watch) = (
            Route::named(row.route).function(),
            self.cloud.local().watch(),
        );
        self.send(row, &function, &watch).await?;
        let gateway = self.cloud.gateway();
        gateway.set_latency(MEETING);
        let sample = self.sample(row, &function, row.route, &watch).await;
        gateway.set_latency(Duration::ZERO);
        Ok(sample?.count)
    }

    /// The endpoint of this row.
    pub(crate) async fn endpoint(
        &self,
        row: &Row,
        count: &Count,
        authorizer: &Outcome,
    ) -> Result<Outcome> {
        self.measure(row, Part::Endpoint(count, authorizer)).await
    }

    async fn measure(&self, row: &Row, part: Part<'_>) -> Result<Outcome> {
        let route = Route::named(row.route);
        let (function, name) = match part {
            Part::Authorizer => ("Authorizer".to_owned(), "authorizer"),
            Part::Endpoint(..) => (route.function(), row.route),
        };
        let watch = self.cloud.local().watch();
        // The first request meets a process without credentials.
        self.send(row, &function, &watch).await?;
        let (mut each, mut used) = (Vec::new(), Vec::new());
        for _ in 0..SENT {
            let (seen, cpu) = self.send(row, &function, &watch).await?;
            each.push(seen.duration);
            used.extend(cpu);
        }
        let sample = self.sample(row, &function, name, &watch).await?;
        let mean = used
            .iter()
            .sum::<Duration>()
            .checked_div(u32::try_from(used.len())?);
        let store = Times::of(mean, each).ok_or("no times")?;
        let canned = self.canned(&function, &sample, &watch).await?;
        let resident_bytes = self.process(&function).and_then(process::resident);
        let cold_ms = self.cold(&function, &sample, &watch).await?;
        self.front.pass();
        let binary = match part {
            Part::Authorizer => "authorizer",
            Part::Endpoint(..) => route.binary.as_str(),
        };
        let count = match part {
            Part::Authorizer => &sample.count,
            Part::Endpoint(count, _) => count,
        };
        let mut outcome = Outcome {
            route: name,
            case: if matches!(part, Part::Authorizer) {
                ""
            } else {
                row.case
            },
            status: sample.status,
            calls: count.cost.calls,
            depth: count.cost.depth,
            read_units: count.cost.read_units,
            write_units: count.cost.write_units,
            sts_calls: count.sts_calls,
            cold_ms,
            resident_bytes,
            binary_bytes: std::fs::metadata(self.functions.join(binary))?.len(),
            log_bytes: sample.log_bytes,
            memory_mb: sample.seen.memory_mb,
            store,
            canned,
            function,
            cost: 0.0,
        };
        outcome.cost = million(&outcome);
        if let Part::Endpoint(_, authorizer) = part {
            outcome.cost += price::api();
            if !route.is_public() {
                outcome.cost += authorizer.cost;
            }
        }
        Ok(outcome)
    }

    /// Sends the row's request once; gives the function's part of it, and the processor time of that.
    async fn send(
        &self,
        row: &Row,
        function: &str,
        watch: &Watch,
    ) -> Result<(Invocation, Option<Duration>)> {
        let request = self.stage.prepare(row).await;
        calm(self.cloud);
        let used = || self.process(function).and_then(process::cpu);
        watch.try_iter().for_each(drop);
        let before = used();
        let answer = request.send().await;
        let after = used();
        if answer.status != row.status {
            return Err(format!("{answer}, not {}", row.status).into());
        }
        let seen = watch.try_iter().find(|seen| seen.function == function);
        let seen = seen.ok_or_else(|| format!("{} did not call {function}", row.route))?;
        Ok((
            seen,
            before
                .zip(after)
                .and_then(|(before, after)| after.checked_sub(before)),
        ))
    }

    /// The same, with what the gateway counts of it.
    async fn sample(&self, row: &Row, function: &str, name: &str, watch: &Watch) -> Result<Sample> {
        let request = self.stage.prepare(row).await;
        calm(self.cloud);
        let gateway = self.cloud.gateway();
        watch.try_iter().for_each(drop);
        self.front.note(function);
        gateway.clear_decisions();
        let answer = request.send().await;
        let routes = gateway.capacity();
        let calls = self.front.pass();
        let used = routes.iter().find(|used| used.route == name);
        let seen = watch.try_iter().find(|seen| seen.function == function);
        let seen = seen.ok_or_else(|| format!("{} did not call {function}", row.route))?;
        Ok(Sample {
            event: serde_json::from_slice(&seen.payload)?,
            seen,
            log_bytes: self.log_bytes(function, answer.request_id()).await,
            status: answer.status,
            count: Count {
                cost: used.map_or(Cost::NONE, |used| Cost {
                    calls: used.dynamodb_calls,
                    depth: used.depth(&gateway.decisions()),
                    read_units: used.capacity.read,
                    write_units: used.capacity.write,
                }),
                sts_calls: used.map_or(0, |used| used.sts_calls),
            },
            calls,
        })
    }

    /// Repeats the invocation with the store's answers of the sample.
    async fn canned(
        &self,
        function: &str,
        sample: &Sample,
        watch: &Watch,
    ) -> Result<Option<Times>> {
        self.front.repeat(function, sample.calls.clone());
        watch.try_iter().for_each(drop);
        // Some that are not counted, so that connections stand.
        for _ in 0..3 {
            self.invoke(function, sample).await?;
        }
        watch.try_iter().for_each(drop);
        let Some(process) = self.process(function) else {
            return Ok(None);
        };
        let (begun, before) = (Instant::now(), process::cpu(process));
        let mut count = 0_u32;
        while count < u32::try_from(self.repeat)? && begun.elapsed() < LONGEST {
            self.invoke(function, sample).await?;
            count += 1;
        }
        let after = process::cpu(process);
        if self.front.rewind() > 0 {
            // It asked for something else than it did the first time.
            return Ok(None);
        }
        let each = watch.try_iter().filter(|seen| seen.function == function);
        let each = each.map(|seen| seen.duration).collect();
        let used = before
            .zip(after)
            .map(|(before, after)| (after - before) / count.max(1));
        Ok(Times::of(used, each))
    }

    async fn invoke(&self, function: &str, sample: &Sample) -> Result<()> {
        self.front.rewind();
        let invoked = self.cloud.local().invoke(function, &sample.event).await?;
        if let Some(error) = invoked.function_error {
            return Err(format!("{function}: {error} {:?}", invoked.payload).into());
        }
        Ok(())
    }

    /// The median of some starts, each up to the answer.
    async fn cold(&self, function: &str, sample: &Sample, watch: &Watch) -> Result<Option<f64>> {
        let mut starts = Vec::new();
        for _ in 0..STARTS {
            self.cloud.local().kill(function);
            let killed = Instant::now();
            while !self.process(function).is_none_or(process::has_ended) {
                if killed.elapsed() > GONE {
                    return Err(format!("{function} can't be stopped").into());
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            watch.try_iter().for_each(drop);
            self.invoke(function, sample).await?;
            let first = watch.try_iter().find(|seen| seen.function == function);
            starts.extend(first.and_then(|seen| seen.since_start));
        }
        starts.sort_unstable();
        Ok(starts.get(starts.len() / 2).copied().map(milliseconds))
    }

    /// The one process of a function.
    fn process(&self, function: &str) -> Option<i32> {
        self.cloud.local().process_ids(function).last().copied()
    }

    /// What a function has written to the log about a request.
    async fn log_bytes(&self, function: &str, request_id: &str) -> u64 {
        // Its output is read by another task.
        tokio::time::sleep(LOG_PAUSE).await;
        let lines = self.cloud.local().function_logs().into_iter();
        let lines =
            lines.filter(|line| line.function == function && line.line.contains(request_id));
        lines.map(|line| line.line.len() as u64 + 1).sum()
    }
}

/// Dollars for a million invocations.
fn million(outcome: &Outcome) -> f64 {
    let times = outcome.canned.as_ref().unwrap_or(&outcome.store);
    Use {
        cpu_ms: times.cpu_ms.unwrap_or(times.p50_ms),
        depth: outcome.depth,
        memory_mb: outcome.memory_mb,
        read_units: outcome.read_units,
        write_units: outcome.write_units,
        log_bytes: outcome.log_bytes,
    }
    .million()
}
