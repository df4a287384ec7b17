//! A poller works with its function's role, so that role must be allowed to read the source.

use super::{Target, declared::Source};
use gateway::Gateway;

const STREAM_ACTIONS: [&str; 4] = [
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
];
const QUEUE_ACTIONS: [&str; 3] = [
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
];

/// Says what the role lacks. AWS would refuse the mapping.
pub(super) fn check(source: &Source, target: &Target, gateway: &Gateway) -> Result<(), String> {
    let (actions, arn, on_failure): (&[&str], _, _) = match source {
        Source::Stream(stream) => (&STREAM_ACTIONS, &stream.arn, stream.on_failure.as_ref()),
        Source::Queue(queue) => (&QUEUE_ACTIONS, &queue.arn, None),
        // Those call the function themselves, which the template's expansion allows them.
        Source::Topic(_) | Source::Schedule(_) => return Ok(()),
    };
    for action in actions {
        allowed(target, gateway, action, arn)?;
    }
    match on_failure {
        None => Ok(()),
        Some(queue) if gateway.queue(queue).is_some() => {
            allowed(target, gateway, "sqs:SendMessage", queue)
        }
        Some(other) => Err(format!(
            "the destination {other} is no queue of this template"
        )),
    }
}

/// Says so where the function's role is not allowed an action.
pub(super) fn allowed(
    target: &Target,
    gateway: &Gateway,
    action: &str,
    resource: &str,
) -> Result<(), String> {
    gateway
        .role_allows(&target.role, &target.name, action, resource)
        .map_err(|reason| {
            format!(
                "{} must be allowed {action} on {resource} ({reason})",
                target.role
            )
        })
}
