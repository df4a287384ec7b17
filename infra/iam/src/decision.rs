//! The outcome of an evaluation, in words for whoever wonders why.

use serde::Serialize;
use std::fmt::{self, Display, Formatter};

/// A statement's place: the policy's name and the statement's Sid.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct StatementName {
    /// The policy's name.
    pub policy: String,
    /// The statement's Sid.
    pub sid: String,
}

impl Display for StatementName {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.policy, self.sid)
    }
}

/// What was decided, and by which statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Decision {
    /// A statement allows it and none denies it.
    Allowed {
        /// The first statement that allows it.
        statement: StatementName,
    },
    /// A statement denies it, whatever others allow.
    Denied {
        /// The first statement that denies it.
        statement: StatementName,
    },
    /// No statement allows it.
    NotAllowed {
        /// The statement that would have, but for its condition.
        nearest: Option<NearMiss>,
    },
}

impl Decision {
    /// Whether the request may go ahead.
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed { .. })
    }
}

impl Display for Decision {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allowed { statement } => write!(formatter, "allowed by {statement}"),
            Self::Denied { statement } => write!(formatter, "denied by {statement}"),
            Self::NotAllowed {
                nearest: Some(nearest),
            } => write!(formatter, "not allowed: {nearest}"),
            Self::NotAllowed { nearest: None } => {
                formatter.write_str("not allowed: no statement allows this action on this resource")
            }
        }
    }
}

/// A statement that allows the action on the resource, and the condition that kept it from applying. Its text is one sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NearMiss {
    /// The statement.
    pub statement: StatementName,
    /// The action asked for.
    pub action: String,
    /// The resource asked for.
    pub resource: String,
    /// The condition's operator as the policy writes it, such as `ForAllValues:StringLike`.
    pub operator: String,
    /// The condition's key as the policy writes it.
    pub key: String,
    /// What the policy wants, with variables replaced.
    pub expected: Vec<String>,
    /// What the request has.
    pub actual: Vec<String>,
    /// Why the condition did not hold.
    pub reason: String,
}

impl Display for NearMiss {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self {
            statement,
            action,
            resource,
            operator,
            key,
            reason,
            ..
        } = self;
        // Of an ARN the last part is what a reader looks for: `table/TenantTable`.
        let resource = resource.splitn(6, ':').nth(5).unwrap_or(resource);
        write!(
            formatter,
            "{} matched {action} on {resource}, but {operator} {key}: {reason}",
            statement.sid
        )
    }
}
