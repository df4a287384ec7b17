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
/// With which checksums the parts of an upload come.
pub(super) const ALGORITHM: &str = "x-amz-checksum-algorithm";
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
#[derive(Debug, Clone, Serialize, Deserialize)]
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
        let sha256 = checked(request)?;
        Ok(Self {
            etag: format!("\"{:x}\"", md5::compute(&request.body)),
            sha256,
            modified: now,
            bytes: request.body.clone(),
            ..Self::described(key, request)
        })
    }

    /// What a request says of an object whose bytes come in parts.
    pub(super) fn begun(key: &str, request: &Incoming) -> Result<Self, ApiError> {
        check_headers(request, &[ALGORITHM])?;
        Ok(Self::described(key, request))
    }

    fn described(key: &str, request: &Incoming) -> Self {
        let metadata = request.headers.iter().filter_map(|(name, value)| {
            let name = name.as_str().strip_prefix(METADATA)?;
            Some((name.to_owned(), value.to_str().ok()?.to_owned()))
        });
        Self {
            key: key.to_owned(),
            content_type: request
                .header("content-type")
                .unwrap_or("binary/octet-stream")
                .to_owned(),
            etag: String::new(),
            sha256: None,
            metadata: metadata.collect(),
            modified: Timestamp::UNIX_EPOCH,
            bytes: Bytes::new(),
        }
    }

    /// A short name that no key can break out of.
    pub(super) fn file_name(key: &str) -> String {
        hex(digest::digest(&digest::SHA256, key.as_bytes()).as_ref())
    }
}

/// The checksum that came with the bytes, if one did; it is right.
pub(super) fn checked(request: &Incoming) -> Result<Option<String>, ApiError> {
    check_headers(request, &[])?;
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
    Ok(sha256)
}

/// What a header asks for is done or refused, never passed over.
pub(super) fn check_headers(request: &Incoming, also: &[&str]) -> Result<(), ApiError> {
    let mut names = request.headers.keys().map(http::HeaderName::as_str);
    let unknown = names.find(|name| {
        name.starts_with("x-amz-")
            && !name.starts_with(METADATA)
            && *name != CHECKSUM
            && !HARMLESS.contains(name)
            && !also.contains(name)
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
