//! Uploads in several parts, from their beginning to the object that is made of them. They are held in memory: those under way end
//! with the process, as if their rule had ended them.

use super::errors::no_upload;
use super::object::{self, Object};
use crate::api_error::ApiError;
use crate::sigv4::Incoming;
use axum::body::Bytes;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// S3: what every part but the last has at least.
const LEAST: usize = 5 * 1024 * 1024;

/// The uploads of one bucket that are under way.
#[derive(Debug, Default)]
pub(super) struct Uploads(Mutex<BTreeMap<String, Upload>>);

#[derive(Debug)]
struct Upload {
    /// What is known of the object before its bytes.
    object: Object,
    /// Whether its parts bring their checksums.
    is_checked: bool,
    parts: BTreeMap<u32, Part>,
}

#[derive(Debug)]
struct Part {
    md5: [u8; 16],
    sha256: Option<String>,
    bytes: Bytes,
}

impl Part {
    fn etag(&self) -> String {
        format!("\"{:x}\"", md5::Digest(self.md5))
    }
}

impl Uploads {
    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Upload>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins one, and gives its id.
    pub(super) fn begin(&self, key: &str, request: &Incoming) -> Result<String, ApiError> {
        let algorithm = request.header(object::ALGORITHM);
        if algorithm.is_some_and(|algorithm| algorithm != "SHA256") {
            return Err(super::errors::not_offered("Another checksum than SHA256"));
        }
        let upload = Upload {
            object: Object::begun(key, request)?,
            is_checked: algorithm.is_some(),
            parts: BTreeMap::new(),
        };
        let id = uuid::Uuid::new_v4().simple().to_string();
        self.all().insert(id.clone(), upload);
        Ok(id)
    }

    /// Takes a part, in the place of one with the same number; gives its entity tag and checksum.
    pub(super) fn part(
        &self,
        id: &str,
        key: &str,
        number: &str,
        request: &Incoming,
    ) -> Result<(String, Option<String>), ApiError> {
        let number = number.parse().ok();
        let number = number.filter(|number| (1..=10_000).contains(number));
        let number: u32 = number.ok_or_else(|| {
            let detail = "Part number must be an integer between 1 and 10000, inclusive";
            ApiError::client("InvalidArgument", detail)
        })?;
        let sha256 = object::checked(request)?;
        let mut all = self.all();
        let upload = named(&mut all, id, key)?;
        if upload.is_checked != sha256.is_some() {
            let word = |is_there| if is_there { "sha256" } else { "null" };
            return Err(invalid(format!(
                "Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum Type: {}",
                word(upload.is_checked),
                word(sha256.is_some())
            )));
        }
        let part = Part {
            md5: md5::compute(&request.body).0,
            sha256: sha256.clone(),
            bytes: request.body.clone(),
        };
        let etag = part.etag();
        upload.parts.insert(number, part);
        Ok((etag, sha256))
    }

    /// Makes the object of the parts that the request names.
    pub(super) fn complete(
        &self,
        id: &str,
        key: &str,
        request: &Incoming,
        now: Timestamp,
    ) -> Result<Object, ApiError> {
        object::check_headers(request, &[])?;
        let listed = listed(&request.body)?;
        let mut all = self.all();
        let upload = named(&mut all, id, key)?;
        if !listed.is_sorted_by(|one, next| one.number < next.number) {
            return Err(ApiError::client(
                "InvalidPartOrder",
                "The list of parts was not in ascending order. The parts list must be specified in order by part number.",
            ));
        }
        let mut parts = Vec::new();
        for one in &listed {
            let part = upload.parts.get(&one.number);
            let part = part.filter(|part| part.etag().trim_matches('"') == one.etag);
            if upload.is_checked && one.sha256.is_none() {
                return Err(invalid(format!(
                    "The upload was created using a sha256 checksum. The complete request must include the checksum for each part. It was missing for part {} in the request.",
                    one.number
                )));
            }
            let part = part.filter(|part| part.sha256 == one.sha256);
            parts.push(part.ok_or_else(|| {
                ApiError::client(
                    "InvalidPart",
                    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
                )
            })?);
        }
        let all_but_last = parts.split_last().map_or(&[][..], |(_, others)| others);
        if all_but_last.iter().any(|part| part.bytes.len() < LEAST) {
            return Err(ApiError::client(
                "EntityTooSmall",
                "Your proposed upload is smaller than the minimum allowed size",
            ));
        }
        let bytes: Vec<&[u8]> = parts.iter().map(|part| part.bytes.as_ref()).collect();
        let md5s: Vec<u8> = parts.iter().flat_map(|part| part.md5).collect();
        let sha256s = parts.iter().filter_map(|part| part.sha256.as_deref());
        let sha256s: Vec<u8> = sha256s
            .filter_map(|sha256| BASE64_STANDARD.decode(sha256).ok())
            .flatten()
            .collect();
        let count = parts.len();
        let sha256 = digest(&SHA256, &sha256s);
        let sha256 = format!("{}-{count}", BASE64_STANDARD.encode(sha256.as_ref()));
        let object = Object {
            etag: format!("\"{:x}-{count}\"", md5::compute(md5s)),
            sha256: upload.is_checked.then_some(sha256),
            modified: now,
            bytes: bytes.concat().into(),
            ..upload.object.clone()
        };
        all.remove(id);
        Ok(object)
    }

    /// Ends one, with its parts.
    pub(super) fn abort(&self, id: &str, key: &str) -> Result<(), ApiError> {
        let mut all = self.all();
        named(&mut all, id, key)?;
        all.remove(id);
        Ok(())
    }

    /// The keys of those under way.
    pub(super) fn keys(&self) -> Vec<String> {
        let all = self.all();
        all.values().map(|one| one.object.key.clone()).collect()
    }
}

fn named<'a>(
    all: &'a mut BTreeMap<String, Upload>,
    id: &str,
    key: &str,
) -> Result<&'a mut Upload, ApiError> {
    let upload = all.get_mut(id).filter(|upload| upload.object.key == key);
    upload.ok_or_else(no_upload)
}

fn invalid(detail: String) -> ApiError {
    ApiError::client("InvalidRequest", detail)
}

/// A part as the request to complete names it.
struct Listed {
    number: u32,
    etag: String,
    sha256: Option<String>,
}

/// The parts in `<CompleteMultipartUpload>`, of which there is at least one.
fn listed(body: &[u8]) -> Result<Vec<Listed>, ApiError> {
    let malformed = || {
        ApiError::client(
            "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published schema",
        )
    };
    let text = std::str::from_utf8(body).map_err(|_| malformed())?;
    if !text.contains("<CompleteMultipartUpload") {
        return Err(malformed());
    }
    let parts = text.split("<Part>").skip(1);
    let parts: Option<Vec<Listed>> = parts
        .map(|part| {
            let part = part.split_once("</Part>")?.0;
            let inner = |name: &str| {
                let (_, rest) = part.split_once(&format!("<{name}>"))?;
                Some(rest.split_once(&format!("</{name}>"))?.0.trim().to_owned())
            };
            let etag = inner("ETag")?.replace("&quot;", "\"");
            Some(Listed {
                number: inner("PartNumber")?.parse().ok()?,
                etag: etag.trim_matches('"').to_owned(),
                sha256: inner("ChecksumSHA256"),
            })
        })
        .collect();
    parts
        .filter(|parts| !parts.is_empty())
        .ok_or_else(malformed)
}

#[cfg(test)]
#[path = "uploads_tests.rs"]
mod tests;
