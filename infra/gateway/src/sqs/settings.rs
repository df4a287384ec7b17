//! A queue as the template declares it.

use jiff::SignedDuration;
use serde_json::Value;

/// What is read here, and what has no bearing on one machine.
const KNOWN: [&str; 15] = [
    "FifoQueue",
    "ContentBasedDeduplication",
    "DelaySeconds",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
    "RedrivePolicy",
    "VisibilityTimeout",
    "RedriveAllowPolicy",
    "SqsManagedSseEnabled",
    "KmsMasterKeyId",
    "KmsDataKeyReusePeriodSeconds",
    "Tags",
    "DeduplicationScope",
    "FifoThroughputLimit",
];

/// How a queue behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) fifo: bool,
    pub(crate) content_based_deduplication: bool,
    pub(crate) delay: SignedDuration,
    pub(crate) largest: usize,
    pub(crate) retention: SignedDuration,
    pub(crate) wait: SignedDuration,
    pub(crate) visibility: SignedDuration,
    pub(crate) redrive: Option<Redrive>,
}

/// Where a message goes that was received too often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Redrive {
    /// The ARN of the other queue.
    pub(crate) target: String,
    pub(crate) most_receives: u32,
}

impl Settings {
    pub(crate) fn read(properties: &Value) -> Result<Self, String> {
        let members = properties.as_object().ok_or("its properties are no map")?;
        if let Some(unknown) = members.keys().find(|key| !KNOWN.contains(&key.as_str())) {
            return Err(format!("the property {unknown} is not offered locally"));
        }
        let seconds = |name: &'static str, default: i64, most: i64| {
            let seconds = number(members.get(name), default);
            seconds
                .filter(|seconds| (0..=most).contains(seconds))
                .map(SignedDuration::from_secs)
                .ok_or_else(|| format!("{name} must be 0 to {most}"))
        };
        let truth = |name: &str| match members.get(name) {
            None | Some(Value::Null) => Ok(false),
            Some(value) => value
                .as_bool()
                .or_else(|| value.as_str()?.parse().ok())
                .ok_or_else(|| format!("{name} must be true or false")),
        };
        let largest = number(members.get("MaximumMessageSize"), 262_144)
            .filter(|size| (1024..=1_048_576).contains(size))
            .and_then(|size| usize::try_from(size).ok());
        let fifo = truth("FifoQueue")?;
        let content_based_deduplication = truth("ContentBasedDeduplication")?;
        if content_based_deduplication && !fifo {
            return Err("ContentBasedDeduplication is for FIFO queues".to_owned());
        }
        Ok(Self {
            fifo,
            content_based_deduplication,
            delay: seconds("DelaySeconds", 0, 900)?,
            largest: largest.ok_or("MaximumMessageSize must be 1024 to 1048576")?,
            retention: seconds("MessageRetentionPeriod", 345_600, 1_209_600)?,
            wait: seconds("ReceiveMessageWaitTimeSeconds", 0, 20)?,
            visibility: seconds("VisibilityTimeout", 30, 43_200)?,
            redrive: members.get("RedrivePolicy").map(redrive).transpose()?,
        })
    }
}

fn redrive(policy: &Value) -> Result<Redrive, String> {
    let target = policy.get("deadLetterTargetArn").and_then(Value::as_str);
    let most = number(policy.get("maxReceiveCount"), 10).and_then(|most| u32::try_from(most).ok());
    match (target, most) {
        (Some(target), Some(most_receives)) if (1..=1000).contains(&most_receives) => Ok(Redrive {
            target: target.to_owned(),
            most_receives,
        }),
        _ => Err(
            "RedrivePolicy needs a deadLetterTargetArn and a maxReceiveCount of 1 to 1000"
                .to_owned(),
        ),
    }
}

/// A number, also one that is written as text.
fn number(value: Option<&Value>, default: i64) -> Option<i64> {
    match value {
        None | Some(Value::Null) => Some(default),
        Some(value) => value
            .as_i64()
            .or_else(|| value.as_str()?.trim().parse().ok()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_offered_is_refused() {
        let read = |properties: Value| Settings::read(&properties);
        let plain = read(json!({})).unwrap();
        assert_eq!(plain.visibility, SignedDuration::from_secs(30));
        assert!(!plain.fifo && plain.redrive.is_none());
        for (properties, expected) in [
            (json!({"QueueName": "q"}), "QueueName"),
            (json!({"VisibilityTimeout": 43_201}), "VisibilityTimeout"),
            (json!({"DelaySeconds": "soon"}), "DelaySeconds"),
            (json!({"ContentBasedDeduplication": true}), "FIFO"),
            (
                json!({"RedrivePolicy": {"maxReceiveCount": 3}}),
                "deadLetterTargetArn",
            ),
            (
                json!({"RedrivePolicy": {"deadLetterTargetArn": "arn", "maxReceiveCount": 0}}),
                "maxReceiveCount",
            ),
        ] {
            let error = read(properties).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
