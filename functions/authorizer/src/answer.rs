//! The simple answer (payload format 2.0).
//!
//! Source: API Gateway developer guide, "Control access to HTTP APIs with AWS Lambda authorizers".

use crate::judge::Verdict;
use serde::Serialize;

/// The simple answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    is_authorized: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<Tokens>,
}

/// The tokens are plain strings: JSON strings in the context would break API Gateway's caching.
#[derive(Serialize)]
struct Tokens {
    context: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens(…)")
    }
}

impl From<Verdict> for Answer {
    fn from(verdict: Verdict) -> Self {
        let context = match verdict {
            Verdict::TurnAway => None,
            Verdict::PassOn {
                context,
                tenant,
                user,
            } => Some(Tokens {
                context,
                tenant,
                user,
            }),
        };
        Self {
            is_authorized: context.is_some(),
            context,
        }
    }
}
