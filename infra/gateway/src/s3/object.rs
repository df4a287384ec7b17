//! An object: its bytes, and what was said of them when they were stored.

use super::errors::not_offered;
use crate::api_error::ApiError;
use crate::sigv4::{Incoming, hex};
use axum::body::Bytes;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use ring::digest;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const CHECKSUM: &str = "x-amz-checksum-sha256";
/// Headers that belong to the signature, or name what is expected anyway.
const HARMLESS: [&str; 6] = [
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-security-token",
    "x-amz-sdk-checksum-algorithm",
    "x-amz-checksum-mode",
    "x-amz-user-agent",
];
const METADATA: &str = "x-amz-meta-";

/// An object as it is kept.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Object {
    pub(super) key: String,
    pub(super) content_type: String,
    pub(super) etag: String,
    pub(super) sha256: Option<String>,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) modified: Timestamp,
    #[serde(skip)]
    pub(super) bytes: Bytes,
}

impl Object {
    /// What a request stores.
    pub(super) fn of(key: &str, request: &Incoming, now: Timestamp) -> Result<Self, ApiError> {
        check_headers(request)?;
        let sha256 = request.header(CHECKSUM).map(str::to_owned);
        let digest = digest::digest(&digest::SHA256, &request.body);
        if let Some(given) = &sha256
            && *given != BASE64_STANDARD.encode(digest.as_ref())
        {
            return Err(ApiError::client(
                "BadDigest",
                "The SHA256 you specified did not match the calculated checksum.",
            ));
        }
        let metadata = request.headers.iter().filter_map(|(name, value)| {
            let name = name.as_str().strip_prefix(METADATA)?;
            Some((name.to_owned(), value.to_str().ok()?.to_owned()))
        });
        Ok(Self {
            key: key.to_owned(),
            content_type: request
                .header("content-type")
                .unwrap_or("binary/octet-stream")
                .to_owned(),
            etag: format!("\"{:x}\"", md5::compute(&request.body)),
            sha256,
            metadata: metadata.collect(),
            modified: now,
            bytes: request.body.clone(),
        })
    }

    /// A short name that no key can break out of.
    pub(super) fn file_name(key: &str) -> String {
        hex(digest::digest(&digest::SHA256, key.as_bytes()).as_ref())
    }
}

/// What a header asks for is done or refused, never passed over.
fn check_headers(request: &Incoming) -> Result<(), ApiError> {
    let mut names = request.headers.keys().map(http::HeaderName::as_str);
    let unknown = names.find(|name| {
        name.starts_with("x-amz-")
            && !name.starts_with(METADATA)
            && *name != CHECKSUM
            && !HARMLESS.contains(name)
    });
    let is_streamed = request
        .header("x-amz-content-sha256")
        .is_some_and(|value| value.starts_with("STREAMING-"));
    match unknown {
        Some(name) => Err(not_offered(&format!("The header {name}"))),
        None if is_streamed => Err(not_offered("A body signed in chunks")),
        None => Ok(()),
    }
}
