//! The authorizer event (payload format 2.0) and the simple answer.
//!
//! Source: API Gateway developer guide, "Control access to HTTP APIs with AWS Lambda authorizers".

use crate::judge::Verdict;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What API Gateway asks.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AuthorizerEvent {
    pub(crate) route_key: String,
    headers: HashMap<String, String>,
    path_parameters: Option<HashMap<String, String>>,
    request_context: Context,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Context {
    request_id: String,
}

impl AuthorizerEvent {
    /// The bearer token (RFC 6750, 2.1).
    pub(crate) fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.headers.get("authorization")?.split_once(' ')?;
        scheme
            .eq_ignore_ascii_case("bearer")
            .then_some(token.trim())
    }

    pub(crate) fn path_parameter(&self, name: &str) -> Option<&str> {
        self.path_parameters.as_ref()?.get(name).map(String::as_str)
    }

    /// The id of the request.
    pub fn request_id(&self) -> &str {
        &self.request_context.request_id
    }
}

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
