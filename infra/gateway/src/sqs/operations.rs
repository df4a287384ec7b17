//! The operations that are offered, and what each does.

use super::batches;
use super::errors::{missing, of_receipt};
use super::queue::Queue;
use super::request::Request;
use super::sending::{draft, sent};
use crate::api_error::ApiError;
use serde_json::{Value, json};
use std::time::Duration;

/// The longest that a message can be hidden, in seconds.
const LONGEST_HIDDEN: i64 = 43_200;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    SendMessage,
    SendMessageBatch,
    ReceiveMessage,
    DeleteMessage,
    DeleteMessageBatch,
    ChangeMessageVisibility,
    ChangeMessageVisibilityBatch,
    GetQueueAttributes,
    GetQueueUrl,
}

impl Operation {
    const ALL: [(Self, &'static str); 9] = [
        (Self::SendMessage, "SendMessage"),
        (Self::SendMessageBatch, "SendMessageBatch"),
        (Self::ReceiveMessage, "ReceiveMessage"),
        (Self::DeleteMessage, "DeleteMessage"),
        (Self::DeleteMessageBatch, "DeleteMessageBatch"),
        (Self::ChangeMessageVisibility, "ChangeMessageVisibility"),
        (
            Self::ChangeMessageVisibilityBatch,
            "ChangeMessageVisibilityBatch",
        ),
        (Self::GetQueueAttributes, "GetQueueAttributes"),
        (Self::GetQueueUrl, "GetQueueUrl"),
    ];

    /// The operation, if it is offered, and the IAM action it stands for: a batch is judged as its single operation.
    pub(super) fn named(name: &str) -> (Option<Self>, &str) {
        let offered = Self::ALL.into_iter().find(|(_, known)| *known == name);
        (
            offered.map(|(operation, _)| operation),
            name.strip_suffix("Batch").unwrap_or(name),
        )
    }

    pub(super) fn members(self) -> &'static [&'static str] {
        match self {
            Self::SendMessage => &[
                "QueueUrl",
                "MessageBody",
                "DelaySeconds",
                "MessageAttributes",
                "MessageGroupId",
                "MessageDeduplicationId",
            ],
            Self::ReceiveMessage => &[
                "QueueUrl",
                "AttributeNames",
                "MessageSystemAttributeNames",
                "MessageAttributeNames",
                "MaxNumberOfMessages",
                "VisibilityTimeout",
                "WaitTimeSeconds",
                "ReceiveRequestAttemptId",
            ],
            Self::DeleteMessage => &["QueueUrl", "ReceiptHandle"],
            Self::ChangeMessageVisibility => &["QueueUrl", "ReceiptHandle", "VisibilityTimeout"],
            Self::SendMessageBatch
            | Self::DeleteMessageBatch
            | Self::ChangeMessageVisibilityBatch => &["QueueUrl", "Entries"],
            Self::GetQueueAttributes => &["QueueUrl", "AttributeNames"],
            Self::GetQueueUrl => &["QueueName", "QueueOwnerAWSAccountId"],
        }
    }
}

pub(super) async fn run(
    operation: Operation,
    queue: &Queue,
    request: &Request<'_>,
    sender: &str,
) -> Result<Value, ApiError> {
    match operation {
        Operation::SendMessage => {
            let draft = draft(queue, request, sender)?;
            Ok(sent(queue, &queue.add(draft)))
        }
        Operation::ReceiveMessage => receive(queue, request).await,
        Operation::DeleteMessage => delete(queue, request),
        Operation::ChangeMessageVisibility => hide(queue, request),
        Operation::SendMessageBatch => batches::send(queue, request, sender),
        Operation::DeleteMessageBatch => {
            batches::each(request, &["Id", "ReceiptHandle"], |entry| {
                delete(queue, entry)
            })
        }
        Operation::ChangeMessageVisibilityBatch => batches::each(
            request,
            &["Id", "ReceiptHandle", "VisibilityTimeout"],
            |entry| hide(queue, entry),
        ),
        Operation::GetQueueAttributes => described(queue, request),
        // A client that asks by name is answered with the form of URL that AWS has; only its path matters here.
        Operation::GetQueueUrl => Ok(
            json!({"QueueUrl": format!("https://sqs.us-east-1.amazonaws.com/000000000000/{}", queue.name())}),
        ),
    }
}

async fn receive(queue: &Queue, request: &Request<'_>) -> Result<Value, ApiError> {
    let most = request.number("MaxNumberOfMessages", 1, 10)?.unwrap_or(1);
    let visibility = request.seconds("VisibilityTimeout", LONGEST_HIDDEN)?;
    let wait = request.seconds("WaitTimeSeconds", 20)?;
    let mut system = request.texts("AttributeNames")?;
    system.extend(request.texts("MessageSystemAttributeNames")?);
    let wanted = request.texts("MessageAttributeNames")?;
    let wants = |name: &str| {
        wanted.iter().any(|wanted| match wanted.strip_suffix(".*") {
            Some(prefix) => name.starts_with(prefix),
            None => *wanted == "All" || *wanted == name,
        })
    };
    let wants_system = |name: &str| system.contains(&"All") || system.contains(&name);
    let received = queue.receive(
        usize::try_from(most).unwrap_or(1),
        visibility.unwrap_or(queue.settings.visibility),
        wait.unwrap_or(queue.settings.wait).unsigned_abs(),
    );
    let messages: Vec<Value> = received
        .await
        .iter()
        .map(|message| message.for_client(queue.is_fifo(), wants_system, wants))
        .collect();
    if messages.is_empty() {
        Ok(json!({}))
    } else {
        Ok(json!({"Messages": messages}))
    }
}

fn delete(queue: &Queue, request: &Request<'_>) -> Result<Value, ApiError> {
    let handle = request.required("ReceiptHandle")?;
    let deleted = queue.delete(handle);
    deleted.map_err(|stale| of_receipt(handle, stale))?;
    Ok(json!({}))
}

fn hide(queue: &Queue, request: &Request<'_>) -> Result<Value, ApiError> {
    let handle = request.required("ReceiptHandle")?;
    let by = request.seconds("VisibilityTimeout", LONGEST_HIDDEN)?;
    let by = by.ok_or_else(|| missing("VisibilityTimeout"))?;
    let hidden = queue.hide(handle, by);
    hidden.map_err(|stale| of_receipt(handle, stale))?;
    Ok(json!({}))
}

fn described(queue: &Queue, request: &Request<'_>) -> Result<Value, ApiError> {
    let wanted = request.texts("AttributeNames")?;
    let (settings, counts) = (&queue.settings, queue.counts());
    let seconds = |duration: Duration| duration.as_secs().to_string();
    let mut all = vec![
        ("QueueArn", queue.arn().to_owned()),
        ("ApproximateNumberOfMessages", counts.visible.to_string()),
        (
            "ApproximateNumberOfMessagesNotVisible",
            counts.in_flight.to_string(),
        ),
        (
            "ApproximateNumberOfMessagesDelayed",
            counts.delayed.to_string(),
        ),
        ("VisibilityTimeout", seconds(queue.visibility_timeout())),
        ("DelaySeconds", seconds(settings.delay.unsigned_abs())),
        (
            "MessageRetentionPeriod",
            seconds(settings.retention.unsigned_abs()),
        ),
        (
            "ReceiveMessageWaitTimeSeconds",
            seconds(settings.wait.unsigned_abs()),
        ),
        ("MaximumMessageSize", settings.largest.to_string()),
    ];
    if settings.fifo {
        all.push(("FifoQueue", "true".to_owned()));
        let by_content = settings.content_based_deduplication;
        all.push(("ContentBasedDeduplication", by_content.to_string()));
    }
    if let Some(redrive) = &settings.redrive {
        let policy = json!({"deadLetterTargetArn": redrive.target, "maxReceiveCount": redrive.most_receives});
        all.push(("RedrivePolicy", policy.to_string()));
    }
    all.retain(|(name, _)| wanted.contains(&"All") || wanted.contains(name));
    if all.is_empty() {
        return Ok(json!({}));
    }
    Ok(json!({"Attributes": all.into_iter().collect::<std::collections::BTreeMap<_, _>>()}))
}
