//! One question put to a role's policies.

use crate::api_error::ApiError;
use crate::decisions::CheckRecord;
use crate::principal::Principal;
use crate::roles::Role;
use iam::{Context, Decision, Request};

/// An answer, with the record of how it came about.
#[derive(Debug)]
pub(crate) struct Judgement {
    pub(crate) record: CheckRecord,
    /// Whether a statement denies it, whatever others allow.
    pub(crate) explicit_deny: bool,
}

/// Asks whether a role's policies allow an action.
pub(crate) fn judge(
    role: &Role,
    action: &str,
    resource: &str,
    leading_keys: &[String],
    context: &Context,
) -> Judgement {
    let decision = iam::decide(
        &role.policies,
        &Request {
            action,
            resource,
            context,
        },
    );
    let mut record = CheckRecord {
        action: action.to_owned(),
        resource: resource.to_owned(),
        leading_keys: leading_keys.to_vec(),
        allowed: false,
        statement: None,
        reason: None,
    };
    let mut explicit_deny = false;
    match decision {
        Decision::Allowed { statement } => {
            record.allowed = true;
            record.statement = Some(statement.to_string());
        }
        Decision::Denied { statement } => {
            explicit_deny = true;
            record.reason = Some(format!("the statement {statement} denies it"));
            record.statement = Some(statement.to_string());
        }
        Decision::NotAllowed { nearest } => {
            record.reason = Some(nearest.map_or_else(
                || format!("no statement of {} names {action} on {resource}", role.name),
                |near| near.to_string(),
            ));
        }
    }
    Judgement {
        record,
        explicit_deny,
    }
}

impl Judgement {
    /// The refusal in AWS's words, if it is one.
    pub(crate) fn refusal(&self, principal: &Principal) -> Option<ApiError> {
        if self.record.allowed {
            return None;
        }
        let (action, resource) = (&self.record.action, &self.record.resource);
        let because = if self.explicit_deny {
            "with an explicit deny in an identity-based policy".to_owned()
        } else {
            format!("because no identity-based policy allows the {action} action")
        };
        Some(ApiError::client(
            "AccessDeniedException",
            format!(
                "User: {} is not authorized to perform: {action} on resource: {resource} {because}",
                principal.arn()
            ),
        ))
    }
}
