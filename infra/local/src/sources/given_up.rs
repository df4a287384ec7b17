//! What the destination for failures is told of stream records that are given up; it does not get the records themselves.

use super::stream::sequence_number;
use crate::lambda::Invoked;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

pub(super) fn report(
    function_arn: &str,
    stream_arn: &str,
    records: &[Value],
    failures: u64,
    invoked: &Invoked,
) -> String {
    let number = |record: Option<&Value>| record.map(|record| sequence_number(record).to_owned());
    let time = |record: Option<&Value>| record.and_then(created).map(|time| time.to_string());
    let report = json!({
        "requestContext": {"requestId": uuid::Uuid::new_v4(), "functionArn": function_arn, "condition": "RetryAttemptsExhausted", "approximateInvokeCount": failures},
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": invoked.function_error},
        "version": "1.0",
        "timestamp": Timestamp::now().to_string(),
        "DDBStreamBatchInfo": {
            "shardId": "shardId-00000001",
            "startSequenceNumber": number(records.first()),
            "endSequenceNumber": number(records.last()),
            "approximateArrivalOfFirstRecord": time(records.first()),
            "approximateArrivalOfLastRecord": time(records.last()),
            "batchSize": records.len(),
            "streamArn": stream_arn,
        },
    });
    report.to_string()
}

/// When a record was written.
pub(super) fn created(record: &Value) -> Option<Timestamp> {
    let seconds = record.pointer("/dynamodb/ApproximateCreationDateTime")?;
    SignedDuration::try_from_secs_f64(seconds.as_f64()?)
        .ok()
        .and_then(|since| Timestamp::from_duration(since).ok())
}
