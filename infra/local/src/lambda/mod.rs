//! Lambda: runs the function binaries through the Runtime API.

mod ended;
mod environment;
mod function;
mod idle;
mod log;
mod pool;
mod runtime_api;
mod slot;

pub use ended::{Invocation, Watch};
pub use function::Function;
pub use log::{FunctionLog, LogLine};

use axum::body::Bytes;
use environment::Surroundings;
use idle::IdleProcesses;
use pool::Pool;
use runtime_api::RuntimeApi;
use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::sync::watch;

/// Environment variables that the cloud adds to a new process: credentials, endpoint. Gets the function and the process's id.
pub type Variables = Arc<dyn Fn(&Function, &str) -> Vec<(String, String)> + Send + Sync>;

/// What an invocation came to.
#[derive(Clone, Debug)]
pub struct Invoked {
    /// The function's result, or its error document.
    pub payload: Bytes,
    /// `Unhandled` when the function failed, as in Lambda's `X-Amz-Function-Error`.
    pub function_error: Option<String>,
}

impl Invoked {
    pub(crate) fn unhandled(payload: Bytes) -> Self {
        Self {
            payload,
            function_error: Some("Unhandled".to_owned()),
        }
    }
}

/// Why an invocation was not tried.
#[derive(Debug, thiserror::Error)]
pub enum InvokeError {
    /// The template has no such function.
    #[error("there is no function {0}")]
    UnknownFunction(String),
    /// The event is larger than Lambda takes.
    #[error("the event has {0} bytes; Lambda takes at most 6,291,456")]
    TooLarge(usize),
    /// The cloud is being stopped.
    #[error("the local cloud is being stopped")]
    Stopped,
}

/// How long processes without work are kept, and how many.
#[derive(Clone, Copy, Debug)]
pub struct Keep {
    /// A process with nothing to do for so long is stopped.
    pub idle_stop: Duration,
    /// How many processes of all functions together may wait for work; of more, the one not used for longest is stopped.
    pub max_idle: usize,
}

/// The Lambda service.
pub struct Lambda {
    pools: BTreeMap<String, Arc<Pool>>,
    idle: Arc<IdleProcesses>,
    surroundings: Arc<Surroundings>,
    log: Arc<FunctionLog>,
    stopping: watch::Sender<bool>,
}

impl Lambda {
    /// Starts the service; processes are started by the first call that needs them.
    pub async fn start(
        functions: Vec<Function>,
        variables: Variables,
        keep: Keep,
    ) -> io::Result<Arc<Self>> {
        let log = Arc::new(FunctionLog::default());
        let (stopping, stop_seen) = watch::channel(false);
        let surroundings = Arc::new(Surroundings {
            runtime_api: RuntimeApi::start().await?,
            log: Arc::clone(&log),
            variables,
            processes: Mutex::default(),
            watchers: ended::Watchers::default(),
        });
        let idle = Arc::new(IdleProcesses::new(keep.max_idle));
        let pools = functions
            .into_iter()
            .map(|function| {
                let name = function.name.clone();
                (
                    name,
                    Arc::new(Pool::new(
                        function,
                        Arc::clone(&surroundings),
                        Arc::clone(&idle),
                        stop_seen.clone(),
                    )),
                )
            })
            .collect();
        let lambda = Arc::new(Self {
            pools,
            idle,
            surroundings,
            log,
            stopping,
        });
        tokio::spawn(stop_idle_processes(Arc::clone(&lambda), keep.idle_stop));
        Ok(lambda)
    }

    /// Invokes a function by its logical id and waits for the result.
    pub async fn invoke(&self, function: &str, payload: Bytes) -> Result<Invoked, InvokeError> {
        self.invoke_traced(function, payload, crate::api::ids::trace_id())
            .await
    }

    pub(crate) async fn invoke_traced(
        &self,
        function: &str,
        payload: Bytes,
        trace_id: String,
    ) -> Result<Invoked, InvokeError> {
        if payload.len() > crate::api::limits::MAX_LAMBDA_PAYLOAD {
            return Err(InvokeError::TooLarge(payload.len()));
        }
        let pool = self
            .pools
            .get(function)
            .ok_or_else(|| InvokeError::UnknownFunction(function.to_owned()))?;
        if *self.stopping.borrow() {
            return Err(InvokeError::Stopped);
        }
        pool.invoke(payload, trace_id).await
    }

    /// What the functions wrote.
    pub fn log(&self) -> &FunctionLog {
        &self.log
    }

    /// How many processes of a function wait for work.
    pub fn idle_processes(&self, function: &str) -> usize {
        self.idle.count(function)
    }

    /// Shows every invocation from now on, for as long as the receiver lives.
    pub fn watch(&self) -> Watch {
        self.surroundings.watchers.add()
    }

    /// The operating system's numbers of a function's processes.
    pub fn process_ids(&self, function: &str) -> Vec<i32> {
        self.surroundings.process_ids(function)
    }

    /// Kills every process of a function, at work or not. Gives their number.
    pub fn kill(&self, function: &str) -> usize {
        self.surroundings.kill(function)
    }

    /// Ends every process. Invocations under way are given up.
    pub async fn stop(&self) {
        self.stopping.send_replace(true);
        futures::future::join_all(self.pools.values().map(|pool| pool.finish())).await;
        self.stop_idle(Duration::ZERO).await;
    }

    /// Stops processes that had nothing to do for `limit`, at once: each may take its time to end.
    async fn stop_idle(&self, limit: Duration) {
        let stale = self.idle.take_stale(limit).into_iter();
        futures::future::join_all(stale.map(|environment| environment.stop())).await;
    }
}

async fn stop_idle_processes(lambda: Arc<Lambda>, idle_stop: Duration) {
    let mut stopping = lambda.stopping.subscribe();
    let pause = (idle_stop / 4).clamp(Duration::from_millis(50), Duration::from_secs(30));
    loop {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
        lambda.stop_idle(idle_stop).await;
    }
}
