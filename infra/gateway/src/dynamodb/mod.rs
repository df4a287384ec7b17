//! DynamoDB behind IAM: each request is understood, judged, and only then given to the store.

pub(crate) mod attributes;
mod batch;
pub(crate) mod capacity;
pub(crate) mod errors;
mod faulty;
mod gate;
pub(crate) mod index_keys;
pub(crate) mod key_condition;
mod members;
pub(crate) mod operations;
pub(crate) mod request;
pub(crate) mod store;
pub(crate) mod stream;
mod stream_order;
pub(crate) mod tables;
pub(crate) mod tokens;
pub(crate) mod update_expression;

use crate::Gateway;
use crate::api_error::ApiError;
use crate::caller;
use crate::decisions::{DecisionRecord, Units, Verdict};
use crate::sigv4::Incoming;
use crate::strict_json;
use dynoxide::DynoxideError;
use gate::Gate;
use http::StatusCode;
use operations::Operation;
use request::Analysis;
use serde_json::{Map, Value};

/// A status and a JSON body.
pub(crate) type Reply = (StatusCode, Value);

/// Answers one request; `record` is filled in on the way.
pub(crate) async fn answer(
    gateway: &Gateway,
    request: &Incoming,
    operation: &str,
    record: &mut DecisionRecord,
) -> Reply {
    match understood(gateway, request, operation, record) {
        Ok(analysis) => forward(gateway, analysis, record).await,
        Err(error) => {
            if record.reason.is_none() {
                record.reason = Some(error.message.clone());
            }
            errors::body(&error)
        }
    }
}

/// Establishes who asks, what is asked, and that it is allowed.
fn understood(
    gateway: &Gateway,
    request: &Incoming,
    operation: &str,
    record: &mut DecisionRecord,
) -> Result<Analysis, ApiError> {
    let (principal, role) = caller::identify(gateway, request, "dynamodb", record)?;
    let principal = &principal;
    let body = strict_json::parse_object(&request.body).map_err(errors::serialization)?;
    let gate = Gate {
        gateway,
        principal,
        role,
    };
    let Some(offered) = Operation::named(operation) else {
        return Err(gate.unoffered(operation, &body, record));
    };
    let mut analysis = request::analyse(offered, body, &gateway.tables)?;
    for check in &analysis.checks {
        gate.check(check, record)?;
    }
    record.decision = Verdict::Allowed;
    match analysis.missing.take() {
        Some(error) => Err(error),
        None => Ok(analysis),
    }
}

/// Gives an allowed request to the store and shapes its reply.
async fn forward(gateway: &Gateway, mut analysis: Analysis, record: &mut DecisionRecord) -> Reply {
    let operation = analysis.operation;
    let fault = gateway.faults.take(
        record,
        analysis.checks.iter().map(|check| check.table.as_str()),
    );
    if let Some((status, mut body)) = fault.and_then(|fault| faulty::instead(fault, &analysis)) {
        if let Some(body) = body.as_object_mut() {
            give_names_back(body, &analysis);
        }
        return (status, body);
    }
    capacity::ask(&mut analysis.body);
    let (store, tables) = (gateway.store.clone(), gateway.tables.clone());
    let body = std::mem::take(&mut analysis.body);
    let work = tokio::task::spawn_blocking(move || {
        let result = store.run(operation, &body);
        let units = match &result {
            Ok(reply) => capacity::of_reply(operation, reply),
            Err(error) if is_failed_condition(error) => {
                capacity::of_failed_condition(operation, &body, &tables, &store)
            }
            Err(_) => Units::default(),
        };
        (result, units)
    });
    let Ok((result, units)) = work.await else {
        return errors::body(&ApiError::internal("the store failed"));
    };
    record.capacity = units;
    if fault.is_some_and(faulty::loses_reply) {
        return faulty::lost_reply();
    }
    match result {
        Ok(mut reply) => {
            capacity::shape(&mut reply, analysis.wanted_capacity.as_deref());
            give_names_back(&mut reply, &analysis);
            (StatusCode::OK, Value::Object(reply))
        }
        Err(error) => errors::of_store(operation.name(), &error),
    }
}

fn is_failed_condition(error: &DynoxideError) -> bool {
    match error {
        DynoxideError::ConditionalCheckFailedException(..) => true,
        DynoxideError::TransactionCanceledException(_, reasons) => reasons
            .iter()
            .any(|reason| reason.code == "ConditionalCheckFailed"),
        _ => false,
    }
}

/// A client that named a table by its ARN gets its batch reply under that ARN.
fn give_names_back(reply: &mut Map<String, Value>, analysis: &Analysis) {
    for member in [
        "Responses",
        "UnprocessedKeys",
        "UnprocessedItems",
        "ItemCollectionMetrics",
    ] {
        if let Some(Value::Object(by_table)) = reply.get_mut(member) {
            for (name, given) in &analysis.given_names {
                if let Some(part) = by_table.remove(name) {
                    by_table.insert(given.clone(), part);
                }
            }
        }
    }
}
