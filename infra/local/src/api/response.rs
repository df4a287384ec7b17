//! What an HTTP API makes of a function's result.

use crate::lambda::Invoked;
use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

/// One of API Gateway's own answers: `{"message":"Not Found"}`.
pub(crate) fn message(status: StatusCode, text: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(json!({"message": text}).to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}

/// The answer to a function that failed, and to a result that can't be understood.
pub(crate) fn internal_error() -> Response<Body> {
    message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
}

/// Reads the result of an integration (payload format 2.0).
pub(crate) fn from_invocation(invoked: &Invoked, function: &str) -> Response<Body> {
    if invoked.function_error.is_some() {
        tracing::warn!("{function} failed: {}", shortened(&invoked.payload));
        return internal_error();
    }
    match read(&invoked.payload) {
        Ok(response) => response,
        Err(problem) => {
            tracing::warn!("{function} returned what an HTTP API can't use: {problem}");
            internal_error()
        }
    }
}

/// An error document may quote what the caller sent: enough of it to be of use.
fn shortened(payload: &Bytes) -> String {
    let text = String::from_utf8_lossy(payload);
    text.chars().take(500).collect()
}

fn read(payload: &Bytes) -> Result<Response<Body>, &'static str> {
    let value: Value = serde_json::from_slice(payload).map_err(|_| "not JSON")?;
    let Some(result) = value
        .as_object()
        .filter(|result| result.contains_key("statusCode"))
    else {
        // Without a status the whole result is the body.
        let mut response = Response::new(Body::from(payload.clone()));
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        return Ok(response);
    };
    let status = result
        .get("statusCode")
        .and_then(whole_number)
        .ok_or("statusCode is not a number")?;
    let status = u16::try_from(status)
        .ok()
        .and_then(|status| StatusCode::from_u16(status).ok());
    let status = status
        .filter(|status| !status.is_informational())
        .ok_or("statusCode is no HTTP status")?;
    let encoded = result
        .get("isBase64Encoded")
        .and_then(Value::as_bool)
        .unwrap_or(false);
    let body = match result.get("body") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(text)) if encoded => BASE64_STANDARD
            .decode(text)
            .map_err(|_| "body is not base64")?,
        Some(Value::String(text)) => text.clone().into_bytes(),
        Some(other) => other.to_string().into_bytes(),
    };
    let mut headers = HeaderMap::new();
    if !body.is_empty() {
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/plain;charset=UTF-8"),
        );
    }
    if let Some(given) = result.get("headers").filter(|given| !given.is_null()) {
        for (name, value) in given.as_object().ok_or("headers is not an object")? {
            let name =
                HeaderName::try_from(name.as_str()).map_err(|_| "a header has an invalid name")?;
            // These describe the connection; API Gateway makes its own.
            if matches!(
                name.as_str(),
                "connection" | "content-length" | "transfer-encoding" | "keep-alive" | "upgrade"
            ) {
                continue;
            }
            headers.insert(name, header_value(value)?);
        }
    }
    if let Some(cookies) = result.get("cookies").filter(|cookies| !cookies.is_null()) {
        for cookie in cookies.as_array().ok_or("cookies is not a list")? {
            headers.append(header::SET_COOKIE, header_value(cookie)?);
        }
    }
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

fn whole_number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn header_value(value: &Value) -> Result<HeaderValue, &'static str> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        _ => return Err("a header's value is not text"),
    };
    HeaderValue::try_from(text).map_err(|_| "a header has an invalid value")
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;

    fn response(payload: &str) -> Response<Body> {
        from_invocation(
            &Invoked {
                payload: Bytes::copy_from_slice(payload.as_bytes()),
                function_error: None,
            },
            "F",
        )
    }

    async fn body(response: Response<Body>) -> String {
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX)
            .await
            .unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_structured_result_is_followed() {
        let answer = response(
            r#"{"statusCode":201,"headers":{"location":"/x","x-count":3,"content-length":"9"},"cookies":["a=1","b=2"],"body":"aGk=","isBase64Encoded":true}"#,
        );
        assert_eq!(answer.status(), 201);
        assert_eq!(answer.headers()["location"], "/x");
        assert_eq!(answer.headers()["x-count"], "3");
        assert!(answer.headers().get("content-length").is_none());
        assert_eq!(answer.headers().get_all("set-cookie").iter().count(), 2);
        assert_eq!(body(answer).await, "hi");
    }

    #[tokio::test]
    async fn a_result_without_status_is_the_body() {
        let answer = response(r#"{"a":1}"#);
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "application/json");
        assert_eq!(body(answer).await, r#"{"a":1}"#);
    }

    #[tokio::test]
    async fn what_is_broken_is_an_internal_error() {
        for payload in [
            "nothing",
            r#"{"statusCode":"abc"}"#,
            r#"{"statusCode":99}"#,
            r#"{"statusCode":101}"#,
            r#"{"statusCode":200,"headers":{"a b":"c"}}"#,
            r#"{"statusCode":200,"headers":{"a":"b\nc"}}"#,
            r#"{"statusCode":200,"body":"%","isBase64Encoded":true}"#,
        ] {
            let answer = response(payload);
            assert_eq!(answer.status(), 500, "{payload}");
            assert_eq!(body(answer).await, r#"{"message":"Internal Server Error"}"#);
        }
        let failed = from_invocation(&Invoked::unhandled(Bytes::from_static(b"{}")), "F");
        assert_eq!(failed.status(), 500);
    }
}
