//! What both ways of assuming a role share: names, durations, the trust policy, and the reply.

use super::tags::SessionTags;
use super::xml::{self, Element};
use super::{Parameters, access_denied, validation};
use crate::Gateway;
use crate::api_error::ApiError;
use crate::clock::iso8601;
use crate::credentials::Credentials;
use crate::decisions::{CheckRecord, DecisionRecord};
use crate::principal::Principal;
use crate::roles::Role;
use iam::{Context, Decision};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

const DEFAULT_SECONDS: i64 = 3600;
const MIN_SECONDS: i64 = 900;

/// The session name, which ends up in ARNs.
pub(crate) fn session_name(parameters: &Parameters) -> Result<String, ApiError> {
    let name = parameters.required("RoleSessionName")?;
    if is_session_name(name) {
        Ok(name.to_owned())
    } else {
        Err(validation(format!(
            "1 validation error detected: Value '{name}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]{{2,64}}"
        )))
    }
}

/// Whether a text may be a session name.
pub(crate) fn is_session_name(name: &str) -> bool {
    (2..=64).contains(&name.len())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c))
}

/// How long the credentials are to live. Chained roles get an hour at most, whatever the role allows.
pub(crate) fn duration(
    parameters: &Parameters,
    role: &Role,
    chained: bool,
) -> Result<SignedDuration, ApiError> {
    let Some(text) = parameters.get("DurationSeconds") else {
        return Ok(SignedDuration::from_secs(DEFAULT_SECONDS));
    };
    let seconds: i64 = text.parse().map_err(|_| {
        validation(format!(
            "DurationSeconds must be a whole number, not {text:?}"
        ))
    })?;
    if seconds < MIN_SECONDS {
        return Err(validation(format!(
            "1 validation error detected: Value '{seconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to {MIN_SECONDS}"
        )));
    }
    if chained && seconds > DEFAULT_SECONDS {
        return Err(validation(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
        ));
    }
    if seconds > role.max_session_seconds {
        return Err(validation(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }
    Ok(SignedDuration::from_secs(seconds))
}

/// Asks a role's trust policy, and notes the answer.
pub(crate) fn trust(
    role: &Role,
    principal: &iam::Principal,
    action: &str,
    context: &Context,
    record: &mut DecisionRecord,
) -> Result<(), ApiError> {
    let mut check = CheckRecord {
        action: action.to_owned(),
        resource: role.arn.clone(),
        leading_keys: Vec::new(),
        allowed: false,
        statement: None,
        reason: None,
    };
    match role.trust.decide(principal, action, context) {
        Decision::Allowed { statement } => {
            check.allowed = true;
            check.statement = Some(statement.to_string());
        }
        Decision::Denied { statement } => {
            check.reason = Some(format!("the statement {statement} denies it"));
            check.statement = Some(statement.to_string());
        }
        Decision::NotAllowed { nearest } => {
            check.reason = Some(nearest.map_or_else(
                || format!("no statement of the trust policy of {} fits", role.name),
                |near| near.to_string(),
            ));
        }
    }
    let reason = check.reason.clone();
    record.add(check);
    match reason {
        None => Ok(()),
        Some(reason) => {
            record.deny(reason);
            Err(access_denied(format!("Not authorized to perform {action}")))
        }
    }
}

/// Issues the credentials.
pub(crate) fn issue(
    gateway: &Gateway,
    role: &Role,
    session: String,
    tags: &SessionTags,
    inherited: &BTreeMap<String, String>,
    federated_provider: Option<String>,
    life: SignedDuration,
) -> Result<(Principal, Credentials), ApiError> {
    let issued_at = gateway.clock.now();
    let expiration = issued_at.saturating_add(life).unwrap_or(Timestamp::MAX);
    let mut all_tags = role.tags.clone();
    let mut transitive_tags = inherited.clone();
    for (key, value) in inherited.iter().chain(&tags.values) {
        // Tag keys are one key in any case, so a session tag takes the place of the role's own.
        all_tags.retain(|known, _| !known.eq_ignore_ascii_case(key));
        all_tags.insert(key.clone(), value.clone());
    }
    for key in &tags.transitive {
        if let Some((key, value)) = tags
            .values
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(key))
        {
            transitive_tags.insert(key.clone(), value.clone());
        }
    }
    let principal = Principal {
        role: role.name.clone(),
        role_arn: role.arn.clone(),
        session,
        tags: all_tags,
        transitive_tags,
        issued_at,
        federated_provider,
        execution_role: false,
        account_id: gateway.account_id.clone(),
        access_key_id: String::new(),
    };
    let credentials = gateway
        .credentials
        .issue(principal.clone(), Some(expiration))
        .map_err(|error| ApiError::internal(error.to_string()))?;
    Ok((principal, credentials))
}

/// The `Credentials` element.
pub(crate) fn credentials_element(credentials: &Credentials) -> Element {
    xml::parent(
        "Credentials",
        [
            xml::text("AccessKeyId", &credentials.access_key_id),
            xml::text("SecretAccessKey", &credentials.secret_access_key),
            xml::text("SessionToken", &credentials.session_token),
            xml::text(
                "Expiration",
                credentials.expiration.map(iso8601).unwrap_or_default(),
            ),
        ],
    )
}

/// The `AssumedRoleUser` element.
pub(crate) fn assumed_role_user(principal: &Principal) -> Element {
    xml::parent(
        "AssumedRoleUser",
        [
            xml::text(
                "AssumedRoleId",
                format!(
                    "AROALOCAL{}:{}",
                    principal.role.to_ascii_uppercase(),
                    principal.session
                ),
            ),
            xml::text("Arn", principal.arn()),
        ],
    )
}

/// The result of `GetCallerIdentity`, which anyone with credentials may ask.
pub(crate) fn caller_identity(principal: &Principal) -> Element {
    xml::parent(
        "GetCallerIdentityResult",
        [
            xml::text("Arn", principal.arn()),
            xml::text(
                "UserId",
                format!(
                    "AROALOCAL{}:{}",
                    principal.role.to_ascii_uppercase(),
                    principal.session
                ),
            ),
            xml::text("Account", &principal.account_id),
        ],
    )
}
