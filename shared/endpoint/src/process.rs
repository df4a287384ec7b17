//! What every function's process does, whatever it serves: it describes itself when asked, or starts its log and takes one
//! invocation after the other.

use crate::log;
use lambda_runtime::{Context, Error, LambdaEvent, Runtime, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use std::process::ExitCode;

/// Prints what `describe` makes of the binary's name when called with `--describe`; else serves until the end.
pub fn run(
    describe: impl FnOnce(&str) -> Value,
    serve: impl Future<Output = Result<(), Error>>,
) -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("--describe") {
        println!("{}", describe(&binary_name()));
        return ExitCode::SUCCESS;
    }
    log::start();
    // A function serves one request at a time.
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return stop(&error),
    };
    match runtime.block_on(serve) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => stop(&*error),
    }
}

/// Has each invocation handled, until the process is stopped.
///
/// # Errors
/// When the Lambda Runtime API can't be reached.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where functions of all kinds begin to serve"
)]
pub async fn invocations<E, A, H>(handle: impl Fn(E, Context) -> H) -> Result<(), Error>
where
    E: DeserializeOwned,
    A: Serialize,
    H: Future<Output = Result<A, Error>>,
{
    let handle = &handle;
    // Read here: the runtime would keep track of the place in the event, for a message that nobody would see.
    let service = service_fn(|event: LambdaEvent<Box<RawValue>>| async move {
        let payload = serde_json::from_str(event.payload.get())?;
        handle(payload, event.context).await
    });
    Runtime::new(service).run().await
}

fn stop(error: &dyn std::fmt::Display) -> ExitCode {
    tracing::error!(%error, "the function can't run");
    ExitCode::FAILURE
}

/// The name of this binary, which is the name of what it serves.
pub fn binary_name() -> String {
    let path = std::env::current_exe().unwrap_or_default();
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
