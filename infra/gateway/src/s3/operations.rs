//! What is done once it is allowed.

use super::buckets::Bucket;
use super::errors::{escaped, failed, no_key};
use super::events;
use super::object::Object;
use super::request::{Operation, Target};
use crate::Gateway;
use crate::api_error::ApiError;
use crate::clock::{self, iso8601};
use crate::sigv4::Incoming;
use axum::body::Body;
use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode, header};
use std::fmt::Write as _;

const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";
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
            let event = events::created(gateway, bucket, &object, "Put");
            bucket.objects.put(object).map_err(broken)?;
            bucket.tell(gateway, &event);
            Ok(with(Response::new(Body::empty()), headers))
        }
        Operation::CreateUpload => {
            let id = bucket.uploads.begin(&target.key, request)?;
            let (name, key) = (bucket.name(), escaped(&target.key));
            Ok(xml(format!(
                "<InitiateMultipartUploadResult xmlns=\"{NAMESPACE}\"><Bucket>{name}</Bucket><Key>{key}</Key><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
            )))
        }
        Operation::UploadPart => {
            let (id, number) = (target.parameter("uploadId"), target.parameter("partNumber"));
            let (etag, sha256) = bucket.uploads.part(id, &target.key, number, request)?;
            let checksum = HeaderName::from_static("x-amz-checksum-sha256");
            let headers = [(header::ETAG, Some(etag)), (checksum, sha256)];
            Ok(with(Response::new(Body::empty()), headers))
        }
        Operation::CompleteUpload => {
            let (id, now) = (target.parameter("uploadId"), gateway.clock.now());
            let object = bucket.uploads.complete(id, &target.key, request, now)?;
            let event = events::created(gateway, bucket, &object, "CompleteMultipartUpload");
            let (name, key) = (bucket.name(), escaped(&target.key));
            let answer = xml(format!(
                "<CompleteMultipartUploadResult xmlns=\"{NAMESPACE}\"><Bucket>{name}</Bucket><Key>{key}</Key><ETag>{}</ETag></CompleteMultipartUploadResult>",
                escaped(&object.etag)
            ));
            bucket.objects.put(object).map_err(broken)?;
            bucket.tell(gateway, &event);
            Ok(answer)
        }
        Operation::AbortUpload => {
            let id = target.parameter("uploadId");
            bucket.uploads.abort(id, &target.key)?;
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            Ok(response)
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
    let modified = clock::http_date(object.modified);
    let headers = [
        (header::CONTENT_TYPE, Some(content_type)),
        (header::CONTENT_LENGTH, Some(object.bytes.len().to_string())),
        (header::ETAG, Some(object.etag.clone())),
        (header::LAST_MODIFIED, Some(modified)),
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
    let mut text = format!(
        "<ListBucketResult xmlns=\"{NAMESPACE}\"><Name>{}</Name><Prefix>{}</Prefix><KeyCount>{}</KeyCount><IsTruncated>{more}</IsTruncated>",
        bucket.name(),
        escaped(prefix),
        page.len()
    );
    if let Some(last) = page.last().filter(|_| more) {
        let token = escaped(&last.key);
        let _ = write!(
            text,
            "<NextContinuationToken>{token}</NextContinuationToken>"
        );
    }
    for object in &page {
        let _ = write!(
            text,
            "<Contents><Key>{}</Key><LastModified>{}</LastModified><ETag>{}</ETag><Size>{}</Size></Contents>",
            escaped(&object.key),
            iso8601(object.modified),
            escaped(&object.etag),
            object.bytes.len()
        );
    }
    text.push_str("</ListBucketResult>");
    xml(text)
}

fn xml(text: String) -> Response {
    let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}");
    let headers = [(header::CONTENT_TYPE, Some("application/xml".to_owned()))];
    with(Response::new(Body::from(text)), headers)
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
