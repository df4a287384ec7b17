//! Errors as DynamoDB writes them.

use crate::api_error::ApiError;
use dynoxide::DynoxideError;
use http::StatusCode;
use serde_json::{Value, json};

/// The request does not fit the table or the expression language.
pub(crate) fn validation(message: impl Into<String>) -> ApiError {
    ApiError::client("ValidationException", message)
}

/// The body is not what the protocol says.
pub(crate) fn serialization(message: impl Into<String>) -> ApiError {
    ApiError::client("SerializationException", message)
}

/// An error's status and JSON body.
pub(crate) fn body(error: &ApiError) -> (StatusCode, Value) {
    let namespace = match error.code {
        "ValidationException" => "com.amazon.coral.validate",
        "AccessDeniedException"
        | "ExpiredTokenException"
        | "IncompleteSignatureException"
        | "InvalidSignatureException"
        | "MissingAuthenticationTokenException"
        | "RequestEntityTooLargeException"
        | "SerializationException"
        | "UnknownOperationException"
        | "UnrecognizedClientException" => "com.amazon.coral.service",
        _ => "com.amazonaws.dynamodb.v20120810",
    };
    let message = if matches!(
        error.code,
        "AccessDeniedException" | "SerializationException"
    ) {
        "Message"
    } else {
        "message"
    };
    (
        error.status,
        json!({"__type": format!("{namespace}#{}", error.code), message: error.message}),
    )
}

/// An error of the store, as the service would word it for this operation.
pub(crate) fn of_store(operation: &str, error: &DynoxideError) -> (StatusCode, Value) {
    if let DynoxideError::EnvelopedValidation(detail) = error {
        let enveloped = matches!(operation, "PutItem" | "UpdateItem" | "DeleteItem");
        return body(&validation(if enveloped {
            format!("1 validation error detected: {detail}")
        } else {
            detail.clone()
        }));
    }
    let status =
        StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let json = serde_json::from_str(&error.to_json())
        .unwrap_or_else(|_| json!({"__type": error.error_type(), "message": error.to_string()}));
    (status, json)
}

/// A body the store's reader refused, in the service's words. The reader marks which kind of error it means.
pub(crate) fn of_reading(error: &serde_json::Error) -> DynoxideError {
    let text = error.to_string();
    let without_position = text
        .rfind(" at line ")
        .and_then(|end| text.get(..end))
        .unwrap_or(&text);
    let after = |marker: &str| without_position.strip_prefix(marker).map(str::to_owned);
    if let Some(detail) = after("SERIALIZATION_AS_READ:").or_else(|| after("SERIALIZATION:")) {
        return DynoxideError::SerializationException(detail);
    }
    if let Some(detail) = after("VALIDATION_REQUEST:") {
        return DynoxideError::EnvelopedValidation(detail);
    }
    if let Some(detail) = after("VALIDATION_AS_READ:").or_else(|| after("VALIDATION:")) {
        return DynoxideError::ValidationException(detail);
    }
    let about_values = [
        "missing field",
        "unknown variant",
        "invalid type: null",
        "Supplied AttributeValue",
    ];
    if without_position.contains("empty AttributeValue") {
        return DynoxideError::ValidationException(
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
                .to_owned(),
        );
    }
    if about_values
        .iter()
        .any(|part| without_position.contains(part))
    {
        return DynoxideError::ValidationException(without_position.to_owned());
    }
    DynoxideError::SerializationException(without_position.to_owned())
}
