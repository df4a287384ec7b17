#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]
use super::*;
use serde_json::json;

fn events(event: &Value) -> Result<Vec<Declared>, String> {
    read("F", &json!({"Events": {"E": event}}))
}

#[test]
fn a_stream_is_read() {
    let event = json!({"Type": "DynamoDB", "Properties": {
        "Stream": "arn:stream", "StartingPosition": "TRIM_HORIZON", "BatchSize": "25", "MaximumRetryAttempts": 3,
        "BisectBatchOnFunctionError": true, "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "DestinationConfig": {"OnFailure": {"Destination": "arn:queue"}},
    }});
    let declared = events(&event).unwrap();
    let Source::Stream(stream) = &declared[0].source else {
        panic!("{declared:?}")
    };
    assert_eq!(
        (
            stream.batching.size,
            stream.retries,
            stream.on_failure.as_deref()
        ),
        (25, Some(3), Some("arn:queue"))
    );
    assert!(stream.bisects && stream.from_first && stream.batching.reports_items);
}

#[test]
fn what_is_off_is_left_out_and_routes_are_not_read_here() {
    let off = json!({"Type": "SQS", "Properties": {"Queue": "arn", "Enabled": false}});
    assert!(events(&off).unwrap().is_empty());
    assert!(events(&json!({"Type": "HttpApi"})).unwrap().is_empty());
}

#[test]
fn mistakes_are_named() {
    let stream = |properties: Value| {
        let mut all = json!({"Stream": "arn", "StartingPosition": "LATEST"});
        let members = all.as_object_mut().unwrap();
        members.extend(properties.as_object().unwrap().clone());
        json!({"Type": "DynamoDB", "Properties": all})
    };
    let queue = |properties: Value| json!({"Type": "SQS", "Properties": properties});
    for (event, expected) in [
        (
            stream(json!({"StartingPosition": "FIRST"})),
            "StartingPosition",
        ),
        (stream(json!({"Stream": null})), "Stream"),
        (stream(json!({"BatchSize": 0})), "BatchSize"),
        (
            stream(json!({"TumblingWindowInSeconds": 3})),
            "TumblingWindow",
        ),
        (
            stream(json!({"FunctionResponseTypes": ["All"]})),
            "FunctionResponseTypes",
        ),
        (stream(json!({"FilterCriteria": {}})), "Filters"),
        (queue(json!({})), "Queue"),
        (
            queue(json!({"Queue": "arn", "BatchSize": 11})),
            "MaximumBatchingWindow",
        ),
        (
            queue(json!({"Queue": "arn", "ScalingConfig": {"MaximumConcurrency": 1}})),
            "MaximumConcurrency",
        ),
    ] {
        let error = events(&event).unwrap_err();
        assert!(
            error.starts_with("F: event E: ") && error.contains(expected),
            "{error}"
        );
    }
}
