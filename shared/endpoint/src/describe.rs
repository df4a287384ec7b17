//! `--describe`: the declaration as JSON, from which everything that must agree with it is generated.

use crate::declaration::{Api, Requirement};
use crate::{Caller, Endpoint};
use problem::Kind;
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Value, json};

/// What every endpoint can answer.
const ALWAYS: &[Kind] = &[Kind::Internal, Kind::Unavailable];
const WITH_QUERY: &[Kind] = &[Kind::InvalidQuery];
const WITH_BODY: &[Kind] = &[
    Kind::MalformedBody,
    Kind::BodyTooLarge,
    Kind::UnsupportedMediaType,
    Kind::ValidationFailed,
];
const WITH_SESSION: &[Kind] = &[
    Kind::Unauthenticated,
    Kind::TokenExpired,
    Kind::SessionRevoked,
    Kind::IsolationRefused,
];
const WITH_MEMBERSHIP: &[Kind] = &[Kind::NotAMember, Kind::MfaEnrolmentRequired];
const WITH_KEY: &[Kind] = &[
    Kind::InvalidHeader,
    Kind::RequestInFlight,
    Kind::IdempotencyKeyReused,
];
const WITH_STANDING: &[Kind] = &[Kind::TenantSuspended, Kind::TenantCancelled];

/// The description of an endpoint.
pub(crate) fn describe<E: Endpoint>(binary: &str) -> Value {
    let declared = E::DECLARATION;
    let (auth, permission) = match declared.requirement {
        Requirement::Public => ("public", None),
        Requirement::Person => ("person", None),
        Requirement::Session => ("session", None),
        Requirement::Permission(permission) => ("permission", Some(permission.to_string())),
    };
    let mut problems: Vec<Kind> = [ALWAYS, WITH_QUERY].concat();
    if declared.method.takes_body() {
        problems.extend(WITH_BODY);
    }
    if declared.requirement != Requirement::Public {
        problems.extend(WITH_SESSION);
    }
    if !matches!(
        declared.requirement,
        Requirement::Public | Requirement::Person
    ) {
        problems.extend(WITH_MEMBERSHIP);
        if !declared.while_suspended {
            problems.extend(WITH_STANDING);
        }
    }
    if declared.step_up {
        problems.push(Kind::StepUpRequired);
    }
    if declared.is_project_scoped() && declared.access > Some(permissions::Access::Read) {
        problems.push(Kind::ProjectArchived);
    }
    if declared.idempotent {
        problems.extend(WITH_KEY);
    }
    if permission.is_some() {
        problems.push(Kind::PermissionDenied);
    }
    if declared.path.contains('{') {
        problems.push(Kind::NotFound);
    }
    problems.extend(declared.problems);
    let mut slugs: Vec<&str> = Kind::ALL
        .iter()
        .filter(|kind| problems.contains(kind))
        .map(|kind| kind.slug())
        .collect();
    slugs.dedup();
    json!({
        "binary": binary,
        "kind": "endpoint",
        "method": declared.method.as_str(),
        "path": declared.path,
        "api": match declared.api { Api::Main => "main", Api::Issuer => "issuer" },
        "summary": declared.summary,
        "tag": tag(declared.path),
        "auth": auth,
        "caller_fits": E::Caller::fits(&declared),
        "permission": permission,
        "access": declared.access.map(|access| access.as_str()),
        "step_up": declared.step_up,
        "while_suspended": declared.while_suspended,
        "idempotent": declared.idempotent,
        "takes_if_match": declared.takes_if_match(),
        "needs": declared.needs.iter().map(|need| need.as_str()).collect::<Vec<_>>(),
        "role": declared.role,
        "memory_mb": declared.memory_mb,
        "timeout_s": 10,
        "success": declared.success,
        "body_limit": declared.body_limit,
        "path_schema": schema::<E::Path>(false),
        "query_schema": schema::<E::Query>(false),
        "body_schema": if declared.method.takes_body() { schema::<E::Body>(false) } else { Value::Null },
        "output_schema": if declared.success == 204 { Value::Null } else { schema::<E::Output>(true) },
        "problems": slugs,
        "project_scoped": declared.is_project_scoped(),
    })
}

fn schema<T: JsonSchema>(output: bool) -> Value {
    let settings = SchemaSettings::draft2020_12();
    let settings = if output {
        settings.for_serialize()
    } else {
        settings.for_deserialize()
    };
    let schema = SchemaGenerator::new(settings).into_root_schema_for::<T>();
    let value = Value::from(schema);
    let is_empty = value.get("properties").is_none()
        && value.get("additionalProperties") == Some(&Value::Bool(false));
    if is_empty { Value::Null } else { value }
}

/// The group of the reference page: the first word of the path that says something.
fn tag(path: &str) -> &str {
    let mut words = path
        .split('/')
        .filter(|word| !word.is_empty() && !word.starts_with('{') && *word != "v1");
    let first = words.next().unwrap_or("service");
    if first == "projects" && path.contains("{collection}") {
        "records"
    } else {
        first
    }
}
