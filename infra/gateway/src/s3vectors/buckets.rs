//! The vector buckets of the template.

use crate::error::GatewayError;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use template::{Resolved, Resource, vector_bucket_name};

/// What is read here: encryption has no bearing on one machine, but with a key of the account's own, access would depend on that key's policy.
const KNOWN: [&str; 2] = ["VectorBucketName", "EncryptionConfiguration"];

/// The logical ids of the buckets, by their names.
#[derive(Debug, Default)]
pub(super) struct Buckets(BTreeMap<String, String>);

impl Buckets {
    pub(super) fn read(resolved: &Resolved) -> Result<Self, GatewayError> {
        let mut buckets = BTreeMap::new();
        for (id, resource) in &resolved.resources {
            let wrong = |detail: String| GatewayError::Resource {
                resource: id.clone(),
                detail,
            };
            match resource.kind.as_str() {
                "AWS::S3Vectors::VectorBucket" => {
                    let name = bucket(resource).map_err(wrong)?;
                    if let Some(other) = buckets.insert(name, id.clone()) {
                        return Err(wrong(format!("{other} has the same name")));
                    }
                }
                // An index of the template would have to be made, and a bucket's own policy could deny.
                "AWS::S3Vectors::Index" | "AWS::S3Vectors::VectorBucketPolicy" => {
                    return Err(wrong(format!("{} is not offered locally", resource.kind)));
                }
                _ => {}
            }
        }
        Ok(Self(buckets))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The logical id of the bucket of this name.
    pub(super) fn named(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// A bucket's name.
fn bucket(resource: &Resource) -> Result<String, String> {
    let properties = &resource.properties;
    for (property, _) in properties.as_object().into_iter().flatten() {
        if !KNOWN.contains(&property.as_str()) {
            return Err(format!("the property {property} is not offered locally"));
        }
    }
    let encryption = properties.get("EncryptionConfiguration");
    if encryption.is_some_and(|encryption| *encryption != json!({"SseType": "AES256"})) {
        return Err(
            "EncryptionConfiguration: only {SseType: AES256} is offered locally".to_owned(),
        );
    }
    let given = match properties.get("VectorBucketName") {
        None => None,
        Some(Value::String(name)) => Some(name.as_str()),
        Some(_) => return Err("VectorBucketName must be a text".to_owned()),
    };
    vector_bucket_name(&resource.logical_id, given)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn read(resources: &[(&str, &str, Value)]) -> Result<Buckets, String> {
        let resource = |(id, kind, properties): &(&str, &str, Value)| {
            let resource = Resource {
                logical_id: (*id).to_owned(),
                kind: (*kind).to_owned(),
                properties: properties.clone(),
                metadata: json!({}),
            };
            ((*id).to_owned(), resource)
        };
        let resolved = Resolved {
            resources: resources.iter().map(resource).collect(),
            outputs: BTreeMap::new(),
            parameters: BTreeMap::new(),
        };
        Buckets::read(&resolved).map_err(|error| error.to_string())
    }

    const BUCKET: &str = "AWS::S3Vectors::VectorBucket";

    #[test]
    fn a_bucket_has_the_name_it_is_given_or_its_logical_id() {
        let encrypted = json!({"EncryptionConfiguration": {"SseType": "AES256"}});
        let named = json!({"VectorBucketName": "tenantry-vectors"});
        let buckets = read(&[("Vectors", BUCKET, encrypted), ("Other", BUCKET, named)]).unwrap();
        assert_eq!(buckets.named("vectors"), Some("Vectors"));
        assert_eq!(buckets.named("tenantry-vectors"), Some("Other"));
        assert_eq!(buckets.named("other"), None);
        assert!(
            read(&[("Files", "AWS::S3::Bucket", json!({}))])
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn what_is_not_understood_of_a_bucket_stops_the_start() {
        let kms =
            json!({"SseType": "aws:kms", "KmsKeyArn": "arn:aws:kms:us-east-1:000000000000:key/1"});
        for (kind, properties, said) in [
            (BUCKET, json!({"Tags": []}), "Tags"),
            (BUCKET, json!({"EncryptionConfiguration": kms}), "AES256"),
            (BUCKET, json!({"EncryptionConfiguration": {}}), "AES256"),
            (BUCKET, json!({"VectorBucketName": 7}), "must be a text"),
            (BUCKET, json!({"VectorBucketName": "Vectors"}), "lower-case"),
            ("AWS::S3Vectors::Index", json!({}), "AWS::S3Vectors::Index"),
            (
                "AWS::S3Vectors::VectorBucketPolicy",
                json!({}),
                "VectorBucketPolicy",
            ),
        ] {
            let refused = read(&[("Thing", kind, properties)]).unwrap_err();
            assert!(
                refused.contains(said) && refused.contains("Thing"),
                "{refused}"
            );
        }
        let twice = json!({"VectorBucketName": "one"});
        let refused = read(&[("A", BUCKET, twice.clone()), ("B", BUCKET, twice)]);
        assert_eq!(refused.unwrap_err(), "B: A has the same name");
    }
}
