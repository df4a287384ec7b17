//! Errors as S3 writes them.

use crate::api_error::ApiError;
use crate::sigv4::{Incoming, Refusal};
use axum::body::Body;
use axum::response::Response;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};

pub(super) fn of_signature(refusal: Refusal) -> ApiError {
    match refusal {
        Refusal::Missing => ApiError::forbidden("AccessDenied", "Access Denied"),
        Refusal::Overdue => ApiError::forbidden("AccessDenied", "Request has expired"),
        Refusal::Incomplete(message) => {
            ApiError::client("AuthorizationQueryParametersError", message)
        }
        Refusal::UnknownToken => ApiError::forbidden(
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
        ),
        Refusal::Mismatch(message) => ApiError::forbidden("SignatureDoesNotMatch", message),
        Refusal::Expired => ApiError::client("ExpiredToken", "The provided token has expired."),
    }
}

pub(super) fn no_bucket() -> ApiError {
    not_found("NoSuchBucket", "The specified bucket does not exist")
}

pub(super) fn no_key() -> ApiError {
    not_found("NoSuchKey", "The specified key does not exist.")
}

pub(super) fn no_upload() -> ApiError {
    not_found(
        "NoSuchUpload",
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    )
}

fn not_found(code: &'static str, message: &str) -> ApiError {
    ApiError {
        status: StatusCode::NOT_FOUND,
        ..ApiError::client(code, message)
    }
}

pub(super) fn not_offered(what: &str) -> ApiError {
    ApiError {
        status: StatusCode::NOT_IMPLEMENTED,
        ..ApiError::client(
            "NotImplemented",
            format!("{what} is not offered by the local gateway"),
        )
    }
}

pub(crate) fn too_large() -> ApiError {
    ApiError::client(
        "EntityTooLarge",
        "Your proposed upload exceeds the maximum allowed object size.",
    )
}

pub(super) fn no_length() -> ApiError {
    ApiError {
        status: StatusCode::LENGTH_REQUIRED,
        ..ApiError::client(
            "MissingContentLength",
            "You must provide the Content-Length HTTP header.",
        )
    }
}

pub(super) fn slow_down() -> ApiError {
    ApiError {
        status: StatusCode::SERVICE_UNAVAILABLE,
        ..ApiError::client("SlowDown", "Please reduce your request rate.")
    }
}

pub(super) fn failed() -> ApiError {
    ApiError {
        code: "InternalError",
        ..ApiError::internal("We encountered an internal error. Please try again.")
    }
}

/// An error in XML.
pub(crate) fn response(error: &ApiError, request: &Incoming, request_id: &str) -> Response {
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}</Message><Resource>{}</Resource><RequestId>{request_id}</RequestId></Error>",
        error.code,
        escaped(&error.message),
        escaped(request.uri.path()),
    );
    // The answer to HEAD has no body, and so says no more than its status.
    let body = match request.method == Method::HEAD {
        true => Body::empty(),
        false => Body::from(xml),
    };
    let mut response = Response::new(body);
    *response.status_mut() = error.status;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/xml"),
    );
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(HeaderName::from_static("x-amz-request-id"), id);
    }
    response
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
