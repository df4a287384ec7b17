//! S3 Vectors, as far as the product uses it: indexes of the template's vector buckets, their vectors, and queries of them.
//!
//! Everything is judged by the index's ARN before it is looked for: who may not read an index isn't told whether there is one. Limits and
//! words are those of the [API reference](https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_S3_Vectors.html) and of the
//! guide's page on [limits](https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-limitations.html).
//!
//! Not offered, and refused: operations on buckets, lists of indexes, tags, an index's own encryption, lists in segments, and `$startsWith`.

mod address;
mod buckets;
mod distance;
mod errors;
mod filter;
mod indexes;
mod kept;
mod operations;
mod pages;
mod query;
mod request;
mod state;
mod vector;
mod vectors;

#[cfg(test)]
mod tests;

pub(crate) use operations::Operation;

use crate::Gateway;
use crate::api_error::ApiError;
use crate::caller;
use crate::decisions::{DecisionRecord, Verdict};
use crate::error::GatewayError;
use crate::faults::FaultError;
use crate::judge::judge;
use crate::sigv4::Incoming;
use crate::strict_json;
use address::Address;
use buckets::Buckets;
use errors::{failed, invalid};
use http::StatusCode;
use operations::Call;
use request::Request;
use serde_json::{Value, json};
use state::State;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use template::Resolved;

/// The largest body of a request: 20 MiB.
pub(crate) const MAX_BODY: usize = 20 * 1024 * 1024;

/// The template's vector buckets and what is in them.
#[derive(Debug)]
pub(crate) struct Vectors {
    buckets: Buckets,
    state: Mutex<State>,
}

/// What is answered: status, body, and an error's code for its header.
pub(crate) type Reply = (StatusCode, Value, Option<&'static str>);

impl Vectors {
    /// Reads the buckets from the template and opens what is kept of them; without a bucket, nothing is.
    pub(crate) fn read(resolved: &Resolved, data: Option<&Path>) -> Result<Self, GatewayError> {
        let buckets = Buckets::read(resolved)?;
        let data = data.filter(|_| !buckets.is_empty());
        Ok(Self {
            buckets,
            state: Mutex::new(State::open(data).map_err(GatewayError::Store)?),
        })
    }

    /// The vectors of the index of this name in any bucket, by their keys.
    pub(crate) fn dump(&self, index: &str) -> Option<BTreeMap<String, Value>> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.dump(index).unwrap_or_else(|error| {
            tracing::error!(%error, "vectors could not be read");
            None
        })
    }
}

/// Answers one request. A query looks at every vector of its index, so it belongs on a thread that may block.
pub(crate) fn answer(
    gateway: &Gateway,
    request: &Incoming,
    operation: Operation,
    record: &mut DecisionRecord,
) -> Reply {
    match perform(gateway, request, operation, record) {
        Ok(reply) => (StatusCode::OK, reply, None),
        Err(error) => {
            record.reason.get_or_insert_with(|| error.message.clone());
            refusal(&error)
        }
    }
}

/// The answer to a body that is too large to be read.
pub(crate) fn too_large() -> Reply {
    refusal(&errors::too_large())
}

/// The answer where the gateway itself failed.
pub(crate) fn broken() -> Reply {
    refusal(&failed())
}

fn refusal(error: &ApiError) -> Reply {
    let body = json!({"message": error.message});
    (error.status, body, Some(error.code))
}

fn perform(
    gateway: &Gateway,
    incoming: &Incoming,
    operation: Operation,
    record: &mut DecisionRecord,
) -> Result<Value, ApiError> {
    let identified = caller::identify(gateway, incoming, "s3vectors", record);
    let (principal, role) = identified.map_err(errors::of_caller)?;
    let body = strict_json::parse_object(&incoming.body).map_err(invalid)?;
    let request = Request::new(&body);
    let address = Address::of(&request, operation, &gateway.region, &gateway.account_id)?;
    let now = gateway.clock.now();
    let context = principal.context(now, &gateway.region);
    for action in operation.actions(&request) {
        let judgement = judge(role, &action, &address.arn, &[], &context);
        let refusal = judgement.refusal(&principal);
        let reason = judgement.record.reason.clone();
        record.add(judgement.record);
        if let Some(refusal) = refusal {
            record.deny(reason.unwrap_or_default());
            return Err(errors::forbidden(refusal));
        }
    }
    record.decision = Verdict::Allowed;
    request.only(operation)?;
    let vectors = &gateway.vectors;
    let bucket = address.here.then(|| vectors.buckets.named(address.bucket));
    let bucket = bucket.flatten().ok_or_else(|| operation.nowhere())?;
    let names = [bucket, address.index].into_iter();
    let fault = gateway.faults.take(record, names);
    match fault {
        Some(FaultError::ThroughputExceeded) => return Err(errors::too_many()),
        Some(FaultError::InternalServerError | FaultError::Silent) => return Err(failed()),
        _ => {}
    }
    let call = Call {
        request,
        address: &address,
        now: now.as_second(),
    };
    let mut state = vectors.state.lock().unwrap_or_else(PoisonError::into_inner);
    let done = operations::run(operation, &call, &mut state);
    drop(state);
    if fault == Some(FaultError::LostReply) {
        return Err(failed());
    }
    done
}
