//! What a request asks for.

use super::errors::not_offered;
use crate::api_error::ApiError;
use crate::form;
use crate::sigv4::Incoming;
use http::Method;
use std::collections::BTreeMap;

/// What comes before bucket and key in a path.
const PREFIX: &str = "/s3/";
/// Parameters that belong to the signature or tell only who asks.
const OF_SIGNATURE: [&str; 8] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-Security-Token",
    "X-Amz-Signature",
    "X-Amz-SignedHeaders",
    "x-id",
];
const OF_GET: [&str; 4] = [
    // Whoever signs a URL has it among the parameters.
    "x-amz-checksum-mode",
    "response-content-disposition",
    "response-content-type",
    "response-cache-control",
];
const OF_LIST: [&str; 5] = [
    "list-type",
    "prefix",
    "max-keys",
    "continuation-token",
    "encoding-type",
];

/// What can be done here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Get,
    Head,
    Put,
    Delete,
    List,
    CreateUpload,
    UploadPart,
    CompleteUpload,
    AbortUpload,
    /// A browser asks whether it may.
    Preflight,
}

impl Operation {
    pub(super) fn name(self) -> &'static str {
        match self {
            Operation::Get => "GetObject",
            Operation::Head => "HeadObject",
            Operation::Put => "PutObject",
            Operation::Delete => "DeleteObject",
            Operation::List => "ListObjectsV2",
            Operation::CreateUpload => "CreateMultipartUpload",
            Operation::UploadPart => "UploadPart",
            Operation::CompleteUpload => "CompleteMultipartUpload",
            Operation::AbortUpload => "AbortMultipartUpload",
            Operation::Preflight => "Preflight",
        }
    }

    /// The action that a policy must allow.
    pub(super) fn action(self) -> &'static str {
        match self {
            Operation::Get | Operation::Head | Operation::Preflight => "s3:GetObject",
            Operation::Put
            | Operation::CreateUpload
            | Operation::UploadPart
            | Operation::CompleteUpload => "s3:PutObject",
            Operation::AbortUpload => "s3:AbortMultipartUpload",
            Operation::Delete => "s3:DeleteObject",
            Operation::List => "s3:ListBucket",
        }
    }
}

/// Bucket, key and parameters.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) bucket: String,
    pub(super) key: String,
    pub(super) operation: Operation,
    pub(super) parameters: BTreeMap<String, String>,
}

impl Target {
    pub(super) fn read(request: &Incoming) -> Result<Self, ApiError> {
        let invalid = |detail: String| ApiError::client("InvalidURI", detail);
        let path = request.uri.path().strip_prefix(PREFIX).unwrap_or_default();
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        let bucket = form::decode(bucket, false).map_err(invalid)?;
        let key = form::decode(key, false).map_err(invalid)?;
        let query = form::parse(request.uri.query().unwrap_or_default()).map_err(invalid)?;
        let has = |name: &str| query.iter().any(|(given, _)| given == name);
        let operation = match (request.method.clone(), key.is_empty()) {
            (Method::POST, false) if has("uploads") => Operation::CreateUpload,
            (Method::POST, false) if has("uploadId") => Operation::CompleteUpload,
            (Method::PUT, false) if has("uploadId") && has("partNumber") => Operation::UploadPart,
            (Method::DELETE, false) if has("uploadId") => Operation::AbortUpload,
            (Method::GET, false) => Operation::Get,
            (Method::HEAD, false) => Operation::Head,
            (Method::PUT, false) => Operation::Put,
            (Method::DELETE, false) => Operation::Delete,
            (Method::GET, true) => Operation::List,
            (Method::OPTIONS, _) => Operation::Preflight,
            (method, _) => return Err(not_offered(method.as_str())),
        };
        let known = |name: &str| {
            OF_SIGNATURE.contains(&name)
                || match operation {
                    Operation::Get | Operation::Head => OF_GET.contains(&name),
                    Operation::List => OF_LIST.contains(&name),
                    Operation::CreateUpload => name == "uploads",
                    Operation::UploadPart => matches!(name, "partNumber" | "uploadId"),
                    Operation::CompleteUpload | Operation::AbortUpload => name == "uploadId",
                    _ => false,
                }
        };
        if let Some((unknown, _)) = query.iter().find(|(name, _)| !known(name)) {
            return Err(not_offered(&format!("The parameter {unknown}")));
        }
        let parameters: BTreeMap<String, String> = query.into_iter().collect();
        if operation == Operation::List
            && parameters.get("list-type").map(String::as_str) != Some("2")
        {
            return Err(not_offered("A list that is not of type 2"));
        }
        Ok(Self {
            bucket,
            key,
            operation,
            parameters,
        })
    }

    /// A parameter that the operation can't be without.
    pub(super) fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }

    pub(super) fn bucket_arn(&self) -> String {
        format!("arn:aws:s3:::{}", self.bucket)
    }

    /// What the operation is about.
    pub(super) fn arn(&self) -> String {
        match self.operation {
            Operation::List => self.bucket_arn(),
            _ => format!("{}/{}", self.bucket_arn(), self.key),
        }
    }

    /// What a policy may look at.
    pub(super) fn condition_keys(&self) -> impl Iterator<Item = (&'static str, String)> {
        let keys = match self.operation {
            Operation::List => [("s3:prefix", "prefix"), ("s3:max-keys", "max-keys")].as_slice(),
            _ => &[],
        };
        keys.iter()
            .filter_map(|(key, name)| Some((*key, self.parameters.get(*name)?.clone())))
    }
}
