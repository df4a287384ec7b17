//! What S3 tells of a new object.

use super::buckets::Bucket;
use super::object::Object;
use crate::Gateway;
use crate::form;
use serde_json::{Value, json};

/// The event of an object that was stored, by `Put` or by `CompleteMultipartUpload`.
pub(super) fn created(gateway: &Gateway, bucket: &Bucket, object: &Object, by: &str) -> Value {
    // Keys are encoded as in a form, though slashes stay as they are.
    let key: Vec<String> = object.key.split('/').map(form::encode).collect();
    let time = object.modified.strftime("%Y-%m-%dT%H:%M:%S.%3fZ");
    json!({"Records": [{
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": gateway.region,
        "eventTime": time.to_string(),
        "eventName": format!("ObjectCreated:{by}"),
        "s3": {
            "s3SchemaVersion": "1.0",
            "bucket": {"name": bucket.name(), "arn": bucket.arn()},
            "object": {
                "key": key.join("/"),
                "size": object.bytes.len(),
                "eTag": object.etag.trim_matches('"'),
                "sequencer": format!("{:016X}", object.modified.as_microsecond()),
            },
        },
    }]})
}
