//! The replies of injected faults.

use super::operations::Operation;
use super::request::Analysis;
use super::{Reply, errors};
use crate::api_error::ApiError;
use crate::faults::FaultError;
use http::StatusCode;
use serde_json::{Map, Value, json};

/// The reply given in place of the store's, if the fault keeps the work from being done.
pub(super) fn instead(fault: FaultError, analysis: &Analysis) -> Option<Reply> {
    match fault {
        FaultError::TransactionConflict => Some(conflict(analysis)),
        FaultError::ThroughputExceeded => Some(errors::body(&ApiError::client(
            "ProvisionedThroughputExceededException",
            "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.",
        ))),
        FaultError::InternalServerError | FaultError::Silent => Some(lost_reply()),
        FaultError::LostReply | FaultError::NoReply => None,
        FaultError::Unprocessed => unprocessed(analysis),
    }
}

/// Whether the work is done and its reply then lost.
pub(super) fn loses_reply(fault: FaultError) -> bool {
    fault == FaultError::LostReply
}

/// What a client sees when the service fails.
pub(super) fn lost_reply() -> Reply {
    errors::body(&ApiError::internal("Internal server error"))
}

fn conflict(analysis: &Analysis) -> Reply {
    let elements = match analysis.operation {
        Operation::TransactGetItems | Operation::TransactWriteItems => analysis.checks.len(),
        _ => {
            return errors::body(&ApiError::client(
                "TransactionConflictException",
                "Transaction is ongoing for the item",
            ));
        }
    };
    // The first element is the one in conflict; the others would have gone through.
    let codes: Vec<&str> = (0..elements)
        .map(|element| {
            if element == 0 {
                "TransactionConflict"
            } else {
                "None"
            }
        })
        .collect();
    let reasons: Vec<Value> = codes
        .iter()
        .map(|code| {
            if *code == "None" {
                json!({"Code": code})
            } else {
                json!({"Code": code, "Message": "Transaction is ongoing for the item"})
            }
        })
        .collect();
    let message = format!(
        "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
        codes.join(", ")
    );
    let body = json!({"__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException", "Message": message, "CancellationReasons": reasons});
    (StatusCode::BAD_REQUEST, body)
}

fn unprocessed(analysis: &Analysis) -> Option<Reply> {
    let member = match analysis.operation {
        Operation::BatchGetItem => "UnprocessedKeys",
        Operation::BatchWriteItem => "UnprocessedItems",
        _ => return None,
    };
    let mut reply = Map::new();
    if analysis.operation == Operation::BatchGetItem {
        reply.insert("Responses".to_owned(), json!({}));
    }
    reply.insert(
        member.to_owned(),
        analysis
            .body
            .get("RequestItems")
            .cloned()
            .unwrap_or_default(),
    );
    Some((StatusCode::OK, Value::Object(reply)))
}
