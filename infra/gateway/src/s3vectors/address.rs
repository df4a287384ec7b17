//! Which index a request is about.

use super::errors::{constraint, invalid, length};
use super::operations::Operation;
use super::request::Request;
use crate::api_error::ApiError;

/// An index by its bucket's name and its own.
#[derive(Debug)]
pub(super) struct Address<'a> {
    pub(super) bucket: &'a str,
    pub(super) index: &'a str,
    /// What is judged.
    pub(super) arn: String,
    /// Whether the ARN is one of this account and region.
    pub(super) here: bool,
}

impl<'a> Address<'a> {
    /// `CreateIndex` takes its bucket by name or ARN, and the index by name; the others take the index by its ARN, or both by name.
    pub(super) fn of(
        request: &Request<'a>,
        operation: Operation,
        region: &str,
        account_id: &str,
    ) -> Result<Self, ApiError> {
        let owner = format!("arn:aws:s3vectors:{region}:{account_id}");
        let bucket = request.text("vectorBucketName")?;
        let name = request.text("indexName")?;
        if operation == Operation::CreateIndex {
            let index = index_name(name.ok_or_else(|| constraint("/indexName", "not be null"))?)?;
            return match (bucket, request.text("vectorBucketArn")?) {
                (Some(bucket), None) => Self::named(owner, bucket, index),
                (None, Some(arn)) => Self::by_bucket(&owner, arn, index),
                _ => Err(invalid(
                    "Must specify either vectorBucketName or vectorBucketArn but not both",
                )),
            };
        }
        match (bucket, name, request.text("indexArn")?) {
            (Some(bucket), Some(index), None) => Self::named(owner, bucket, index_name(index)?),
            (None, None, Some(arn)) => Self::by_arn(&owner, arn),
            _ => Err(invalid(
                "Must specify either indexArn or both vectorBucketName and indexName",
            )),
        }
    }

    fn named(owner: String, bucket: &'a str, index: &'a str) -> Result<Self, ApiError> {
        if !(3..=63).contains(&bucket.len()) {
            return Err(length("/vectorBucketName", bucket.len(), 3, 63));
        }
        if !is_name(bucket) {
            return Err(invalid("Invalid vector bucket name"));
        }
        Ok(Self {
            bucket,
            index,
            arn: format!("{owner}:bucket/{bucket}/index/{index}"),
            here: true,
        })
    }

    fn by_bucket(owner: &str, arn: &'a str, index: &'a str) -> Result<Self, ApiError> {
        let parts = arn.split_once(":bucket/");
        let parts = parts.filter(|(of, bucket)| is_owner(of) && is_name(bucket));
        let wrong = || invalid("Invalid vector bucket ARN");
        let (of, bucket) = parts.ok_or_else(wrong)?;
        Ok(Self {
            bucket,
            index,
            arn: format!("{arn}/index/{index}"),
            here: of == owner,
        })
    }

    fn by_arn(owner: &str, arn: &'a str) -> Result<Self, ApiError> {
        let wrong = || invalid("Invalid index ARN");
        let (of, names) = arn.split_once(":bucket/").ok_or_else(wrong)?;
        let (bucket, index) = names.split_once("/index/").ok_or_else(wrong)?;
        match is_owner(of) && is_name(bucket) && is_name(index) {
            true => Ok(Self {
                bucket,
                index,
                arn: arn.to_owned(),
                here: of == owner,
            }),
            false => Err(wrong()),
        }
    }
}

fn index_name(name: &str) -> Result<&str, ApiError> {
    match (3..=63).contains(&name.len()) {
        false => Err(length("/indexName", name.len(), 3, 63)),
        true if is_name(name) => Ok(name),
        true => Err(invalid("Invalid index name")),
    }
}

/// Whether a text has the form that the API's patterns give the names in an ARN: 3 to 63 lower-case letters, digits, hyphens and dots, with a
/// letter or a digit at both ends. A bucket with a dot in its name is one that there can't be.
pub(super) fn is_name(text: &str) -> bool {
    let plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = text.as_bytes();
    (3..=63).contains(&bytes.len())
        && bytes.first().is_some_and(plain)
        && bytes.last().is_some_and(plain)
        && bytes.iter().all(|byte| plain(byte) || b"-.".contains(byte))
}

/// Whether an ARN's beginning is one of this service, whoever's it is.
fn is_owner(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    match parts.as_slice() {
        ["arn", partition, "s3vectors", region, account] => {
            let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
            let in_region = |byte: u8| is_plain(byte) || byte == b'-';
            partition.starts_with("aws")
                && partition.bytes().all(in_region)
                && !region.is_empty()
                && region.bytes().all(in_region)
                && account.len() == 12
                && account.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}
