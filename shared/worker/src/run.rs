//! The life of a worker's process: init once, then one event after the other.

use crate::{Event as _, Run, Worker, describe};
use endpoint::log;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::json;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use tenant_context::{Aws, InitError};
use tracing::Instrument as _;

/// Runs a worker as a Lambda function, or describes it when called with `--describe`.
pub fn run<W: Worker>() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("--describe") {
        println!("{}", describe::describe::<W>(&binary_name()));
        return ExitCode::SUCCESS;
    }
    log::start();
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return stop(&error),
    };
    match runtime.block_on(serve::<W>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => stop(&*error),
    }
}

fn stop(error: &dyn std::fmt::Display) -> ExitCode {
    tracing::error!(%error, "the function can't run");
    ExitCode::FAILURE
}

/// The name of this binary, which is the name of the worker.
fn binary_name() -> String {
    let path = std::env::current_exe().unwrap_or_default();
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where workers start: no request reaches them, so there is no context to verify"
)]
async fn serve<W: Worker>() -> Result<(), lambda_runtime::Error> {
    let name = std::env::var("AWS_LAMBDA_FUNCTION_NAME").map_err(|_| {
        InitError("this is a Lambda function: start it with `cargo local`, or ask it to `--describe` itself".to_owned())
    })?;
    let aws: Arc<Aws> = Aws::connect(&binary_name()).await?;
    let worker = W::init(&aws).await?;
    let (worker, name) = (&worker, &name);
    lambda_runtime::run(service_fn(|event: LambdaEvent<W::Event>| async move {
        let run = Run {
            request_id: event.context.request_id,
        };
        handle(worker, event.payload, &run, name).await
    }))
    .await
}

/// An error makes Lambda bring the event again.
async fn handle<W: Worker>(
    worker: &W,
    event: W::Event,
    run: &Run,
    name: &str,
) -> Result<<W::Event as crate::Event>::Answer, lambda_runtime::Error> {
    let started = Instant::now();
    let count = event.len();
    let span = tracing::info_span!("event", request_id = run.request_id);
    let result = worker.handle(event, run).instrument(span).await;
    let left = result.as_ref().map_or(count, W::Event::left);
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    // CloudWatch user guide, "Specification: Embedded metric format".
    let line = json!({
        "_aws": {
            "Timestamp": u64::try_from(now.as_millis()).unwrap_or(u64::MAX),
            "CloudWatchMetrics": [{
                "Namespace": "Tenantry",
                "Dimensions": [["Function"]],
                "Metrics": [
                    {"Name": "Latency", "Unit": "Milliseconds"},
                    {"Name": "Events", "Unit": "Count"},
                    {"Name": "EventsLeft", "Unit": "Count"},
                ],
            }],
        },
        "Function": name,
        "Latency": started.elapsed().as_micros() as f64 / 1000.0,
        "Events": count,
        "EventsLeft": left,
        "request_id": run.request_id,
        "problem": result.as_ref().err().map(|problem| problem.kind().slug()),
    });
    println!("{line}");
    result.map_err(|problem| problem.kind().slug().into())
}
