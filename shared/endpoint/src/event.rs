//! The HTTP API event (payload format 2.0), as far as endpoints use it, and the answer's form.
//!
//! Source: API Gateway developer guide, "Create AWS Lambda proxy integrations for HTTP APIs".

use crate::declaration::{Declaration, Method};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use problem::{Kind, Problem};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// One request.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Event {
    pub(crate) raw_query_string: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) path_parameters: Option<HashMap<String, String>>,
    pub(crate) request_context: RequestContext,
    body: Option<String>,
    is_base64_encoded: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct RequestContext {
    pub(crate) request_id: String,
    pub(crate) domain_name: String,
    pub(crate) authorizer: Option<Authorizer>,
    pub(crate) http: Http,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Http {
    pub(crate) source_ip: String,
    /// A client may send none.
    pub(crate) user_agent: Option<String>,
}

/// What the authorizer put into the context. Never logged.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Authorizer {
    pub(crate) lambda: Option<AuthorizerContext>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct AuthorizerContext {
    pub(crate) context: String,
    pub(crate) tenant: Option<String>,
    pub(crate) user: Option<String>,
}

impl std::fmt::Debug for Authorizer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authorizer(…)")
    }
}

impl Event {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub(crate) fn path_parameter(&self, name: &str) -> Option<&str> {
        self.path_parameters.as_ref()?.get(name).map(String::as_str)
    }

    /// The body's bytes.
    pub(crate) fn body(&self) -> Result<Vec<u8>, Problem> {
        match &self.body {
            None => Ok(Vec::new()),
            Some(text) if self.is_base64_encoded => BASE64_STANDARD
                .decode(text)
                .map_err(|_| Kind::MalformedBody.into()),
            Some(text) => Ok(text.as_bytes().to_vec()),
        }
    }
}

/// What is known of a request besides its input.
#[derive(Clone, Default)]
pub struct RequestInfo {
    /// The id of the request, also in every answer.
    pub id: String,
    /// The address it came from.
    pub source_ip: String,
    /// The client's own name for itself.
    pub user_agent: String,
    /// The host name it was sent to.
    pub host: String,
    /// The `Authorization` header, for the public endpoints that look at it themselves.
    pub authorization: Option<String>,
    /// The version in `If-Match`, if one was sent and the endpoint takes it.
    pub if_match: Option<u64>,
    event: Arc<Event>,
}

impl fmt::Debug for RequestInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestInfo")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl RequestInfo {
    /// A header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.event.header(name)
    }

    /// The body as it came, byte for byte: what a signature of the sender was made over.
    ///
    /// # Errors
    /// `malformed-body` when its encoding can't be read.
    pub fn raw_body(&self) -> Result<Vec<u8>, Problem> {
        self.event.body()
    }

    pub(crate) fn of(event: &Arc<Event>, declared: &Declaration) -> Result<Self, Problem> {
        let if_match = match event.header("if-match") {
            Some(tag) if declared.takes_if_match() => Some(version_of(tag)?),
            // What was to be done at one version only is not done at any.
            Some(_) if declared.method != Method::Get => {
                let detail = "is not taken here: no version is looked at";
                return Err(Problem::new(Kind::InvalidHeader).field("If-Match", detail));
            }
            _ => None,
        };
        let http = &event.request_context.http;
        Ok(Self {
            id: event.request_context.request_id.clone(),
            source_ip: http.source_ip.clone(),
            user_agent: http.user_agent.clone().unwrap_or_default(),
            host: event.request_context.domain_name.clone(),
            authorization: event.header("authorization").map(str::to_owned),
            if_match,
            event: Arc::clone(event),
        })
    }
}

/// The version in an entity tag of ours: `"7"` (RFC 9110, 8.8.3).
fn version_of(tag: &str) -> Result<u64, Problem> {
    let version = tag
        .trim()
        .strip_prefix('"')
        .and_then(|tag| tag.strip_suffix('"'))
        .filter(|tag| tag.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|tag| tag.parse().ok());
    version.ok_or_else(|| {
        Problem::new(Kind::InvalidHeader)
            .field("If-Match", "is not one ETag of a record, such as \"3\"")
    })
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answer {
    pub(crate) status_code: u16,
    pub(crate) headers: HashMap<&'static str, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<String>,
    pub(crate) is_base64_encoded: bool,
}
