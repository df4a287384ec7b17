//! Structured JSON logs, and one metrics line a request in CloudWatch's embedded metric format.
//!
//! Logs hold ids of tenant, project and request; never names, addresses, tokens or bodies.
//! Source: CloudWatch user guide, "Specification: Embedded metric format".

use problem::{Kind, Problem};
use serde::Serialize;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Starts the log. The runtime's own crates stay at WARN: their TRACE level prints events, tokens included.
pub fn start() {
    let level = std::env::var("LOG_LEVEL").ok();
    let level = level.map_or(Ok(LevelFilter::INFO), |level| level.parse());
    let own = [
        "endpoint",
        "tenant_context",
        "records",
        "sign_in",
        "mail",
        "worker",
        "stream_functions",
        "mail_functions",
    ];
    let level = level.unwrap_or(LevelFilter::WARN);
    let shown = Targets::new()
        .with_default(LevelFilter::WARN)
        .with_targets(own.map(|name| (name, level)));
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_target(false);
    // Fails only where a log was started before, which then goes on.
    let _ = tracing_subscriber::registry()
        .with(shown)
        .with(lines)
        .try_init();
}

/// Counts a request that was refused before an endpoint saw it.
pub fn count_refusal(function: &str, request_id: &str) {
    measure(&Measured {
        function,
        request_id,
        tenant_id: None,
        project_id: None,
        status: 403,
        problem: None,
        took: Duration::ZERO,
    });
}

/// What is said of each request.
pub(crate) struct Measured<'a> {
    pub(crate) function: &'a str,
    pub(crate) request_id: &'a str,
    pub(crate) tenant_id: Option<&'a str>,
    pub(crate) project_id: Option<&'a str>,
    pub(crate) status: u16,
    pub(crate) problem: Option<&'a Problem>,
    pub(crate) took: Duration,
}

/// Writes the metrics line of a request: latency, and whether access was refused, by us or by IAM.
pub(crate) fn measure(request: &Measured<'_>) {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let kind = request.problem.map(Problem::kind);
    let line = Line {
        aws: Metadata {
            timestamp: u64::try_from(now.as_millis()).unwrap_or(u64::MAX),
            metrics: METRICS,
        },
        function: request.function,
        latency: request.took.as_micros() as f64 / 1000.0,
        refused_access: u8::from(matches!(request.status, 401 | 403)),
        isolation_refused: u8::from(kind == Some(Kind::IsolationRefused)),
        request_id: request.request_id,
        tenant_id: request.tenant_id,
        project_id: request.project_id,
        status: request.status,
        problem: kind.map(Kind::slug),
    };
    match serde_json::to_string(&line) {
        Ok(line) => println!("{line}"),
        Err(error) => tracing::error!(%error, "a request's metrics can't be written"),
    }
}

/// A line in the embedded metric format.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(rename = "_aws")]
    aws: Metadata,
    #[serde(rename = "Function")]
    function: &'a str,
    #[serde(rename = "Latency")]
    latency: f64,
    #[serde(rename = "RefusedAccess")]
    refused_access: u8,
    #[serde(rename = "IsolationRefused")]
    isolation_refused: u8,
    request_id: &'a str,
    tenant_id: Option<&'a str>,
    project_id: Option<&'a str>,
    status: u16,
    problem: Option<&'static str>,
}

#[derive(Serialize)]
struct Metadata {
    #[serde(rename = "Timestamp")]
    timestamp: u64,
    #[serde(rename = "CloudWatchMetrics")]
    metrics: [Metrics; 1],
}

/// Which members of a line are metrics.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metrics {
    namespace: &'static str,
    dimensions: [&'static [&'static str]; 2],
    metrics: [Metric; 3],
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metric {
    name: &'static str,
    unit: &'static str,
}

const METRICS: [Metrics; 1] = [Metrics {
    namespace: "Tenantry",
    dimensions: [&["Function"], &[]],
    metrics: [
        Metric {
            name: "Latency",
            unit: "Milliseconds",
        },
        Metric {
            name: "RefusedAccess",
            unit: "Count",
        },
        Metric {
            name: "IsolationRefused",
            unit: "Count",
        },
    ],
}];
