//! The authorizer event (payload format 2.0).
//!
//! Source: API Gateway developer guide, "Control access to HTTP APIs with AWS Lambda authorizers".

use serde::Deserialize;
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
    domain_name: String,
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

    /// The host name that the client called.
    pub(crate) fn host(&self) -> &str {
        &self.request_context.domain_name
    }

    /// The id of the request.
    pub fn request_id(&self) -> &str {
        &self.request_context.request_id
    }
}
