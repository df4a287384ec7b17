//! A running cloud, as the command line and the tests hold it.

use crate::{
    dns::Dns,
    error::StartError,
    lambda::{InvokeError, Invoked, Lambda, LogLine, Watch},
    options::Options,
    sources::{Sources, Unsettled},
    start::{Parts, Running},
};
use gateway::Gateway;
use std::{
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};
use tokio::{runtime, sync::oneshot};

/// How long [`Cloud::settled`] waits.
const SETTLE_LIMIT: Duration = Duration::from_secs(30);

/// A running cloud. It has a runtime and threads of its own, so it may be started, used and dropped from anywhere.
pub struct Cloud {
    api_url: String,
    aws_url: String,
    gateway: Arc<Gateway>,
    lambda: Arc<Lambda>,
    sources: Arc<Sources>,
    dns: Arc<Dns>,
    handle: runtime::Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Cloud {
    /// Starts a cloud and returns when both ports answer.
    ///
    /// # Errors
    /// When a port is busy, the template is wrong, a binary is missing, or the data folder can't be used.
    pub fn start(options: Options) -> Result<Self, StartError> {
        let (started, answer) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let system = |error: std::io::Error| {
            StartError::System(format!("the local cloud can't be started: {error}"))
        };
        let thread = thread::Builder::new()
            .name("local-cloud".to_owned())
            .spawn(move || run(options, &started, stopped))
            .map_err(system)?;
        let parts = answer.recv().map_err(|_| {
            StartError::System("the local cloud ended while it started".to_owned())
        })??;
        Ok(Self {
            api_url: parts.api_url,
            aws_url: parts.aws_url,
            gateway: parts.gateway,
            lambda: parts.lambda,
            sources: parts.sources,
            dns: parts.dns,
            handle: parts.handle,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Address of the API, without a slash at its end.
    pub fn api_url(&self) -> &str {
        &self.api_url
    }

    /// Address of the AWS endpoint, without a slash at its end.
    pub fn aws_url(&self) -> &str {
        &self.aws_url
    }

    /// The AWS endpoint itself: decisions, mail, credentials.
    pub fn gateway(&self) -> &Arc<Gateway> {
        &self.gateway
    }

    /// Its name server.
    pub fn dns(&self) -> &Dns {
        &self.dns
    }

    /// Invokes a function directly, past the API and its authorizer, with any event.
    ///
    /// # Errors
    /// When there is no such function, the event is too large, or the cloud is being stopped.
    pub async fn invoke(
        &self,
        function_logical_id: &str,
        event: &serde_json::Value,
    ) -> Result<Invoked, InvokeError> {
        let (lambda, name) = (Arc::clone(&self.lambda), function_logical_id.to_owned());
        let event = event.to_string();
        // On the cloud's own runtime: the caller's may end before the function's process does.
        let task = self
            .handle
            .spawn(async move { lambda.invoke(&name, event.into()).await });
        task.await.unwrap_or(Err(InvokeError::Stopped))
    }

    /// Waits until nothing is on its way: no stream record, no message that could be received, no event, nor what those brought about.
    /// Messages that are hidden (delayed, or left to their visibility time-out after a failure) are not waited for.
    ///
    /// # Errors
    /// When something is still on its way after half a minute.
    pub async fn settled(&self) -> Result<(), Unsettled> {
        let sources = Arc::clone(&self.sources);
        let task = async move { sources.settled(SETTLE_LIMIT).await };
        // On the cloud's own runtime, whose threads may block on the store. An error means that the cloud has ended.
        self.handle.spawn(task).await.unwrap_or(Ok(()))
    }

    /// Calls a function once, now, as its schedule in the template would. Nothing if it has no schedule.
    ///
    /// # Errors
    /// When the cloud is being stopped.
    pub async fn run_scheduled(
        &self,
        function_logical_id: &str,
    ) -> Option<Result<Invoked, InvokeError>> {
        let (sources, name) = (Arc::clone(&self.sources), function_logical_id.to_owned());
        let task = self.handle.spawn(async move { sources.run(&name).await });
        task.await.unwrap_or(Some(Err(InvokeError::Stopped)))
    }

    /// Shows every invocation of any function from now on, for as long as the receiver lives.
    pub fn watch(&self) -> Watch {
        self.lambda.watch()
    }

    /// The operating system's numbers of a function's processes.
    pub fn process_ids(&self, function_logical_id: &str) -> Vec<i32> {
        self.lambda.process_ids(function_logical_id)
    }

    /// Kills every process of a function, at work or not, as if each had crashed. Gives their number.
    pub fn kill(&self, function_logical_id: &str) -> usize {
        self.lambda.kill(function_logical_id)
    }

    /// What the functions wrote to stdout and stderr, oldest first.
    pub fn function_logs(&self) -> Vec<LogLine> {
        self.lambda.log().lines()
    }

    /// Stops everything and waits until it has ended. Dropping the cloud does the same.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if let Some(stop) = self.stop.take() {
            // An error means that the thread has ended already.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        self.end();
    }
}

/// The cloud's thread, from start to end.
fn run(
    options: Options,
    started: &mpsc::Sender<Result<Parts, StartError>>,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = match runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("local-cloud")
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = started.send(Err(StartError::System(format!(
                "the local cloud can't be started: {error}"
            ))));
            return;
        }
    };
    runtime.block_on(async {
        match Running::start(options).await {
            Ok((parts, running)) => {
                if started.send(Ok(parts)).is_ok() {
                    // Also when the sender is dropped.
                    let _ = stopped.await;
                }
                running.stop().await;
            }
            Err(error) => {
                let _ = started.send(Err(error));
            }
        }
    });
    runtime.shutdown_timeout(Duration::from_secs(1));
}
