//! The queues of the template.

use super::queue::Queue;
use super::settings::Settings;
use crate::clock::Clock;
use crate::error::GatewayError;
use crate::roles::list;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use template::Resolved;

/// All queues, by name.
#[derive(Debug)]
pub(crate) struct Queues {
    by_name: BTreeMap<String, Arc<Queue>>,
    arn_prefix: String,
}

impl Queues {
    pub(crate) fn read(
        resolved: &Resolved,
        clock: &Arc<Clock>,
        region: &str,
        account_id: &str,
    ) -> Result<Self, GatewayError> {
        let arn_prefix = format!("arn:aws:sqs:{region}:{account_id}:");
        let mut by_name = BTreeMap::new();
        for (name, resource) in &resolved.resources {
            let wrong = |detail: String| GatewayError::Resource {
                resource: name.clone(),
                detail,
            };
            match resource.kind.as_str() {
                "AWS::SQS::Queue" => {
                    let settings = Settings::read(&resource.properties).map_err(wrong)?;
                    let arn = format!("{arn_prefix}{name}");
                    let queue = Queue::new(name, arn, region, settings, Arc::clone(clock));
                    by_name.insert(name.clone(), Arc::new(queue));
                }
                "AWS::SQS::QueuePolicy" => check_policy(&resource.properties).map_err(wrong)?,
                _ => {}
            }
        }
        let queues = Self {
            by_name,
            arn_prefix,
        };
        for (name, queue) in &queues.by_name {
            queues
                .connect(queue)
                .map_err(|detail| GatewayError::Resource {
                    resource: name.clone(),
                    detail,
                })?;
        }
        Ok(queues)
    }

    fn connect(&self, queue: &Arc<Queue>) -> Result<(), String> {
        let Some(redrive) = &queue.settings.redrive else {
            return Ok(());
        };
        let target = self.with_arn(&redrive.target).ok_or_else(|| {
            format!(
                "RedrivePolicy names {}, which is no queue of this template",
                redrive.target
            )
        })?;
        if Arc::ptr_eq(queue, target) {
            return Err("RedrivePolicy names the queue itself".to_owned());
        }
        if target.settings.fifo != queue.settings.fifo {
            return Err(
                "a queue and its dead-letter queue must both be FIFO queues or neither".to_owned(),
            );
        }
        queue.set_dead_letters(Arc::clone(target));
        Ok(())
    }

    pub(crate) fn named(&self, name: &str) -> Option<&Arc<Queue>> {
        self.by_name.get(name)
    }

    pub(crate) fn with_arn(&self, arn: &str) -> Option<&Arc<Queue>> {
        arn.strip_prefix(&self.arn_prefix)
            .and_then(|name| self.named(name))
    }

    pub(crate) fn arn_of(&self, name: &str) -> String {
        format!("{}{name}", self.arn_prefix)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Queue>> {
        self.by_name.values()
    }
}

/// A queue's own policy could deny, and here it is not evaluated. One that lets services of AWS in changes nothing for the roles.
fn check_policy(properties: &Value) -> Result<(), String> {
    let statements = list(properties.pointer("/PolicyDocument/Statement"));
    let only_services = |statement: &&Value| {
        let principals = statement.get("Principal").and_then(Value::as_object);
        statement.get("Effect").and_then(Value::as_str) == Some("Allow")
            && principals.is_some_and(|principals| principals.keys().all(|kind| kind == "Service"))
    };
    if !statements.is_empty() && statements.iter().all(only_services) {
        Ok(())
    } else {
        Err("only a queue policy that allows services of AWS is understood locally; what roles may do stands in the roles".to_owned())
    }
}
