//! What a failed AWS call becomes: a problem for the client, and a log line for us.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use problem::{Kind, Problem};

/// Errors that pass: the client may repeat the request.
const PASSING: &[&str] = &[
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "Throttling",
    "TransactionConflictException",
    "TransactionInProgressException",
    "InternalServerError",
    "InternalFailure",
    "ServiceUnavailable",
    "IDPCommunicationError",
    "TooManyRequestsException",
    "ServiceUnavailableException",
    "InternalServerException",
    "RequestTimeoutException",
];

/// The problem that answers a failed call, with its log line.
pub(crate) fn problem<E, R>(operation: &str, error: &SdkError<E, R>) -> Problem
where
    E: ProvideErrorMetadata,
{
    let Some(service_error) = error.as_service_error() else {
        // No answer at all, or one that can't be read.
        tracing::error!(
            operation,
            kind = kind_of(error),
            "a call to AWS got no answer"
        );
        return Kind::Unavailable.into();
    };
    let code = service_error.code().unwrap_or("Unknown");
    match code {
        "AccessDeniedException" | "AccessDenied" => {
            // Nothing but a fault of ours leads here: the keys come from the same context as the credentials.
            tracing::error!(
                operation,
                event = "isolation_refused",
                "IAM refused a data access"
            );
            Kind::IsolationRefused.into()
        }
        "ValidationException" if is_too_large(service_error.message()) => too_large(),
        "ValidationException" if is_too_much(service_error.message()) => too_much(),
        code if PASSING.contains(&code) => {
            tracing::warn!(operation, code, "AWS is busy");
            Kind::Unavailable.into()
        }
        code => {
            // The message may quote values of the item, which have no place in a log.
            tracing::error!(operation, code, "a call to AWS failed");
            tracing::debug!(
                operation,
                reason = service_error.message(),
                "a call to AWS failed"
            );
            Kind::Internal.into()
        }
    }
}

/// Whether DynamoDB says that an item would be larger than it stores.
pub(crate) fn is_too_large(message: Option<&str>) -> bool {
    message.is_some_and(|message| {
        message.contains("Item size") && message.contains("maximum allowed size")
    })
}

/// The problem of what would make an item too large: the one that is written, or one that counts who names it.
pub(crate) fn too_large() -> Problem {
    Problem::new(Kind::ValidationFailed).detail(
        "With this, what is written, or something that it names, would come to more than the 400 KB that can be stored at one place.",
    )
}

/// Whether DynamoDB says that a transaction's items come to more than it writes at once. It says so of the whole, and of no
/// item in particular.
pub(crate) fn is_too_much(message: Option<&str>) -> bool {
    message.is_some_and(|message| message.contains("aggregate size of the items"))
}

/// The problem of what would be too large a transaction, and can't be done in smaller ones.
pub fn too_much() -> Problem {
    Problem::new(Kind::ValidationFailed).detail(
        "What this changes, with all that it names, comes to more than the 4 MB that can be written together.",
    )
}

fn kind_of<E, R>(error: &SdkError<E, R>) -> &'static str {
    match error {
        SdkError::ConstructionFailure(_) => "construction",
        SdkError::TimeoutError(_) => "timeout",
        SdkError::DispatchFailure(_) => "dispatch",
        SdkError::ResponseError(_) => "response",
        _ => "other",
    }
}

/// Turns a fault of the program into a problem, and logs it under the request id.
pub fn internal(what: &str, error: &dyn std::fmt::Display) -> Problem {
    tracing::error!(what, %error, "internal error");
    Kind::Internal.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_dynamodb::error::ErrorMetadata;
    use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;

    const TOO_MUCH: &str = "Collection size of items exceeded, which can also be caused by the aggregate size of the items in the transaction exceeding the 4MB limit";
    const TOO_LARGE: &str = "Item size has exceeded the maximum allowed size";

    fn answered(code: &str, message: &str) -> Problem {
        let error = ErrorMetadata::builder().code(code).message(message);
        let error = TransactWriteItemsError::generic(error.build());
        problem(
            "TransactWriteItems",
            &SdkError::service_error(error, "the answer"),
        )
    }

    #[test]
    fn too_large_a_transaction_and_too_large_an_item_are_told_apart() {
        assert!(is_too_much(Some(TOO_MUCH)) && !is_too_large(Some(TOO_MUCH)));
        assert!(is_too_large(Some(TOO_LARGE)) && !is_too_much(Some(TOO_LARGE)));
        assert!(!is_too_much(None) && !is_too_large(None));
    }

    #[test]
    fn what_is_too_large_is_the_fault_of_the_request_and_other_refusals_are_ours() {
        for message in [TOO_MUCH, TOO_LARGE] {
            let kind = answered("ValidationException", message).kind();
            assert_eq!(kind, Kind::ValidationFailed, "{message}");
            // What is said beside another code means something else.
            assert_eq!(answered("OtherException", message).kind(), Kind::Internal);
        }
        let other = answered("ValidationException", "Invalid UpdateExpression");
        assert_eq!(other.kind(), Kind::Internal);
    }
}
