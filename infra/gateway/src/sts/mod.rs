//! The Security Token Service: trades a signed identity for credentials that carry session tags.

pub(crate) mod assume_role;
pub(crate) mod jwks;
pub(crate) mod jwt;
pub(crate) mod session;
pub(crate) mod tags;
pub(crate) mod web_identity;
pub(crate) mod xml;

pub use jwks::{JwksFuture, JwksSource};

use crate::Gateway;
use crate::api_error::ApiError;
use crate::decisions::{DecisionRecord, Verdict};
use crate::faults::FaultError;
use crate::form;
use crate::sigv4::{self, Incoming};
use http::StatusCode;

const VERSION: &str = "2011-06-15";

/// The parameters of a request; each must be one its action knows.
#[derive(Debug)]
pub(crate) struct Parameters {
    fields: Vec<(String, String)>,
}

impl Parameters {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn required(&self, name: &str) -> Result<&str, ApiError> {
        self.get(name).filter(|value| !value.is_empty()).ok_or_else(|| validation(format!("1 validation error detected: Value null at '{name}' failed to satisfy constraint: Member must not be null")))
    }

    /// A parameter that is passed over would widen what the caller gets, or mislead it: so an unknown one is refused.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), ApiError> {
        let first_part = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
        match self
            .fields
            .iter()
            .map(|(name, _)| first_part(name))
            .find(|name| {
                !matches!(name.as_str(), "Action" | "Version") && !known.contains(&name.as_str())
            }) {
            Some(unknown) => Err(validation(format!(
                "the parameter {unknown} is not offered by the local gateway"
            ))),
            None => Ok(()),
        }
    }

    /// A list written as `Name.member.1`, `Name.member.2.Key` and so on: the numbers present, in order, which must have no gap.
    pub(crate) fn members(&self, name: &str) -> Result<usize, ApiError> {
        let prefix = format!("{name}.member.");
        let mut numbers: Vec<usize> = Vec::new();
        for (field, _) in self
            .fields
            .iter()
            .filter(|(field, _)| field == name || field.starts_with(&format!("{name}.")))
        {
            if field == name {
                continue;
            }
            let number = field
                .strip_prefix(&prefix)
                .and_then(|rest| rest.split('.').next())
                .and_then(|number| number.parse().ok());
            numbers.push(number.ok_or_else(|| validation(format!("bad parameter {field}")))?);
        }
        numbers.sort_unstable();
        numbers.dedup();
        if numbers.iter().copied().eq(1..=numbers.len()) {
            Ok(numbers.len())
        } else {
            Err(validation(format!("the list {name} has a gap")))
        }
    }
}

/// Answers one request with a status and an XML body.
pub(crate) async fn answer(
    gateway: &Gateway,
    request: &Incoming,
    request_id: &str,
) -> (StatusCode, String, DecisionRecord) {
    let mut record = DecisionRecord::of(gateway, request, "sts", "");
    let result = perform(gateway, request, &mut record).await;
    let result = result.and_then(|inner| befallen(gateway, &mut record, inner));
    match result {
        Ok(inner) => (
            StatusCode::OK,
            xml::success(&record.operation, &inner, request_id),
            record,
        ),
        Err(error) => {
            record.error = Some(error.code.to_owned());
            if record.reason.is_none() {
                record.reason = Some(error.message.clone());
            }
            if error.status == StatusCode::FORBIDDEN
                || matches!(error.code, "ExpiredTokenException" | "InvalidIdentityToken")
            {
                record.decision = Verdict::Denied;
            }
            (error.status, xml::failure(&error, request_id), record)
        }
    }
}

/// What a fault makes of the answer. Credentials that nobody hears of are as if they were not made.
fn befallen(
    gateway: &Gateway,
    record: &mut DecisionRecord,
    inner: xml::Element,
) -> Result<xml::Element, ApiError> {
    match gateway.faults.take(record, std::iter::empty()) {
        Some(FaultError::ThroughputExceeded) => {
            Err(ApiError::client("Throttling", "Rate exceeded"))
        }
        Some(FaultError::InternalServerError | FaultError::LostReply) => Err(ApiError {
            code: "InternalFailure",
            ..ApiError::internal("Internal failure")
        }),
        _ => Ok(inner),
    }
}

async fn perform(
    gateway: &Gateway,
    request: &Incoming,
    record: &mut DecisionRecord,
) -> Result<xml::Element, ApiError> {
    let text = std::str::from_utf8(&request.body)
        .map_err(|_| ApiError::client("MalformedInput", "The body is not UTF-8"))?;
    let fields = form::parse(text).map_err(|detail| ApiError::client("MalformedInput", detail))?;
    let parameters = Parameters { fields };
    parameters
        .get("Action")
        .unwrap_or_default()
        .clone_into(&mut record.operation);
    if parameters.get("Version") != Some(VERSION) {
        return Err(ApiError::client(
            "InvalidAction",
            format!("The version of the request must be {VERSION}"),
        ));
    }
    let action = record.operation.clone();
    if action == "AssumeRoleWithWebIdentity" {
        return web_identity::perform(gateway, &parameters, record).await;
    }
    let session = sigv4::verify(
        request,
        "sts",
        &gateway.region,
        &gateway.credentials,
        gateway.clock.now(),
    )
    .map_err(sigv4::Refusal::for_query)?;
    record.principal = Some(session.principal.clone());
    match action.as_str() {
        "AssumeRole" => assume_role::perform(gateway, &session.principal, &parameters, record),
        "GetCallerIdentity" => {
            parameters.only(&[])?;
            record.decision = Verdict::Allowed;
            Ok(session::caller_identity(&session.principal))
        }
        other => Err(ApiError::client(
            "InvalidAction",
            format!("Could not find operation {other} for version {VERSION}"),
        )),
    }
}

pub(crate) fn validation(message: impl Into<String>) -> ApiError {
    ApiError::client("ValidationError", message)
}

pub(crate) fn access_denied(message: impl Into<String>) -> ApiError {
    ApiError::forbidden("AccessDenied", message)
}
