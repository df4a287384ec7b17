//! What is done once it is allowed.

use super::buckets::Bucket;
use super::errors::{escaped, failed, no_key};
use super::events;
use super::object::Object;
use super::request::{Operation, Target};
use crate::Gateway;
use crate::api_error::ApiError;
use crate::clock::iso8601;
use crate::sigv4::Incoming;
use axum::body::Body;
use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode, header};
use std::fmt::Write as _;

/// S3: the longest page of a list.
const PAGE: usize = 1000;

pub(super) fn run(
    gateway: &Gateway,
    bucket: &Bucket,
    target: &Target,
    request: &Incoming,
) -> Result<Response, ApiError> {
    let broken = |error: std::io::Error| {
        tracing::error!(%error, "an object could not be kept");
        failed()
    };
    match target.operation {
        Operation::Get | Operation::Head | Operation::Preflight => get(bucket, target, request),
        Operation::List => Ok(list(bucket, target)),
        Operation::Put => {
            let object = Object::of(&target.key, request, gateway.clock.now())?;
            let headers = [
                (header::ETAG, Some(object.etag.clone())),
                (
                    HeaderName::from_static("x-amz-checksum-sha256"),
                    object.sha256.clone(),
                ),
            ];
            let event = events::created(gateway, bucket, &object);
            bucket.objects.put(object).map_err(broken)?;
            bucket.tell(gateway, &event);
            Ok(with(Response::new(Body::empty()), headers))
        }
        Operation::Delete => {
            // Also of what is not there: that is what was asked for.
            bucket.objects.remove(&target.key).map_err(broken)?;
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            Ok(response)
        }
    }
}

fn get(bucket: &Bucket, target: &Target, request: &Incoming) -> Result<Response, ApiError> {
    let object = bucket.objects.get(&target.key).ok_or_else(no_key)?;
    let asked = |name: &str| target.parameters.get(name).cloned();
    let in_header = request.header("x-amz-checksum-mode").map(str::to_owned);
    let wants_checksum = in_header
        .or(asked("x-amz-checksum-mode"))
        .is_some_and(|mode| mode.eq_ignore_ascii_case("enabled"));
    let content_type = asked("response-content-type").unwrap_or(object.content_type.clone());
    let modified = object.modified.strftime("%a, %d %b %Y %H:%M:%S GMT");
    let headers = [
        (header::CONTENT_TYPE, Some(content_type)),
        (header::CONTENT_LENGTH, Some(object.bytes.len().to_string())),
        (header::ETAG, Some(object.etag.clone())),
        (header::LAST_MODIFIED, Some(modified.to_string())),
        (
            header::CONTENT_DISPOSITION,
            asked("response-content-disposition"),
        ),
        (header::CACHE_CONTROL, asked("response-cache-control")),
        (
            HeaderName::from_static("x-amz-checksum-sha256"),
            object.sha256.clone().filter(|_| wants_checksum),
        ),
    ];
    let body = match target.operation {
        Operation::Get => Body::from(object.bytes.clone()),
        _ => Body::empty(),
    };
    let mut response = with(Response::new(body), headers);
    for (name, value) in &object.metadata {
        let name = HeaderName::from_bytes(format!("x-amz-meta-{name}").as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}

fn list(bucket: &Bucket, target: &Target) -> Response {
    let asked = |name: &str| target.parameters.get(name).map(String::as_str);
    let most = asked("max-keys").and_then(|most| most.parse().ok());
    let prefix = asked("prefix").unwrap_or_default();
    let after = asked("continuation-token").unwrap_or_default();
    let (page, more) = bucket
        .objects
        .list(prefix, after, most.unwrap_or(PAGE).min(PAGE));
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>{}</Name><Prefix>{}</Prefix><KeyCount>{}</KeyCount><IsTruncated>{more}</IsTruncated>",
        bucket.name(),
        escaped(prefix),
        page.len()
    );
    if let Some(last) = page.last().filter(|_| more) {
        let token = escaped(&last.key);
        let _ = write!(
            xml,
            "<NextContinuationToken>{token}</NextContinuationToken>"
        );
    }
    for object in &page {
        let _ = write!(
            xml,
            "<Contents><Key>{}</Key><LastModified>{}</LastModified><ETag>{}</ETag><Size>{}</Size></Contents>",
            escaped(&object.key),
            iso8601(object.modified),
            escaped(&object.etag),
            object.bytes.len()
        );
    }
    xml.push_str("</ListBucketResult>");
    let headers = [(header::CONTENT_TYPE, Some("application/xml".to_owned()))];
    with(Response::new(Body::from(xml)), headers)
}

fn with<const N: usize>(
    mut response: Response,
    headers: [(HeaderName, Option<String>); N],
) -> Response {
    for (name, value) in headers {
        if let Some(Ok(value)) = value.as_deref().map(HeaderValue::from_str) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
