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

/// The problem of whoever sent what is too large.
pub(crate) fn too_large() -> Problem {
    Problem::new(Kind::ValidationFailed).detail(
        "With this, more would be stored at one place than the 400 KB that there is room for.",
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
