//! The processes of one function: started on demand, kept warm, stopped when idle.

use super::{
    Function, InvokeError, Invoked,
    environment::{Environment, StartFailure, Surroundings},
    idle::IdleProcesses,
};
use crate::sync::locked;
use axum::body::Bytes;
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch},
    time::timeout,
};

/// The longest pause after repeated crashes at start.
const MAX_PAUSE: Duration = Duration::from_secs(10);
/// How long the end of the cloud waits for its processes to end.
const STOP_LIMIT: Duration = Duration::from_secs(3);

pub(crate) struct Pool {
    function: Function,
    surroundings: Arc<Surroundings>,
    /// One permit a process: more callers wait their turn.
    permits: Arc<Semaphore>,
    /// Shared with the other functions' pools.
    idle: Arc<IdleProcesses>,
    crashes: Mutex<Crashes>,
    stopping: watch::Receiver<bool>,
}

#[derive(Default)]
struct Crashes {
    in_a_row: u32,
    not_before: Option<Instant>,
}

impl Pool {
    pub(crate) fn new(
        function: Function,
        surroundings: Arc<Surroundings>,
        idle: Arc<IdleProcesses>,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(function.concurrency.max(1))),
            function,
            surroundings,
            idle,
            crashes: Mutex::default(),
            stopping,
        }
    }

    /// Runs one invocation, in a task of its own: a caller that goes away leaves no process half-used.
    pub(crate) async fn invoke(
        self: &Arc<Self>,
        payload: Bytes,
        trace_id: String,
    ) -> Result<Invoked, InvokeError> {
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| InvokeError::Stopped)?;
        let (sender, receiver) = oneshot::channel();
        let pool = Arc::clone(self);
        tokio::spawn(async move { pool.serve(permit, payload, trace_id, sender).await });
        receiver.await.map_err(|_| InvokeError::Stopped)
    }

    async fn serve(
        &self,
        permit: OwnedSemaphorePermit,
        payload: Bytes,
        trace_id: String,
        caller: oneshot::Sender<Invoked>,
    ) {
        let mut stopping = self.stopping.clone();
        let mut environment = match self.idle.take(&self.function.name) {
            Some(environment) => environment,
            None => {
                let started = tokio::select! {
                    started = self.start() => started,
                    // Dropping the half-started process kills it.
                    _ = stopping.wait_for(|stopping| *stopping) => return,
                };
                match started {
                    Ok(environment) => environment,
                    Err(failure) => {
                        let _ = caller.send(Invoked::unhandled(failure.document));
                        return;
                    }
                }
            }
        };
        let work = async {
            let outcome = environment.run(&self.function, payload, trace_id).await;
            // The caller may have given up (integration time-out); the process is still good.
            let _ = caller.send(outcome.invoked);
            outcome.alive && environment.wait_until_idle().await
        };
        let reusable = tokio::select! {
            reusable = work => reusable,
            _ = stopping.wait_for(|stopping| *stopping) => false,
        };
        if reusable && !*self.stopping.borrow() {
            for surplus in self.idle.put(environment) {
                surplus.stop().await;
            }
        } else {
            environment.stop().await;
        }
        // Held until here, so that the end of the cloud waits for what is being stopped.
        drop(permit);
    }

    async fn start(&self) -> Result<Environment, StartFailure> {
        if let Some(left) = self.pause_left() {
            let name = &self.function.name;
            let text = format!(
                "{name} crashed at start; it is started again in {:.1} s at the earliest",
                left.as_secs_f64()
            );
            return Err(StartFailure::new("Runtime.ExitError", text));
        }
        let started = Environment::start(&self.function, Arc::clone(&self.surroundings)).await;
        match &started {
            Ok(_) => *locked(&self.crashes) = Crashes::default(),
            Err(failure) => self.note_crash(failure),
        }
        started
    }

    fn pause_left(&self) -> Option<Duration> {
        let until = locked(&self.crashes).not_before?;
        until.checked_duration_since(Instant::now())
    }

    fn note_crash(&self, failure: &StartFailure) {
        let (count, pause) = {
            let mut crashes = locked(&self.crashes);
            crashes.in_a_row = crashes.in_a_row.saturating_add(1);
            let pause = Duration::from_millis(100)
                .saturating_mul(1 << crashes.in_a_row.min(10))
                .min(MAX_PAUSE);
            crashes.not_before = Some(Instant::now() + pause);
            (crashes.in_a_row, pause)
        };
        let reason = String::from_utf8_lossy(&failure.document);
        let name = &self.function.name;
        tracing::warn!(
            "{name} did not start ({count} in a row): {reason}; next try in {:.1} s",
            pause.as_secs_f64()
        );
        for line in &failure.output {
            tracing::warn!("{name} wrote: {line}");
        }
    }

    /// Waits until no process is at work, after `stopping` was announced. Nothing is started any more.
    pub(crate) async fn finish(&self) {
        let all = u32::try_from(self.function.concurrency.max(1)).unwrap_or(u32::MAX);
        // Each permit is held by a process at work: with all of them in hand there is none left.
        let _ = timeout(STOP_LIMIT, self.permits.acquire_many(all)).await;
        self.permits.close();
    }
}
