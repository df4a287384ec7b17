//! Making an export: what a function that no request reaches asks S3.
//!
//! What fits into one request is stored by it. What does not is uploaded in parts, each with its checksum, and is an object
//! when all of them are named; before, there is nothing to be read.

use super::{BUCKET, ExportOf};
use crate::errors::internal;
use crate::files::call::{Answer, Call};
use crate::files::{Files, Place};
use crate::keys::Key;
use crate::system::{System, SystemContext};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use permissions::Access;
use problem::Problem;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use std::time::Duration;

/// How long S3 may take for a part, or to make an object of the parts.
const PATIENCE: Duration = Duration::from_secs(10);
const CHECKSUM: &str = "x-amz-checksum-sha256";

/// A part that S3 has, as the object's completion must name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its place among the parts.
    pub number: u32,
    /// S3's name for these bytes.
    pub etag: String,
    /// Their SHA-256 in base64.
    pub sha256: String,
}

/// What became of an upload that was to be completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completed {
    /// The object is there.
    Done,
    /// There is neither the upload nor an object that was made of it.
    Gone,
}

/// Exports, for a function that no request reaches.
pub struct ExportStore {
    system: System,
}

impl ExportStore {
    /// With the tenants' credentials that the function may take on.
    pub fn new(system: System) -> Self {
        Self { system }
    }

    /// The export whose item has these keys in the change stream.
    pub fn of(&self, pk: &str, sk: &str) -> Option<ExportOf> {
        ExportOf::of(pk, sk)
    }

    /// The key of its item.
    pub fn key(&self, of: ExportOf) -> Key {
        of.key()
    }

    /// The data of its tenant.
    ///
    /// # Errors
    /// When STS does not answer or refuses.
    pub async fn tenant(&self, of: ExportOf, request: &str) -> Result<SystemContext, Problem> {
        self.system.tenant(of.tenant, Access::Write, request).await
    }

    /// Stores all of it at once.
    ///
    /// # Errors
    /// When S3 does not answer or refuses.
    pub async fn put(
        &self,
        of: ExportOf,
        attempt: u32,
        media_type: &str,
        bytes: Vec<u8>,
    ) -> Result<(), Problem> {
        let headers = vec![
            ("content-type", media_type.to_owned()),
            (CHECKSUM, checksum(&bytes)),
        ];
        let call = Call::new("PUT", of.object(attempt), headers, bytes);
        let answer = self.send(of, &call).await?;
        answer.expect("PutObject", 200)
    }

    /// Begins an upload in parts, and gives its id.
    ///
    /// # Errors
    /// When S3 does not answer or refuses.
    pub async fn begin(
        &self,
        of: ExportOf,
        attempt: u32,
        media_type: &str,
    ) -> Result<String, Problem> {
        let headers = vec![
            ("content-type", media_type.to_owned()),
            ("x-amz-checksum-algorithm", "SHA256".to_owned()),
        ];
        let mut call = Call::new("POST", of.object(attempt), headers, Vec::new());
        call.query.push(("uploads", String::new()));
        let answer = self.send(of, &call).await?;
        answer.expect("CreateMultipartUpload", 200)?;
        let id = answer.text.split_once("<UploadId>");
        let id = id.and_then(|(_, rest)| rest.split_once("</UploadId>"));
        id.map(|(id, _)| id.to_owned())
            .ok_or_else(|| internal("CreateMultipartUpload", &"the answer names no upload"))
    }

    /// Uploads a part; with the number of one that is there, in its place.
    ///
    /// # Errors
    /// When S3 does not answer or refuses.
    pub async fn part(
        &self,
        of: ExportOf,
        (attempt, upload): (u32, &str),
        number: u32,
        bytes: Vec<u8>,
    ) -> Result<Part, Problem> {
        let sha256 = checksum(&bytes);
        let headers = vec![(CHECKSUM, sha256.clone())];
        let mut call = Call::new("PUT", of.object(attempt), headers, bytes);
        call.query.push(("partNumber", number.to_string()));
        call.query.push(("uploadId", upload.to_owned()));
        let answer = self.send(of, &call).await?;
        answer.expect("UploadPart", 200)?;
        let etag = answer.header("etag").map(str::to_owned);
        Ok(Part {
            number,
            etag: etag.ok_or_else(|| internal("UploadPart", &"the answer has no etag"))?,
            sha256,
        })
    }

    /// Makes the object of the parts. It can be repeated: where the upload is over, the object tells how it ended.
    ///
    /// # Errors
    /// When S3 does not answer or refuses.
    pub async fn complete(
        &self,
        of: ExportOf,
        (attempt, upload): (u32, &str),
        parts: &[Part],
    ) -> Result<Completed, Problem> {
        let body = listed(parts).into_bytes();
        let mut call = Call::new("POST", of.object(attempt), Vec::new(), body);
        call.query.push(("uploadId", upload.to_owned()));
        let answer = self.send(of, &call).await?;
        // It may begin to answer before it knows, and say with status 200 that it failed.
        if answer.status == 200 && answer.text.contains("<CompleteMultipartUploadResult") {
            return Ok(Completed::Done);
        }
        if !answer.is_no_upload() {
            return Err(answer.failed("CompleteMultipartUpload"));
        }
        // Nothing but this upload ever has this key.
        let call = Call::new("HEAD", of.object(attempt), Vec::new(), Vec::new());
        let answer = self.send(of, &call).await?;
        match answer.status {
            200 => Ok(Completed::Done),
            // S3 answers 403 for what is missing, to whoever may not list the bucket.
            403 | 404 => Ok(Completed::Gone),
            _ => Err(answer.failed("HeadObject")),
        }
    }

    /// Ends an upload, with the parts that it has.
    ///
    /// # Errors
    /// When S3 does not answer or refuses.
    pub async fn abort(&self, of: ExportOf, (attempt, upload): (u32, &str)) -> Result<(), Problem> {
        let mut call = Call::new("DELETE", of.object(attempt), Vec::new(), Vec::new());
        call.query.push(("uploadId", upload.to_owned()));
        let answer = self.send(of, &call).await?;
        match answer.is_no_upload() {
            true => Ok(()),
            false => answer.expect("AbortMultipartUpload", 204),
        }
    }

    async fn send(&self, of: ExportOf, call: &Call) -> Result<Answer, Problem> {
        let (aws, lent) = self.system.lent(of.tenant, Access::Write).await?;
        let place = Place::read(aws, BUCKET).map_err(|error| internal(BUCKET, &error))?;
        let files = Files::at(place, of.tenant, lent);
        call.send(self.system.http(), &files, PATIENCE).await
    }
}

fn checksum(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(digest(&SHA256, bytes).as_ref())
}

/// The parts as the completion names them. Entity tags are hexadecimal in quotes, which may stand in a text of XML.
fn listed(parts: &[Part]) -> String {
    let mut xml =
        String::from("<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
    for Part {
        number,
        etag,
        sha256,
    } in parts
    {
        // Writing to a String can't fail.
        let _ = write!(
            xml,
            "<Part><ChecksumSHA256>{sha256}</ChecksumSHA256><ETag>{etag}</ETag><PartNumber>{number}</PartNumber></Part>"
        );
    }
    xml.push_str("</CompleteMultipartUpload>");
    xml
}
