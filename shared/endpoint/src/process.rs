//! What every function's process does, whatever it serves: it describes itself when asked, or starts its log and serves.

use crate::log;
use serde_json::Value;
use std::process::ExitCode;

/// Prints what `describe` makes of the binary's name when called with `--describe`; else serves until the end.
pub fn run(
    describe: impl FnOnce(&str) -> Value,
    serve: impl Future<Output = Result<(), lambda_runtime::Error>>,
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
