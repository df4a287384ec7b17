//! The buckets of the template, and whom they tell of new objects.

use super::cors::Rule;
use super::objects::Objects;
use super::uploads::Uploads;
use crate::Gateway;
use crate::error::GatewayError;
use crate::roles::list;
use crate::sns::lets_service;
use crate::sqs::Queues;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use template::Resolved;

/// What is read here, and what has no bearing on one machine.
const KNOWN: [&str; 9] = [
    "BucketEncryption",
    "CorsConfiguration",
    "LifecycleConfiguration",
    "NotificationConfiguration",
    "OwnershipControls",
    "PublicAccessBlockConfiguration",
    "Tags",
    "VersioningConfiguration",
    "AbacStatus",
];

/// One bucket.
#[derive(Debug)]
pub(crate) struct Bucket {
    name: String,
    pub(super) objects: Objects,
    pub(super) uploads: Uploads,
    pub(super) cors: Vec<Rule>,
    /// The ARNs of the queues that are told of new objects.
    queues: Vec<String>,
}

impl Bucket {
    /// Its logical id.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn arn(&self) -> String {
        format!("arn:aws:s3:::{}", self.name)
    }

    pub(super) fn tell(&self, gateway: &Gateway, event: &Value) {
        for arn in &self.queues {
            if let Some(queue) = gateway.queues.with_arn(arn) {
                queue.send(event.to_string());
            }
        }
    }

    /// The keys of its objects, whoever's they are.
    pub(crate) fn keys(&self) -> Vec<String> {
        let (objects, _) = self.objects.list("", "", usize::MAX);
        objects.iter().map(|object| object.key.clone()).collect()
    }

    /// The keys of the objects whose parts are on their way.
    pub(crate) fn under_way(&self) -> Vec<String> {
        self.uploads.keys()
    }
}

/// All buckets, by name.
#[derive(Debug, Default)]
pub(crate) struct Buckets(BTreeMap<String, Bucket>);

impl Buckets {
    pub(crate) fn read(
        resolved: &Resolved,
        queues: &Queues,
        account_id: &str,
        data: Option<&Path>,
    ) -> Result<Self, GatewayError> {
        let mut buckets = BTreeMap::new();
        for (name, resource) in &resolved.resources {
            let wrong = |detail: String| GatewayError::Resource {
                resource: name.clone(),
                detail,
            };
            let properties = &resource.properties;
            match resource.kind.as_str() {
                "AWS::S3::Bucket" => {
                    let bucket = bucket(name, properties, data).map_err(wrong)?;
                    for arn in &bucket.queues {
                        let known = queues.with_arn(arn).is_some();
                        let lets = lets_tell(resolved, arn, &bucket.arn(), account_id);
                        lets.and(
                            known
                                .then_some(())
                                .ok_or_else(|| format!("{arn} is no queue of this template")),
                        )
                        .map_err(wrong)?;
                    }
                    buckets.insert(name.clone(), bucket);
                }
                "AWS::S3::BucketPolicy" => check_policy(properties).map_err(wrong)?,
                _ => {}
            }
        }
        Ok(Self(buckets))
    }

    pub(crate) fn named(&self, name: &str) -> Option<&Bucket> {
        self.0.get(name)
    }
}

fn bucket(name: &str, properties: &Value, data: Option<&Path>) -> Result<Bucket, String> {
    let members = properties.as_object().into_iter().flatten();
    for (property, _) in members {
        if !KNOWN.contains(&property.as_str()) {
            return Err(format!("the property {property} is not offered locally"));
        }
    }
    let rules = properties.pointer("/CorsConfiguration/CorsRules");
    let rules = rules.cloned().unwrap_or_else(|| Value::Array(Vec::new()));
    let objects = match data {
        Some(folder) => Objects::open(folder.join("objects").join(name))
            .map_err(|error| format!("its objects can't be read: {error}"))?,
        None => Objects::default(),
    };
    Ok(Bucket {
        name: name.to_owned(),
        objects,
        uploads: Uploads::default(),
        cors: serde_json::from_value(rules)
            .map_err(|error| format!("CorsConfiguration: {error}"))?,
        queues: told(properties.get("NotificationConfiguration"))?,
    })
}

/// The queues that are told of new objects.
fn told(configuration: Option<&Value>) -> Result<Vec<String>, String> {
    let mut queues = Vec::new();
    for (kind, entries) in configuration
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        if kind != "QueueConfigurations" {
            return Err(format!(
                "NotificationConfiguration.{kind} is not offered locally"
            ));
        }
        for entry in list(Some(entries)) {
            let text = |name: &str| entry.get(name).and_then(Value::as_str);
            let is_plain = entry.as_object().is_some_and(|entry| entry.len() == 2);
            match (text("Event"), text("Queue"), is_plain) {
                (Some("s3:ObjectCreated:*"), Some(queue), true) => {
                    queues.push(queue.to_owned());
                }
                _ => {
                    return Err(
                        "only notifications of every new object to a queue are offered locally"
                            .to_owned(),
                    );
                }
            }
        }
    }
    Ok(queues)
}

/// Whether the queue's own policy lets S3 send to it for this bucket.
fn lets_tell(
    resolved: &Resolved,
    queue_arn: &str,
    bucket_arn: &str,
    account_id: &str,
) -> Result<(), String> {
    let policies = resolved
        .resources
        .values()
        .filter(|resource| resource.kind == "AWS::SQS::QueuePolicy")
        .filter_map(|resource| resource.properties.get("PolicyDocument"));
    lets_service(
        policies,
        "sqs:SendMessage",
        queue_arn,
        "s3.amazonaws.com",
        bucket_arn,
        account_id,
    )
}

/// A bucket's own policy could deny, and here it is not evaluated. One that asks for TLS alone changes nothing on loopback.
fn check_policy(properties: &Value) -> Result<(), String> {
    let statements = list(properties.pointer("/PolicyDocument/Statement"));
    let wants_tls = |statement: &&Value| {
        let condition = statement.get("Condition").and_then(Value::as_object);
        let truth = statement.pointer("/Condition/Bool/aws:SecureTransport");
        let is_false = truth.is_some_and(|value| value == "false" || value == false);
        statement.get("Effect").and_then(Value::as_str) == Some("Deny")
            && condition.is_some_and(|condition| condition.len() == 1)
            && is_false
    };
    match statements.iter().all(wants_tls) {
        true => Ok(()),
        false => Err("only a bucket policy that asks for TLS is understood locally; what roles may do stands in the roles".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_understood_of_a_bucket_stops_the_start() {
        for (properties, said) in [
            (json!({"WebsiteConfiguration": {}}), "WebsiteConfiguration"),
            (
                json!({"NotificationConfiguration": {"TopicConfigurations": []}}),
                "TopicConfigurations",
            ),
            (
                json!({"NotificationConfiguration": {"QueueConfigurations": [{"Event": "s3:ObjectRemoved:*", "Queue": "q"}]}}),
                "every new object",
            ),
            (
                json!({"NotificationConfiguration": {"QueueConfigurations": [{"Event": "s3:ObjectCreated:*", "Queue": "q", "Filter": {}}]}}),
                "every new object",
            ),
            (
                json!({"CorsConfiguration": {"CorsRules": [{"AllowedOrigins": ["*"], "AllowedMethods": ["GET"], "Id": "x"}]}}),
                "CorsConfiguration",
            ),
        ] {
            let refused = bucket("Files", &properties, None).unwrap_err();
            assert!(refused.contains(said), "{refused}");
        }
    }

    #[test]
    fn a_buckets_own_policy_may_ask_for_tls_and_nothing_else() {
        let policy = |effect: &str, condition: Value| json!({"PolicyDocument": {"Statement": [{"Effect": effect, "Action": "s3:*", "Condition": condition}]}});
        let tls = json!({"Bool": {"aws:SecureTransport": "false"}});
        assert!(check_policy(&policy("Deny", tls.clone())).is_ok());
        assert!(check_policy(&policy("Allow", tls)).is_err());
        let more =
            json!({"Bool": {"aws:SecureTransport": "false"}, "StringLike": {"s3:prefix": "x"}});
        assert!(check_policy(&policy("Deny", more)).is_err());
        assert!(check_policy(&policy("Deny", json!({}))).is_err());
    }
}
