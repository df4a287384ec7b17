//! The life of a worker's process: init once, then one event after the other.

use crate::{Event as _, Run, Worker, describe};
use endpoint::process;
use serde_json::json;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use tenant_context::{Aws, InitError};
use tracing::Instrument as _;

/// Runs a worker as a Lambda function, or describes it when called with `--describe`.
pub fn run<W: Worker>() -> ExitCode {
    process::run(describe::describe::<W>, serve::<W>())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where workers start: no request reaches them, so there is no context to verify"
)]
async fn serve<W: Worker>() -> Result<(), lambda_runtime::Error> {
    let name = std::env::var("AWS_LAMBDA_FUNCTION_NAME").map_err(|_| {
        InitError("this is a Lambda function: start it with `cargo local`, or ask it to `--describe` itself".to_owned())
    })?;
    let aws: Arc<Aws> = Aws::connect(&process::binary_name()).await?;
    let worker = W::init(&aws).await?;
    let (worker, name) = (&worker, &name);
    process::invocations(|event: W::Event, context| async move {
        let run = Run {
            request_id: context.request_id,
        };
        handle(worker, event, &run, name).await
    })
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
