//! Errors as SQS writes them: in the JSON protocol, with the older protocol's code in a header.

use super::messages::Stale;
use crate::api_error::ApiError;
use http::StatusCode;
use serde_json::{Value, json};

pub(super) fn missing(what: &str) -> ApiError {
    ApiError::client(
        "MissingParameter",
        format!("The request must contain the parameter {what}."),
    )
}

pub(super) fn invalid(what: &str, value: impl std::fmt::Display, reason: &str) -> ApiError {
    ApiError::client(
        "InvalidParameterValue",
        format!("Value {value} for parameter {what} is invalid. Reason: {reason}"),
    )
}

pub(super) fn serialization(message: impl Into<String>) -> ApiError {
    ApiError::client("SerializationException", message)
}

pub(super) fn no_queue() -> ApiError {
    ApiError::client("QueueDoesNotExist", "The specified queue does not exist.")
}

pub(super) fn of_receipt(handle: &str, stale: Stale) -> ApiError {
    match stale {
        Stale::Unknown => ApiError {
            status: StatusCode::NOT_FOUND,
            ..ApiError::client(
                "ReceiptHandleIsInvalid",
                format!("The input receipt handle \"{handle}\" is not a valid receipt handle."),
            )
        },
        Stale::NotInFlight => ApiError::client(
            "MessageNotInflight",
            "The message referred to is not in flight.",
        ),
    }
}

/// The status, the body, and the value of `x-amzn-query-error`.
pub(super) fn answer(error: &ApiError) -> (StatusCode, Value, String) {
    let service = matches!(
        error.code,
        "AccessDeniedException"
            | "ExpiredTokenException"
            | "IncompleteSignatureException"
            | "InvalidSignatureException"
            | "MissingAuthenticationTokenException"
            | "SerializationException"
            | "UnrecognizedClientException"
    );
    let namespace = if service {
        "com.amazon.coral.service"
    } else {
        "com.amazonaws.sqs"
    };
    let code = match error.code {
        "QueueDoesNotExist" => "AWS.SimpleQueueService.NonExistentQueue",
        "EmptyBatchRequest" => "AWS.SimpleQueueService.EmptyBatchRequest",
        "TooManyEntriesInBatchRequest" => "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
        "BatchEntryIdsNotDistinct" => "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
        "InvalidBatchEntryId" => "AWS.SimpleQueueService.InvalidBatchEntryId",
        "BatchRequestTooLong" => "AWS.SimpleQueueService.BatchRequestTooLong",
        "MessageNotInflight" => "AWS.SimpleQueueService.MessageNotInflight",
        "UnsupportedOperation" => "AWS.SimpleQueueService.UnsupportedOperation",
        "AccessDeniedException" => "AccessDenied",
        other => other,
    };
    let party = if error.status.is_server_error() {
        "Receiver"
    } else {
        "Sender"
    };
    (
        error.status,
        json!({"__type": format!("{namespace}#{}", error.code), "message": error.message}),
        format!("{code};{party}"),
    )
}
