//! S3, as far as the product uses it: single objects, uploads in parts, and lists, by their paths (`/s3/<bucket>/<key>`).
//!
//! Signatures stand in a header or in the URL; both are checked against the session's secret, and what was signed (length, type,
//! checksum) is compared with what came. Keys are judged by the role's policies like everything else.
//!
//! No S3 server of others is behind it: who calls, what is judged, what befalls a call and what is told of it is the gateway's for
//! every service alike, and what such a server would add to that are these few operations on files.
//!
//! Not offered, and refused: lists of parts and of uploads, versions, tags, copies, access lists, and checksums other than SHA-256. Lifecycle rules are
//! read and do nothing, and a download is always of the whole object.

mod buckets;
mod cors;
mod errors;
mod events;
mod object;
mod objects;
mod operations;
mod request;
mod uploads;

pub(crate) use buckets::{Bucket, Buckets};
pub(crate) use errors::response as error_response;
pub(crate) use errors::too_large;

use crate::Gateway;
use crate::api_error::ApiError;
use crate::caller;
use crate::decisions::{DecisionRecord, Verdict};
use crate::faults::FaultError;
use crate::judge::judge;
use crate::principal::Principal;
use crate::roles::Role;
use crate::sigv4::{self, Incoming};
use axum::response::Response;
use http::StatusCode;
use http::header::CONTENT_LENGTH;
use request::{Operation, Target};

/// The largest object that one request stores here; AWS takes 5 GB.
pub(crate) const MAX_OBJECT: usize = 256 * 1024 * 1024;

/// Answers one request.
pub(crate) fn answer(
    gateway: &Gateway,
    incoming: &Incoming,
    request_id: &str,
) -> (Response, DecisionRecord) {
    let target = Target::read(incoming);
    let operation = target.as_ref().map_or("", |target| target.operation.name());
    let mut record = DecisionRecord::of(gateway, incoming, "s3", operation);
    let bucket = target.as_ref().ok();
    let bucket = bucket.and_then(|target| gateway.buckets.named(&target.bucket));
    let answered = match &target {
        Err(error) => Err(error.clone()),
        Ok(Target {
            operation: Operation::Preflight,
            ..
        }) => {
            let answer = cors::preflight(bucket, incoming);
            record.decision = Verdict::Allowed;
            return (answer, record);
        }
        Ok(target) => perform(gateway, incoming, target, bucket, &mut record),
    };
    let mut response = answered.unwrap_or_else(|error| {
        record.reason.get_or_insert_with(|| error.message.clone());
        record.error = Some(error.code.to_owned());
        errors::response(&error, incoming, request_id)
    });
    cors::allow(bucket, incoming, &mut response);
    (response, record)
}

fn perform(
    gateway: &Gateway,
    incoming: &Incoming,
    target: &Target,
    bucket: Option<&Bucket>,
    record: &mut DecisionRecord,
) -> Result<Response, ApiError> {
    let now = gateway.clock.now();
    let session = sigv4::verify_s3(incoming, &gateway.region, &gateway.credentials, now);
    let session = session.map_err(|refusal| {
        let error = errors::of_signature(refusal);
        record.deny(&error.message);
        error
    })?;
    let (principal, role) = caller::known(gateway, &session, record)?;
    let mut context = principal.context(now, &gateway.region);
    for (key, value) in target.condition_keys() {
        context.set(key, [value]);
    }
    let judgement = judge(
        role,
        target.operation.action(),
        &target.arn(),
        &[],
        &context,
    );
    let refusal = judgement.refusal(&principal);
    let reason = judgement.record.reason.clone();
    record.add(judgement.record);
    if let Some(refusal) = refusal {
        record.deny(reason.unwrap_or_default());
        return Err(ApiError {
            code: "AccessDenied",
            status: StatusCode::FORBIDDEN,
            ..refusal
        });
    }
    record.decision = Verdict::Allowed;
    let bucket = bucket.ok_or_else(errors::no_bucket)?;
    let stores = matches!(target.operation, Operation::Put | Operation::UploadPart);
    if stores && !incoming.headers.contains_key(CONTENT_LENGTH) {
        return Err(errors::no_length());
    }
    let fault = gateway.faults.take(record, std::iter::once(bucket.name()));
    match fault {
        Some(FaultError::ThroughputExceeded) => return Err(errors::slow_down()),
        Some(FaultError::InternalServerError | FaultError::Silent) => return Err(errors::failed()),
        _ => {}
    }
    let done = operations::run(gateway, bucket, target, incoming).map_err(|error| {
        match error.code == "NoSuchKey" && !may_list(gateway, role, &principal, target) {
            // Whoever may not list a bucket is not told what is missing from it.
            true => ApiError::forbidden("AccessDenied", "Access Denied"),
            false => error,
        }
    });
    if fault == Some(FaultError::LostReply) {
        return Err(errors::failed());
    }
    done
}

fn may_list(gateway: &Gateway, role: &Role, principal: &Principal, target: &Target) -> bool {
    let context = principal.context(gateway.clock.now(), &gateway.region);
    let arn = target.bucket_arn();
    judge(role, "s3:ListBucket", &arn, &[], &context)
        .record
        .allowed
}
