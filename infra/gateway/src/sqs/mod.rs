//! SQS in its JSON protocol: each request is judged like everything else, and then done.

mod attributes;
mod batches;
mod errors;
mod kept;
mod message;
mod messages;
mod operations;
mod queue;
mod queues;
mod request;
mod sending;
mod settings;

pub(crate) use kept::KeptQueues;
pub use queue::Queue;
pub(crate) use queues::Queues;

use crate::Gateway;
use crate::api_error::ApiError;
use crate::caller;
use crate::decisions::{DecisionRecord, Verdict};
use crate::faults::FaultError;
use crate::judge::judge;
use crate::sigv4::Incoming;
use crate::strict_json;
use http::StatusCode;
use operations::Operation;
use request::Request;
use serde_json::Value;

/// What is answered: status, body, and for an error the older protocol's code.
pub(crate) type Reply = (StatusCode, Value, Option<String>);

/// Answers one request.
pub(crate) async fn answer(
    gateway: &Gateway,
    request: &Incoming,
    operation: &str,
    record: &mut DecisionRecord,
) -> Reply {
    match perform(gateway, request, operation, record).await {
        Ok(reply) => (StatusCode::OK, reply, None),
        Err(error) => {
            record.reason.get_or_insert_with(|| error.message.clone());
            let (status, body, code) = errors::answer(&error);
            (status, body, Some(code))
        }
    }
}

async fn perform(
    gateway: &Gateway,
    incoming: &Incoming,
    operation: &str,
    record: &mut DecisionRecord,
) -> Result<Value, ApiError> {
    let (principal, role) = caller::identify(gateway, incoming, "sqs", record)?;
    let body = strict_json::parse_object(&incoming.body).map_err(errors::serialization)?;
    let request = Request { body: &body };
    let name = request.queue_name(&gateway.account_id)?;
    let context = principal.context(gateway.clock.now(), &gateway.region);
    let (offered, action) = Operation::named(operation);
    let judgement = judge(
        role,
        &format!("sqs:{action}"),
        &gateway.queues.arn_of(name),
        &[],
        &context,
    );
    let refusal = judgement.refusal(&principal);
    let reason = judgement.record.reason.clone();
    record.add(judgement.record);
    if let Some(refusal) = refusal {
        record.deny(reason.unwrap_or_default());
        return Err(ApiError {
            status: StatusCode::FORBIDDEN,
            ..refusal
        });
    }
    record.decision = Verdict::Allowed;
    let offered = offered.ok_or_else(|| {
        ApiError::client(
            "UnsupportedOperation",
            format!("{operation} is not offered by the local gateway"),
        )
    })?;
    request.only(offered)?;
    let queue = gateway.queues.named(name).ok_or_else(errors::no_queue)?;
    let fault = gateway.faults.take(record, std::iter::once(name));
    match fault {
        Some(FaultError::ThroughputExceeded) => {
            return Err(ApiError::client("RequestThrottled", "Rate exceeded"));
        }
        Some(FaultError::InternalServerError | FaultError::Silent) => return Err(failed()),
        _ => {}
    }
    let done = operations::run(offered, queue, &request, &sender(&principal)).await;
    if fault == Some(FaultError::LostReply) {
        return Err(failed());
    }
    done
}

fn failed() -> ApiError {
    ApiError {
        code: "InternalError",
        ..ApiError::internal("Internal server error")
    }
}

/// The sender as a message's attribute shows it.
fn sender(principal: &crate::principal::Principal) -> String {
    format!(
        "AROALOCAL{}:{}",
        principal.role.to_ascii_uppercase(),
        principal.session
    )
}
