//! SES: mail is judged like everything else, and then kept instead of sent.

mod configuration;
mod events;
mod message;

pub(crate) use configuration::ConfigurationSets;
pub use message::Message;

use crate::Gateway;
use crate::api_error::ApiError;
use crate::caller;
use crate::clock::iso8601;
use crate::decisions::{DecisionRecord, Verdict};
use crate::faults::FaultError;
use crate::judge::judge;
use crate::sigv4::Incoming;
use crate::strict_json;
use http::StatusCode;
use message::{address_of, read};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// How many messages are kept.
const CAPACITY: usize = 10_000;
/// The messages kept so far.
#[derive(Debug, Default)]
pub(crate) struct Mailbox {
    messages: Mutex<VecDeque<Message>>,
}

impl Mailbox {
    fn keep(&self, message: Message) {
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        if messages.len() == CAPACITY {
            messages.pop_front();
        }
        messages.push_back(message);
    }

    pub(crate) fn messages(&self) -> Vec<Message> {
        self.messages
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .cloned()
            .collect()
    }
}

/// Answers one request; an error's code goes into a header besides.
pub(crate) fn answer(
    gateway: &Gateway,
    request: &Incoming,
    record: &mut DecisionRecord,
) -> (StatusCode, Value, Option<&'static str>) {
    match send(gateway, request, record) {
        Ok(id) => (StatusCode::OK, json!({"MessageId": id}), None),
        Err(error) => {
            record.reason.get_or_insert_with(|| error.message.clone());
            (
                error.status,
                json!({"message": error.message}),
                Some(error.code),
            )
        }
    }
}

fn send(
    gateway: &Gateway,
    request: &Incoming,
    record: &mut DecisionRecord,
) -> Result<String, ApiError> {
    let (principal, role) = caller::identify(gateway, request, "ses", record).map_err(|error| {
        // SES answers 403 where the JSON services answer 400.
        let status = match error.status {
            StatusCode::BAD_REQUEST => StatusCode::FORBIDDEN,
            other => other,
        };
        ApiError { status, ..error }
    })?;
    let principal = &principal;
    let body = strict_json::parse_object(&request.body)
        .map_err(|detail| ApiError::client("SerializationException", detail))?;
    let mut message =
        read(&body).map_err(|detail| ApiError::client("BadRequestException", detail))?;

    let address = address_of(&message.from);
    let (_, domain) = address
        .rsplit_once('@')
        .ok_or_else(|| ApiError::client("BadRequestException", "Missing final '@domain'"))?;
    let arn = |kind: &str, name: &str| {
        format!(
            "arn:aws:ses:{}:{}:{kind}/{name}",
            gateway.region, gateway.account_id
        )
    };
    let mut resources = vec![arn("identity", domain)];
    resources.extend(
        message
            .configuration_set
            .as_deref()
            .map(|name| arn("configuration-set", name)),
    );
    let mut context = principal.context(gateway.clock.now(), &gateway.region);
    context.set("ses:ApiVersion", ["2".to_owned()]);
    context.set("ses:FromAddress", [address.to_owned()]);
    let display_name = message
        .from
        .split_once('<')
        .map_or("", |(name, _)| name.trim().trim_matches('"'));
    if !display_name.is_empty() {
        context.set("ses:FromDisplayName", [display_name.to_owned()]);
    }
    let recipients = message.to.iter().chain(&message.cc).chain(&message.bcc);
    context.set(
        "ses:Recipients",
        recipients.map(|recipient| address_of(recipient).to_owned()),
    );
    for resource in resources {
        let judgement = judge(role, "ses:SendEmail", &resource, &[], &context);
        let refusal = judgement.refusal(principal);
        let reason = judgement.record.reason.clone();
        record.add(judgement.record);
        if let Some(refusal) = refusal {
            record.deny(reason.unwrap_or_default());
            return Err(ApiError {
                status: StatusCode::FORBIDDEN,
                ..refusal
            });
        }
    }
    record.decision = Verdict::Allowed;
    if let Some(set) = &message.configuration_set
        && gateway.configuration_sets.destinations(set).is_none()
    {
        return Err(ApiError {
            status: StatusCode::NOT_FOUND,
            ..ApiError::client(
                "NotFoundException",
                format!("Configuration set <{set}> does not exist."),
            )
        });
    }
    let recipients = message.to.iter().chain(&message.cc).chain(&message.bcc);
    let addresses = recipients.map(|recipient| address_of(recipient));
    let fault = gateway.faults.take(record, addresses);
    match fault {
        Some(FaultError::ThroughputExceeded) => {
            return Err(ApiError {
                status: StatusCode::TOO_MANY_REQUESTS,
                ..ApiError::client("TooManyRequestsException", "Maximum sending rate exceeded.")
            });
        }
        Some(FaultError::InternalServerError | FaultError::Silent) => return Err(failed()),
        _ => {}
    }
    message.id = uuid::Uuid::new_v4().to_string();
    message.time = iso8601(gateway.clock.now());
    let id = message.id.clone();
    gateway.mailbox.keep(message.clone());
    events::publish(gateway, &message, principal);
    if fault == Some(FaultError::LostReply) {
        return Err(failed());
    }
    Ok(id)
}

fn failed() -> ApiError {
    ApiError {
        code: "InternalServiceErrorException",
        ..ApiError::internal("Internal server error")
    }
}
