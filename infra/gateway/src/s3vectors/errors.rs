//! Errors as S3 Vectors words them.

use crate::api_error::ApiError;
use http::StatusCode;
use std::fmt::Display;

pub(super) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::client("ValidationException", message)
}

/// A member that isn't what the API's model says: `path` leads to it.
pub(super) fn constraint(path: &str, must: impl Display) -> ApiError {
    invalid(format!(
        "1 validation error detected. Value at '{path}' failed to satisfy constraint: Member must {must}"
    ))
}

/// A text or a list that is too short or too long.
pub(super) fn length(path: &str, length: usize, least: usize, most: usize) -> ApiError {
    invalid(format!(
        "1 validation error detected. Value with length {length} at '{path}' failed to satisfy constraint: Member must have length between {least} and {most}, inclusive"
    ))
}

/// A vector that can't be put.
pub(super) fn record(key: &str, wrong: impl Display) -> ApiError {
    invalid(format!("Invalid record for key '{key}': {wrong}"))
}

pub(super) fn no_index() -> ApiError {
    not_found("The specified index could not be found")
}

pub(super) fn no_bucket() -> ApiError {
    not_found("The specified vector bucket could not be found")
}

fn not_found(message: &str) -> ApiError {
    with(StatusCode::NOT_FOUND, "NotFoundException", message)
}

pub(super) fn is_there() -> ApiError {
    let message = "An index with the specified name already exists";
    with(StatusCode::CONFLICT, "ConflictException", message)
}

pub(super) fn too_many() -> ApiError {
    with(
        StatusCode::TOO_MANY_REQUESTS,
        "TooManyRequestsException",
        "Please reduce your request rate",
    )
}

pub(super) fn too_large() -> ApiError {
    with(
        StatusCode::PAYLOAD_TOO_LARGE,
        "RequestEntityTooLargeException",
        "The body is larger than 20 MiB",
    )
}

pub(super) fn failed() -> ApiError {
    ApiError {
        code: "InternalServerException",
        ..ApiError::internal("Internal server error")
    }
}

pub(super) fn of_store(error: &rusqlite::Error) -> ApiError {
    tracing::error!(%error, "vectors could not be kept or read");
    failed()
}

pub(super) fn forbidden(error: ApiError) -> ApiError {
    ApiError {
        status: StatusCode::FORBIDDEN,
        ..error
    }
}

/// A caller who isn't known: 403 here, where the services of the older JSON protocol answer 400.
pub(super) fn of_caller(error: ApiError) -> ApiError {
    match error.status {
        StatusCode::BAD_REQUEST => forbidden(error),
        _ => error,
    }
}

fn with(status: StatusCode, code: &'static str, message: &str) -> ApiError {
    ApiError {
        status,
        ..ApiError::client(code, message)
    }
}
