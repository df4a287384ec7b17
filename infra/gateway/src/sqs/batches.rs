//! Batches: each entry has an outcome of its own.

use super::attributes;
use super::queue::Queue;
use super::request::Request;
use super::sending::{draft, sent};
use crate::api_error::ApiError;
use serde_json::{Value, json};

const SEND_MEMBERS: [&str; 6] = [
    "Id",
    "MessageBody",
    "DelaySeconds",
    "MessageAttributes",
    "MessageGroupId",
    "MessageDeduplicationId",
];

/// Sends the entries; together they may be no larger than one message.
pub(super) fn send(queue: &Queue, request: &Request<'_>, sender: &str) -> Result<Value, ApiError> {
    let entries = request.entries()?;
    let mut drafts = Vec::new();
    let mut size = 0;
    for (id, entry) in entries {
        entry.has_only(&SEND_MEMBERS)?;
        let draft = draft(queue, &entry, sender);
        if let Ok(draft) = &draft {
            size += draft.body.len() + attributes::size(&draft.attributes);
        }
        drafts.push((id, draft));
    }
    if size > queue.settings.largest {
        return Err(ApiError::client(
            "BatchRequestTooLong",
            format!(
                "Batch requests cannot be longer than {} bytes. You have sent {size} bytes.",
                queue.settings.largest
            ),
        ));
    }
    let outcomes = drafts.into_iter().map(|(id, draft)| {
        let outcome = draft.map(|draft| sent(queue, &queue.add(draft)));
        (id, outcome)
    });
    Ok(reply(outcomes))
}

/// Does the same for each entry.
pub(super) fn each(
    request: &Request<'_>,
    members: &[&str],
    act: impl Fn(&Request<'_>) -> Result<Value, ApiError>,
) -> Result<Value, ApiError> {
    let entries = request.entries()?;
    for (_, entry) in &entries {
        entry.has_only(members)?;
    }
    let outcomes = entries.into_iter().map(|(id, entry)| (id, act(&entry)));
    Ok(reply(outcomes))
}

fn reply<'a>(outcomes: impl Iterator<Item = (&'a str, Result<Value, ApiError>)>) -> Value {
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for (id, outcome) in outcomes {
        match outcome {
            Ok(mut entry) => {
                if let Some(entry) = entry.as_object_mut() {
                    entry.insert("Id".to_owned(), id.into());
                }
                successful.push(entry);
            }
            Err(error) => failed.push(json!({"Id": id, "SenderFault": !error.status.is_server_error(), "Code": error.code, "Message": error.message})),
        }
    }
    json!({"Successful": successful, "Failed": failed})
}
