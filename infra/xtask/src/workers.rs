//! Functions without a route: what a stream, a queue, a topic or a schedule wakes.

use crate::failure::{Failure, Result};
use serde::Deserialize;
use serde_json::Value;
use std::fmt::Write as _;

/// The declaration of one event function.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Worker {
    pub(crate) binary: String,
    pub(crate) summary: String,
    pub(crate) source: Source,
    /// Whether the handler takes the events that come from the source.
    pub(crate) event_fits: bool,
    pub(crate) needs: Vec<String>,
    pub(crate) role: String,
    pub(crate) memory_mb: u32,
    pub(crate) timeout_s: u32,
}

/// What wakes it, by its name in the hand-written part.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Source {
    /// Change streams of tables.
    Streams { tables: Vec<String> },
    /// A queue.
    Queue { queue: String, batch: u32 },
    /// A topic.
    Topic { topic: String },
    /// The clock.
    Schedule { schedule: String },
}

/// How many events of one queue are worked on at once: a rush of background work must not take the account's processes from
/// the authorizer and the endpoints.
const AT_ONCE: u32 = 20;
/// What a function can ask for in its environment.
const NEEDS: &[&str] = &[
    "tables",
    "system",
    "link_key",
    "mail",
    "email_queue",
    "files_queue",
    "files",
    "exports_queue",
    "exports",
    "vectors",
];

impl Worker {
    /// Reads and checks a declaration.
    pub(crate) fn read(binary: &str, value: Value) -> Result<Self> {
        let worker: Worker = serde_json::from_value(value)
            .map_err(|error| Failure(format!("{binary} --describe: {error}")))?;
        if worker.binary != binary {
            return Err(Failure(format!(
                "{binary} calls itself {:?}",
                worker.binary
            )));
        }
        match worker.fault() {
            Some(fault) => Err(Failure(format!("{binary} {fault}"))),
            None => Ok(worker),
        }
    }

    /// Whether the declaration asks for this.
    pub(crate) fn needs(&self, what: &str) -> bool {
        self.needs.iter().any(|need| need == what)
    }

    /// What is wrong with the declaration, if anything.
    fn fault(&self) -> Option<String> {
        if self.summary.is_empty() || self.summary.len() > 256 {
            let text = "needs a summary of 1 to 256 bytes: it becomes the function's description";
            return Some(text.to_owned());
        }
        if !self.event_fits {
            let text = "has a handler for other events than its source sends";
            return Some(text.to_owned());
        }
        let unknown = |need: &&String| !NEEDS.contains(&need.as_str());
        if let Some(need) = self.needs.iter().find(unknown) {
            return Some(format!(
                "needs {need:?}, which the template can't give (it gives {})",
                NEEDS.join(", ")
            ));
        }
        if !(1..=900).contains(&self.timeout_s) || !(128..=10_240).contains(&self.memory_mb) {
            return Some("asks for more memory or time than Lambda has".to_owned());
        }
        match &self.source {
            Source::Streams { tables } if tables.is_empty() => Some("reads no table".to_owned()),
            Source::Queue { batch, .. } if !(1..=10).contains(batch) => Some(format!(
                "takes {batch} messages at a time; 1 to 10 are possible"
            )),
            _ => None,
        }
    }

    /// The events of its function, as SAM writes them.
    pub(crate) fn events(&self) -> String {
        let mut text = String::from("      Events:\n");
        // Writing to a String can't fail.
        match &self.source {
            // From the oldest record on, so that nothing is lost while the function is deployed. A batch that fails is
            // halved, so that one record does not stop the others; what can't be handed on in a day is told to a queue.
            Source::Streams { tables } => {
                for table in tables {
                    let _ = writeln!(
                        text,
                        "        {table}:\n          Type: DynamoDB\n          Properties:\n            Stream: !GetAtt {table}.StreamArn\n            \
                         StartingPosition: TRIM_HORIZON\n            BatchSize: 100\n            BisectBatchOnFunctionError: true\n            \
                         MaximumRetryAttempts: 1000\n            FunctionResponseTypes: [ReportBatchItemFailures]\n            \
                         DestinationConfig: {{ OnFailure: {{ Type: SQS, Destination: !GetAtt StreamDeadLetterQueue.Arn }} }}"
                    );
                }
            }
            Source::Queue { queue, batch } => {
                let _ = writeln!(
                    text,
                    "        Queue:\n          Type: SQS\n          Properties:\n            Queue: !GetAtt {queue}.Arn\n            \
                     BatchSize: {batch}\n            FunctionResponseTypes: [ReportBatchItemFailures]\n            \
                     ScalingConfig: {{ MaximumConcurrency: {AT_ONCE} }}"
                );
            }
            Source::Topic { topic } => {
                let _ = writeln!(
                    text,
                    "        Topic:\n          Type: SNS\n          Properties: {{ Topic: !Ref {topic} }}"
                );
            }
            Source::Schedule { schedule } => {
                let schedule = Value::from(schedule.as_str());
                let _ = writeln!(
                    text,
                    "        Schedule:\n          Type: Schedule\n          Properties: {{ Schedule: {schedule} }}"
                );
            }
        }
        text
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;
    use serde_json::json;

    /// A worker for each kind of source, as they describe themselves.
    pub(crate) fn described() -> Vec<(String, Value)> {
        let one = |binary: &str, source: Value, needs: Value| {
            let value = json!({"binary": binary, "kind": "worker", "summary": "Works.", "source": source,
                "event_fits": true, "needs": needs, "role": "WorkRole", "memory_mb": 256, "timeout_s": 30});
            (binary.to_owned(), value)
        };
        vec![
            one(
                "stream-fanout",
                json!({"type": "streams", "tables": ["TenantTable"]}),
                json!(["email_queue"]),
            ),
            one(
                "emails-send",
                json!({"type": "queue", "queue": "EmailQueue", "batch": 5}),
                json!(["tables", "system", "link_key", "mail"]),
            ),
            one(
                "emails-feedback",
                json!({"type": "topic", "topic": "EmailEventsTopic"}),
                json!([]),
            ),
            one(
                "trials-expire",
                json!({"type": "schedule", "schedule": "rate(1 hour)"}),
                json!([]),
            ),
        ]
    }

    fn changed(change: impl FnOnce(&mut Value)) -> String {
        let (binary, mut value) = described().remove(1);
        change(&mut value);
        Worker::read(&binary, value).unwrap_err().to_string()
    }

    #[test]
    fn a_faulty_declaration_is_named() {
        assert_eq!(
            changed(|v| v["source"]["batch"] = json!(11)),
            "emails-send takes 11 messages at a time; 1 to 10 are possible"
        );
        assert_eq!(
            changed(|v| v["event_fits"] = json!(false)),
            "emails-send has a handler for other events than its source sends"
        );
        assert!(changed(|v| v["needs"] = json!(["gold"])).contains("needs \"gold\""));
        assert!(changed(|v| v["summary"] = json!("")).contains("needs a summary"));
        assert!(changed(|v| v["timeout_s"] = json!(901)).contains("more memory or time"));
        assert!(changed(|v| v["source"] = json!({"type": "moon"})).contains("unknown variant"));
        assert_eq!(
            changed(|v| v["binary"] = json!("x")),
            "emails-send calls itself \"x\""
        );
    }
}
