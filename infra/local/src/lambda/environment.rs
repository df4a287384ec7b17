//! One execution environment: a process of a function's binary, which serves one invocation at a time.

use super::{
    Function, FunctionLog, Invoked,
    ended::{Invocation, Watchers},
    runtime_api::RuntimeApi,
    slot::{Answer, Phase, Slot, Work},
};
use crate::sync::locked;
use axum::body::Bytes;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use std::{
    collections::HashMap,
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use tokio::{
    process::{Child, Command},
    sync::{mpsc, oneshot, watch},
    time::{sleep, timeout},
};

/// Lambda gives a process ten seconds to ask for its first invocation.
const INIT_LIMIT: Duration = Duration::from_secs(10);
/// Lets the last output of a process that ended be read.
const OUTPUT_PAUSE: Duration = Duration::from_millis(30);
/// What an extension's SIGTERM leaves before SIGKILL.
const SHUTDOWN_LIMIT: Duration = Duration::from_millis(500);

/// What every process of the cloud needs besides its function.
pub(crate) struct Surroundings {
    pub(crate) runtime_api: RuntimeApi,
    pub(crate) log: Arc<FunctionLog>,
    pub(crate) variables: super::Variables,
    /// The running processes by their ids here, each with its function.
    pub(crate) processes: Mutex<HashMap<String, (String, Pid)>>,
    pub(crate) watchers: Watchers,
}

impl Surroundings {
    pub(crate) fn process_ids(&self, function: &str) -> Vec<i32> {
        let processes = locked(&self.processes);
        let of_function = processes.values().filter(|(name, _)| name == function);
        of_function
            .map(|(_, pid)| pid.as_raw_nonzero().get())
            .collect()
    }

    /// Kills every process of a function. Gives their number. They end a moment later, and get no work from now on.
    pub(crate) fn kill(&self, function: &str) -> usize {
        let mut processes = locked(&self.processes);
        let of_function = processes.extract_if(|_, (name, _)| name == function);
        of_function
            .filter(|(_, (_, pid))| kill_process(*pid, Signal::KILL).is_ok())
            .count()
    }
}

pub(crate) struct Environment {
    id: String,
    name: String,
    child: Child,
    work: mpsc::Sender<Work>,
    phase: watch::Receiver<Phase>,
    slot: Arc<Slot>,
    surroundings: Arc<Surroundings>,
    born: Instant,
    has_run: bool,
}

/// How an invocation ended, and whether the process can take another.
pub(crate) struct Outcome {
    pub(crate) invoked: Invoked,
    pub(crate) alive: bool,
}

impl Environment {
    /// Starts a process and waits until it asks for work. The error is the document a caller of the function gets.
    pub(crate) async fn start(
        function: &Function,
        surroundings: Arc<Surroundings>,
    ) -> Result<Self, StartFailure> {
        let (slot, work, phase) = Slot::new(&function.name);
        let slot = Arc::new(slot);
        // Unguessable: it is the process's only proof towards the Runtime API.
        let id = uuid::Uuid::new_v4().simple().to_string();
        let address = surroundings.runtime_api.register(&id, Arc::clone(&slot));
        let born = Instant::now();
        let spawned = command(function, &id, &address, &surroundings.variables).spawn();
        let child = match spawned {
            Ok(child) => child,
            Err(error) => {
                surroundings.runtime_api.forget(&id);
                let text = format!("{} can't be started: {error}", function.binary.display());
                return Err(StartFailure::new("Runtime.InvalidEntrypoint", text));
            }
        };
        let mut environment = Self {
            id,
            name: function.name.clone(),
            child,
            work,
            phase,
            slot,
            surroundings,
            born,
            has_run: false,
        };
        if let Some(pid) = environment.pid() {
            let running = (environment.name.clone(), pid);
            locked(&environment.surroundings.processes).insert(environment.id.clone(), running);
        }
        environment.follow_output();
        match environment.wait_until_ready().await {
            Ok(()) => Ok(environment),
            Err(mut failure) => {
                // What it wrote last says why; the pipe is read by another task.
                sleep(OUTPUT_PAUSE).await;
                failure.output = environment
                    .surroundings
                    .log
                    .last_of(&environment.short_id(), 3);
                Err(failure)
            }
        }
    }

    /// Names the process in the log: the whole id must not leave this program.
    fn short_id(&self) -> String {
        self.id.chars().take(8).collect()
    }

    fn follow_output(&mut self) {
        let short = self.short_id();
        if let Some(output) = self.child.stdout.take() {
            let (log, name, id) = (
                Arc::clone(&self.surroundings.log),
                self.name.clone(),
                short.clone(),
            );
            tokio::spawn(async move { log.follow(&name, &id, output).await });
        }
        if let Some(output) = self.child.stderr.take() {
            let (log, name, id) = (Arc::clone(&self.surroundings.log), self.name.clone(), short);
            tokio::spawn(async move { log.follow(&name, &id, output).await });
        }
    }

    async fn wait_until_ready(&mut self) -> Result<(), StartFailure> {
        let started = self.phase.wait_for(|phase| *phase != Phase::Starting);
        let phase = tokio::select! {
            biased;
            phase = started => phase.map(|phase| phase.clone()).unwrap_or(Phase::Starting),
            status = self.child.wait() => {
                let text = format!("Runtime exited during start: {}", status_text(status.as_ref().ok()));
                return Err(StartFailure::new("Runtime.ExitError", text));
            }
            () = sleep(INIT_LIMIT) => {
                let text = format!("Init did not end within {} s", INIT_LIMIT.as_secs());
                return Err(StartFailure::new("Sandbox.Timedout", text));
            }
        };
        match phase {
            Phase::Idle | Phase::Busy => Ok(()),
            Phase::InitFailed(document) => Err(StartFailure {
                document,
                output: Vec::new(),
            }),
            Phase::Starting => Err(StartFailure::new(
                "Runtime.ExitError",
                "The Runtime API was stopped.".to_owned(),
            )),
        }
    }

    /// Runs one invocation.
    pub(crate) async fn run(
        &mut self,
        function: &Function,
        payload: Bytes,
        trace_id: String,
    ) -> Outcome {
        let (begun, shown) = (Instant::now(), payload.clone());
        let outcome = self.invoke(function, payload, trace_id).await;
        let is_first = !std::mem::replace(&mut self.has_run, true);
        self.surroundings.watchers.tell(|| Invocation {
            function: self.name.clone(),
            memory_mb: function.memory_mb,
            payload: shown,
            answer: outcome.invoked.clone(),
            duration: begun.elapsed(),
            since_start: is_first.then(|| self.born.elapsed()),
        });
        outcome
    }

    async fn invoke(&mut self, function: &Function, payload: Bytes, trace_id: String) -> Outcome {
        let request_id = uuid::Uuid::new_v4().to_string();
        let (sender, receiver) = oneshot::channel();
        let work = Work {
            request_id: request_id.clone(),
            deadline_ms: deadline_ms(function.timeout),
            function_arn: function.arn(),
            trace_id,
            payload,
            answer: sender,
        };
        if self.work.send(work).await.is_err() {
            return self.crashed(&request_id, None);
        }
        tokio::select! {
            biased;
            answer = receiver => match answer {
                Ok(Answer::Response(payload)) => Outcome { invoked: Invoked { payload, function_error: None }, alive: true },
                Ok(Answer::Error(payload)) => Outcome { invoked: Invoked::unhandled(payload), alive: true },
                // The runtime asked for more without an answer: it can't be relied on.
                Err(_) => self.crashed(&request_id, None),
            },
            status = self.child.wait() => self.crashed(&request_id, status.ok()),
            () = sleep(function.timeout) => {
                let seconds = function.timeout.as_secs_f64();
                tracing::warn!("{} was stopped: it did not answer within {seconds} s", self.name);
                let text = format!("RequestId: {request_id} Error: Task timed out after {seconds:.2} seconds");
                Outcome { invoked: Invoked::unhandled(error_document("Sandbox.Timedout", &text)), alive: false }
            }
        }
    }

    fn crashed(&self, request_id: &str, status: Option<ExitStatus>) -> Outcome {
        let status = status_text(status.as_ref());
        tracing::warn!("{} crashed in an invocation: {status}", self.name);
        let text = format!("RequestId: {request_id} Error: Runtime exited: {status}");
        Outcome {
            invoked: Invoked::unhandled(error_document("Runtime.ExitError", &text)),
            alive: false,
        }
    }

    /// After an answer: waits until the process asks for more. False when it ended instead.
    pub(crate) async fn wait_until_idle(&mut self) -> bool {
        let idle = self.phase.wait_for(|phase| *phase == Phase::Idle);
        tokio::select! {
            biased;
            phase = idle => phase.is_ok(),
            status = self.child.wait() => {
                tracing::warn!("{} ended after its answer: {}", self.name, status_text(status.as_ref().ok()));
                false
            }
            () = sleep(INIT_LIMIT) => false,
        }
    }

    fn pid(&self) -> Option<Pid> {
        let id = i32::try_from(self.child.id()?).ok()?;
        Pid::from_raw(id)
    }

    /// The function whose process this is.
    pub(crate) fn function(&self) -> &str {
        &self.name
    }

    pub(crate) fn is_running(&mut self) -> bool {
        let is_known = locked(&self.surroundings.processes).contains_key(&self.id);
        is_known && matches!(self.child.try_wait(), Ok(None))
    }

    pub(crate) fn age(&self) -> Duration {
        self.born.elapsed()
    }

    /// Ends the process as Lambda does: SIGTERM first only when an extension is registered.
    pub(crate) async fn stop(mut self) {
        if self.slot.has_extension()
            && let Some(pid) = self.pid()
            && kill_process(pid, Signal::TERM).is_ok()
            && timeout(SHUTDOWN_LIMIT, self.child.wait()).await.is_ok()
        {
            return;
        }
        if let Err(error) = self.child.kill().await {
            tracing::debug!("{} could not be killed: {error}", self.name);
        }
    }
}

impl Drop for Environment {
    fn drop(&mut self) {
        // The child itself is killed on drop; before that, since its number may then be another's.
        locked(&self.surroundings.processes).remove(&self.id);
        self.surroundings.runtime_api.forget(&self.id);
    }
}

/// Why a process did not come up.
#[derive(Debug)]
pub(crate) struct StartFailure {
    pub(crate) document: Bytes,
    /// The last lines it wrote.
    pub(crate) output: Vec<String>,
}

impl StartFailure {
    pub(crate) fn new(kind: &str, message: String) -> Self {
        Self {
            document: error_document(kind, &message),
            output: Vec::new(),
        }
    }
}

fn command(function: &Function, id: &str, address: &str, variables: &super::Variables) -> Command {
    let mut command = Command::new(&function.binary);
    // The developer's own environment (credentials, proxies) must not reach a function: Lambda would not have it either.
    command
        .env_clear()
        .envs([
            ("LANG", "en_US.UTF-8"),
            ("PATH", "/usr/local/bin:/usr/bin:/bin"),
            ("TZ", ":UTC"),
            ("_HANDLER", "bootstrap"),
            ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ])
        .envs(&function.environment)
        .env("AWS_LAMBDA_FUNCTION_NAME", &function.name)
        .env(
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
            function.memory_mb.to_string(),
        )
        .env(
            "AWS_LAMBDA_LOG_GROUP_NAME",
            format!("/aws/lambda/{}", function.name),
        )
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "local")
        .env("AWS_LAMBDA_RUNTIME_API", address)
        .envs(variables(function, id))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        // A group of its own: Ctrl-C in the terminal reaches us alone, and we stop the processes in order.
        .process_group(0);
    if let Some(folder) = function.binary.parent() {
        command.env("LAMBDA_TASK_ROOT", folder).current_dir(folder);
    }
    command
}

fn deadline_ms(limit: Duration) -> u64 {
    let deadline = SystemTime::now() + limit;
    let since = deadline.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

pub(crate) fn error_document(kind: &str, message: &str) -> Bytes {
    json!({"errorType": kind, "errorMessage": message})
        .to_string()
        .into()
}

fn status_text(status: Option<&ExitStatus>) -> String {
    status.map_or_else(|| "unknown status".to_owned(), ToString::to_string)
}
