//! The event sources of the template's functions, beside their routes.

use super::{
    filter::Filter,
    members::Members,
    schedule::{Kind, Schedule},
};
use crate::api::number;
use serde_json::{Map, Value};
use std::time::Duration;

/// What calls a function.
#[derive(Debug)]
pub(crate) struct Declared {
    pub(crate) function: String,
    /// The event's name in the function's `Events`.
    pub(crate) event: String,
    pub(crate) source: Source,
}

#[derive(Debug)]
pub(crate) enum Source {
    Stream(StreamSource),
    Queue(QueueSource),
    /// A topic, by its ARN.
    Topic(String),
    Schedule(Schedule),
}

/// A table's stream.
#[derive(Debug)]
pub(crate) struct StreamSource {
    pub(crate) arn: String,
    pub(crate) from_first: bool,
    pub(crate) batching: Batching,
    /// How often a failed batch is tried again; for ever if nothing is said.
    pub(crate) retries: Option<u64>,
    pub(crate) oldest: Option<Duration>,
    pub(crate) bisects: bool,
    /// The ARN of a queue that is told of what was given up.
    pub(crate) on_failure: Option<String>,
}

/// A queue.
#[derive(Debug)]
pub(crate) struct QueueSource {
    pub(crate) arn: String,
    pub(crate) batching: Batching,
    pub(crate) concurrency: Option<usize>,
}

/// How records are put together.
#[derive(Debug)]
pub(crate) struct Batching {
    pub(crate) size: usize,
    pub(crate) window: Duration,
    pub(crate) filter: Filter,
    pub(crate) reports_items: bool,
}

/// The types of events that are read here; routes are read elsewhere.
pub(crate) const TYPES: [&str; 5] = ["DynamoDB", "SQS", "SNS", "Schedule", "ScheduleV2"];

/// Reads the event sources of one function.
pub(crate) fn read(function: &str, properties: &Value) -> Result<Vec<Declared>, String> {
    let events = properties.get("Events").and_then(Value::as_object);
    let mut declared = Vec::new();
    for (event, value) in events.into_iter().flatten() {
        let wrong = |detail: String| format!("{function}: event {event}: {detail}");
        let empty = Map::new();
        let members = Members {
            all: value
                .get("Properties")
                .and_then(Value::as_object)
                .unwrap_or(&empty),
        };
        let source = match value.get("Type").and_then(Value::as_str) {
            Some("DynamoDB") => stream(&members).map(Source::Stream),
            Some("SQS") => queue(&members).map(Source::Queue),
            Some("SNS") => topic(&members).map(Source::Topic),
            Some("Schedule") => schedule(&members, Kind::Rule).map(Source::Schedule),
            Some("ScheduleV2") => schedule(&members, Kind::Scheduler).map(Source::Schedule),
            _ => continue,
        };
        let source = source.map_err(wrong)?;
        let state = members.get("State").and_then(Value::as_str);
        if members.truth("Enabled", true).map_err(wrong)? && state != Some("DISABLED") {
            declared.push(Declared {
                function: function.to_owned(),
                event: event.clone(),
                source,
            });
        }
    }
    Ok(declared)
}

fn stream(members: &Members<'_>) -> Result<StreamSource, String> {
    members.only(&[
        "Stream",
        "StartingPosition",
        "BatchSize",
        "MaximumBatchingWindowInSeconds",
        "FilterCriteria",
        "FunctionResponseTypes",
        "MaximumRetryAttempts",
        "MaximumRecordAgeInSeconds",
        "BisectBatchOnFunctionError",
        "DestinationConfig",
        "ParallelizationFactor",
        "Enabled",
    ])?;
    let from_first = match members.required("StartingPosition")? {
        "TRIM_HORIZON" => true,
        "LATEST" => false,
        _ => return Err("StartingPosition must be TRIM_HORIZON or LATEST".to_owned()),
    };
    // -1 stands for no limit.
    let limit = |name: &'static str, most: u64| match members.get(name) {
        Some(value) if value == -1 || value == "-1" => Ok(None),
        Some(_) => members.number(name, 0, most, 0).map(Some),
        None => Ok(None),
    };
    Ok(StreamSource {
        arn: members.required("Stream")?.to_owned(),
        from_first,
        batching: members.batching(100, 10_000)?,
        retries: limit("MaximumRetryAttempts", 10_000)?,
        oldest: limit("MaximumRecordAgeInSeconds", 604_800)?.map(Duration::from_secs),
        bisects: members.truth("BisectBatchOnFunctionError", false)?,
        on_failure: members
            .all
            .get("DestinationConfig")
            .and_then(|destination| destination.pointer("/OnFailure/Destination"))
            .and_then(Value::as_str)
            .map(str::to_owned),
    })
}

fn queue(members: &Members<'_>) -> Result<QueueSource, String> {
    members.only(&[
        "Queue",
        "BatchSize",
        "MaximumBatchingWindowInSeconds",
        "FilterCriteria",
        "FunctionResponseTypes",
        "ScalingConfig",
        "Enabled",
    ])?;
    let batching = members.batching(10, 10_000)?;
    if batching.size > 10 && batching.window.is_zero() {
        return Err(
            "a BatchSize above 10 needs a MaximumBatchingWindowInSeconds of at least 1".to_owned(),
        );
    }
    let concurrency = members
        .all
        .get("ScalingConfig")
        .and_then(|scaling| scaling.get("MaximumConcurrency"))
        .map(|most| {
            let most = number(most).filter(|most| (2..=1000).contains(most));
            most.and_then(|most| usize::try_from(most).ok())
                .ok_or("ScalingConfig.MaximumConcurrency must be 2 to 1000")
        });
    Ok(QueueSource {
        arn: members.required("Queue")?.to_owned(),
        batching,
        concurrency: concurrency.transpose()?,
    })
}

fn topic(members: &Members<'_>) -> Result<String, String> {
    members.only(&["Topic"])?;
    members.required("Topic").map(str::to_owned)
}

/// What is said of retries and dead letters counts at AWS, where an event may not reach its function.
fn schedule(members: &Members<'_>, kind: Kind) -> Result<Schedule, String> {
    let expression = match kind {
        Kind::Rule => {
            members.only(&[
                "Schedule",
                "Input",
                "Name",
                "Description",
                "Enabled",
                "State",
                "RetryPolicy",
                "DeadLetterConfig",
            ])?;
            members.required("Schedule")?
        }
        Kind::Scheduler => {
            members.only(&[
                "ScheduleExpression",
                "Input",
                "Name",
                "Description",
                "State",
                "RetryPolicy",
                "DeadLetterConfig",
                "FlexibleTimeWindow",
                "RoleArn",
                "OmitName",
                "ScheduleExpressionTimezone",
            ])?;
            members.required("ScheduleExpression")?
        }
    };
    Schedule::read(
        kind,
        expression,
        members.get("Input").and_then(Value::as_str),
    )
}

#[cfg(test)]
#[path = "declared_tests.rs"]
mod tests;
