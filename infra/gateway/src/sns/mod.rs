//! SNS, as far as SES events go: topics that a service publishes to and functions subscribe to. Nothing offers it over HTTP.

mod policy;
mod topic;

pub(crate) use policy::lets_service;
pub use topic::{Subscription, Topic};

use crate::clock::Clock;
use crate::error::GatewayError;
use crate::roles::list;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use template::Resolved;

/// What is known of a topic's properties; none of these matters on one machine.
const KNOWN: [&str; 5] = [
    "DisplayName",
    "KmsMasterKeyId",
    "SignatureVersion",
    "Tags",
    "TracingConfig",
];

/// The template's topics, by ARN.
#[derive(Debug, Default)]
pub(crate) struct Topics {
    by_arn: BTreeMap<String, Arc<Topic>>,
    policies: Vec<(Vec<String>, Value)>,
}

impl Topics {
    pub(crate) fn read(
        resolved: &Resolved,
        clock: &Arc<Clock>,
        region: &str,
        account_id: &str,
    ) -> Result<Self, GatewayError> {
        let mut topics = Self::default();
        for (name, resource) in &resolved.resources {
            let wrong = |detail: String| GatewayError::Resource {
                resource: name.clone(),
                detail,
            };
            let properties = &resource.properties;
            match resource.kind.as_str() {
                "AWS::SNS::Topic" => {
                    check(properties).map_err(wrong)?;
                    let arn = format!("arn:aws:sns:{region}:{account_id}:{name}");
                    let topic = Topic::new(name, arn.clone(), Arc::clone(clock));
                    topics.by_arn.insert(arn, Arc::new(topic));
                }
                "AWS::SNS::TopicPolicy" => {
                    let of = list(properties.get("Topics"));
                    let of = of.into_iter().filter_map(Value::as_str).map(str::to_owned);
                    let document = properties.get("PolicyDocument").cloned();
                    topics
                        .policies
                        .push((of.collect(), document.unwrap_or_default()));
                }
                "AWS::SNS::Subscription" => {
                    return Err(wrong(
                        "is not offered locally: a function subscribes by an event of type SNS"
                            .to_owned(),
                    ));
                }
                _ => {}
            }
        }
        Ok(topics)
    }

    pub(crate) fn with_arn(&self, arn: &str) -> Option<&Arc<Topic>> {
        self.by_arn.get(arn)
    }

    /// Whether the topic's policy lets a service publish for one of this account's resources. The error says why not.
    pub(crate) fn lets_publish(
        &self,
        topic_arn: &str,
        service: &str,
        source_arn: &str,
        account_id: &str,
    ) -> Result<(), String> {
        let documents = self
            .policies
            .iter()
            .filter(|(topics, _)| topics.iter().any(|topic| topic == topic_arn))
            .map(|(_, document)| document);
        let action = "sns:Publish";
        lets_service(
            documents, action, topic_arn, service, source_arn, account_id,
        )
    }
}

fn check(properties: &Value) -> Result<(), String> {
    let members = properties.as_object().into_iter().flatten();
    for (name, value) in members {
        if !KNOWN.contains(&name.as_str()) {
            return Err(format!("the property {name} is not offered locally"));
        }
        if name == "KmsMasterKeyId" && value == "alias/aws/sns" {
            return Err("no service of AWS can publish to a topic under the key alias/aws/sns; use a key whose policy allows it".to_owned());
        }
    }
    Ok(())
}
