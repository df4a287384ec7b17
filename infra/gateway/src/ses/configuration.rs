//! Configuration sets, and the topics that are told of what becomes of their messages.

use crate::error::GatewayError;
use crate::sns::Topics;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use template::Resolved;

/// The events that SES can publish, in the names that events bear. The template writes them with a small letter, or as `RENDERING_FAILURE`.
const EVENTS: [&str; 10] = [
    "Send",
    "Reject",
    "Bounce",
    "Complaint",
    "Delivery",
    "Open",
    "Click",
    "RenderingFailure",
    "DeliveryDelay",
    "Subscription",
];

/// The template's configuration sets, each with its destinations.
#[derive(Debug, Default)]
pub(crate) struct ConfigurationSets {
    by_name: BTreeMap<String, Vec<Destination>>,
}

/// A topic, and the events it is told of.
#[derive(Debug)]
pub(crate) struct Destination {
    pub(crate) topic: String,
    pub(crate) events: BTreeSet<&'static str>,
}

impl ConfigurationSets {
    pub(crate) fn read(
        resolved: &Resolved,
        topics: &Topics,
        region: &str,
        account_id: &str,
    ) -> Result<Self, GatewayError> {
        let mut by_name: BTreeMap<String, Vec<Destination>> = BTreeMap::new();
        let of_kind = |kind: &'static str| {
            resolved
                .resources
                .iter()
                .filter(move |(_, resource)| resource.kind == kind)
        };
        for (name, resource) in of_kind("AWS::SES::ConfigurationSet") {
            if resource.properties.get("Name").is_some() {
                return Err(GatewayError::Resource {
                    resource: name.clone(),
                    detail: "a name of its own is not offered locally".to_owned(),
                });
            }
            by_name.insert(name.clone(), Vec::new());
        }
        for (name, resource) in of_kind("AWS::SES::ConfigurationSetEventDestination") {
            let wrong = |detail: String| GatewayError::Resource {
                resource: name.clone(),
                detail,
            };
            let set = resource.properties.get("ConfigurationSetName");
            let set = set.and_then(Value::as_str).unwrap_or_default();
            let destinations = by_name.get_mut(set).ok_or_else(|| {
                wrong(format!("{set:?} is no configuration set of this template"))
            })?;
            let destination = read(&resource.properties).map_err(wrong)?;
            let Some(destination) = destination else {
                continue;
            };
            if topics.with_arn(&destination.topic).is_none() {
                let topic = &destination.topic;
                return Err(wrong(format!("{topic} is no topic of this template")));
            }
            let source = format!("arn:aws:ses:{region}:{account_id}:configuration-set/{set}");
            topics
                .lets_publish(&destination.topic, "ses.amazonaws.com", &source, account_id)
                .map_err(wrong)?;
            destinations.push(destination);
        }
        Ok(Self { by_name })
    }

    pub(crate) fn destinations(&self, set: &str) -> Option<&[Destination]> {
        self.by_name.get(set).map(Vec::as_slice)
    }
}

/// Reads a destination; nothing if it is switched off.
fn read(properties: &Value) -> Result<Option<Destination>, String> {
    let destination = properties.get("EventDestination");
    let members = destination
        .and_then(Value::as_object)
        .ok_or("EventDestination is missing")?;
    let known = ["Name", "Enabled", "MatchingEventTypes", "SnsDestination"];
    if let Some(unknown) = members.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(format!("EventDestination.{unknown} is not offered locally"));
    }
    let topic = members
        .get("SnsDestination")
        .and_then(|destination| destination.get("TopicARN"))
        .and_then(Value::as_str)
        .ok_or("EventDestination needs an SnsDestination with a TopicARN")?;
    let types = members.get("MatchingEventTypes").and_then(Value::as_array);
    let types = types.ok_or("EventDestination needs MatchingEventTypes")?;
    let plain = |name: &str| name.replace('_', "").to_ascii_lowercase();
    let events = types.iter().map(|kind| {
        let wanted = kind.as_str().map(plain);
        EVENTS
            .into_iter()
            .find(|event| wanted == Some(plain(event)))
            .ok_or_else(|| format!("SES has no event {kind}"))
    });
    let events = events.collect::<Result<_, String>>()?;
    let enabled = match members.get("Enabled") {
        Some(Value::Bool(enabled)) => *enabled,
        Some(Value::String(text)) => text == "true",
        // As SES has it when nothing is said.
        _ => false,
    };
    Ok(enabled.then(|| Destination {
        topic: topic.to_owned(),
        events,
    }))
}
