//! The limits of an HTTP API and of Lambda that a client can run into.

use axum::body::{Body, Bytes};
use futures::StreamExt;
use http::request::Parts;
use std::time::Duration;

/// Request line and headers together.
pub(crate) const MAX_HEADERS: usize = 10_240;
/// Body of a request to an HTTP API.
pub(crate) const MAX_BODY: usize = 10 * 1024 * 1024;
/// Event and result of a synchronous invocation.
pub(crate) const MAX_LAMBDA_PAYLOAD: usize = 6_291_456;
/// How long an integration may take.
pub(crate) const INTEGRATION_LIMIT: Duration = Duration::from_secs(30);
/// How long an authorizer may take.
pub(crate) const AUTHORIZER_LIMIT: Duration = Duration::from_secs(10);

/// What is read and thrown away of a body that is too large, so that the client gets to see the answer.
const MAX_DRAINED: usize = 64 * 1024 * 1024;

/// The body was larger than the limit, or its connection broke.
#[derive(Debug)]
pub(crate) struct Unreadable;

/// Reads a whole body of at most `limit` bytes.
pub(crate) async fn read_body(body: Body, limit: usize) -> Result<Bytes, Unreadable> {
    let mut stream = body.into_data_stream();
    let mut kept: Vec<u8> = Vec::new();
    let mut seen = 0_usize;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| Unreadable)?;
        seen += chunk.len();
        if seen > MAX_DRAINED {
            break;
        }
        if seen <= limit {
            kept.extend_from_slice(&chunk);
        } else {
            kept = Vec::new();
        }
    }
    if seen > limit {
        Err(Unreadable)
    } else {
        Ok(kept.into())
    }
}

/// Whether request line and headers fit.
pub(crate) fn headers_fit(parts: &Parts) -> bool {
    let line = parts.method.as_str().len()
        + parts
            .uri
            .path_and_query()
            .map_or(1, |path| path.as_str().len())
        + " HTTP/1.1 ".len();
    let headers: usize = parts
        .headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    line + headers <= MAX_HEADERS
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn parts(value: usize) -> Parts {
        let request = http::Request::get("/v1/health")
            .header("x-long", "a".repeat(value))
            .body(())
            .unwrap();
        request.into_parts().0
    }

    #[test]
    fn headers_are_counted_with_names_and_request_line() {
        let rest = "GET".len() + "/v1/health".len() + " HTTP/1.1 ".len() + "x-long".len();
        assert!(headers_fit(&parts(MAX_HEADERS - rest)));
        assert!(!headers_fit(&parts(MAX_HEADERS - rest + 1)));
    }

    #[tokio::test]
    async fn a_body_of_exactly_the_limit_is_read() {
        assert_eq!(
            read_body(Body::from(vec![1; 10]), 10).await.unwrap().len(),
            10
        );
        assert!(read_body(Body::from(vec![1; 11]), 10).await.is_err());
    }
}
