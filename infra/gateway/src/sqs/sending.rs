//! Sending: what a message may be, and what its sender is told.

use super::attributes;
use super::errors::{invalid, missing};
use super::message::{Draft, Message};
use super::queue::Queue;
use super::request::Request;
use crate::api_error::ApiError;
use crate::sigv4::hex;
use serde_json::{Map, Value};

/// Reads a message to send, from a request or an entry of a batch.
pub(super) fn draft(queue: &Queue, request: &Request<'_>, sender: &str) -> Result<Draft, ApiError> {
    let settings = &queue.settings;
    let body = request.required("MessageBody")?;
    let attributes = attributes::read(request.get("MessageAttributes"))
        .map_err(|detail| ApiError::client("InvalidParameterValue", detail))?;
    if body.len() + attributes::size(&attributes) > settings.largest {
        let reason = format!(
            "One or more parameters are invalid. Reason: Message must be shorter than {} bytes.",
            settings.largest
        );
        return Err(ApiError::client("InvalidParameterValue", reason));
    }
    let is_xml = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..);
    if !body.chars().all(is_xml) {
        return Err(ApiError::client(
            "InvalidMessageContents",
            "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF",
        ));
    }
    let group = request.text("MessageGroupId")?.map(str::to_owned);
    let mut deduplication = request.text("MessageDeduplicationId")?.map(str::to_owned);
    let delay = request.seconds("DelaySeconds", 900)?;
    if settings.fifo {
        group.as_ref().ok_or_else(|| missing("MessageGroupId"))?;
        if let Some(delay) = delay {
            return Err(invalid(
                "DelaySeconds",
                delay.as_secs(),
                "The request include parameter that is not valid for this queue type.",
            ));
        }
        if settings.content_based_deduplication {
            let digest = || ring::digest::digest(&ring::digest::SHA256, body.as_bytes());
            deduplication.get_or_insert_with(|| hex(digest().as_ref()));
        } else if deduplication.is_none() {
            return Err(ApiError::client(
                "InvalidParameterValue",
                "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
            ));
        }
    } else if deduplication.is_some() {
        return Err(invalid(
            "MessageDeduplicationId",
            deduplication.unwrap_or_default(),
            "The request include parameter that is not valid for this queue type.",
        ));
    }
    Ok(Draft {
        body: body.to_owned(),
        attributes,
        delay,
        group,
        deduplication,
        sender: sender.to_owned(),
    })
}

/// What the sender of a message is told.
pub(super) fn sent(queue: &Queue, message: &Message) -> Value {
    let mut reply = Map::from_iter([
        ("MessageId".to_owned(), Value::from(message.id.clone())),
        ("MD5OfMessageBody".to_owned(), message.body_md5().into()),
    ]);
    if let Some(md5) = attributes::md5(&message.draft.attributes) {
        reply.insert("MD5OfMessageAttributes".to_owned(), md5.into());
    }
    if queue.is_fifo() {
        reply.insert(
            "SequenceNumber".to_owned(),
            message.sequence_number().into(),
        );
    }
    reply.into()
}
