//! From what a handler gives to the HTTP answer.

use crate::event::Answer;
use problem::{Kind, Problem};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::HashMap;

/// The largest body an answer may have. A Lambda answers at most 6 MB, envelope included; larger things go through S3.
const LARGEST_BODY: usize = 5_500_000;

/// A successful answer.
#[derive(Debug)]
pub struct Reply<T> {
    body: T,
    headers: HashMap<&'static str, String>,
    /// What is answered instead of the body as JSON.
    text: Option<String>,
}

impl<T> Reply<T> {
    /// An answer with this body and the declared status.
    pub fn new(body: T) -> Self {
        Self {
            body,
            headers: HashMap::new(),
            text: None,
        }
    }

    /// Where the created thing is found.
    #[must_use]
    pub fn location(mut self, path: String) -> Self {
        self.headers.insert("location", path);
        self
    }

    /// The entity tag of a record at this version.
    #[must_use]
    pub fn version(mut self, version: u64) -> Self {
        self.headers.insert("etag", format!("\"{version}\""));
        self
    }

    /// For how long the answer may be kept, by anyone.
    #[must_use]
    pub fn cache_seconds(mut self, seconds: u32) -> Self {
        self.headers
            .insert("cache-control", format!("public, max-age={seconds}"));
        self
    }
}

/// An answer that is a file to be kept, and no JSON.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Download;

impl JsonSchema for Download {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Download".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "x-media-types": ["application/jsonl", "text/csv"]})
    }
}

impl Reply<Download> {
    /// A file of this name, which is plain ASCII without quotes.
    pub fn download(media_type: &'static str, name: &str, text: String) -> Self {
        let mut reply = Self::new(Download);
        reply.headers.insert("content-type", media_type.to_owned());
        let disposition = format!("attachment; filename=\"{name}\"");
        reply.headers.insert("content-disposition", disposition);
        reply.text = Some(text);
        reply
    }

    /// Where the file goes on: the cursor, and the path with it.
    #[must_use]
    pub fn goes_on(mut self, cursor: String, path: &str) -> Self {
        let link = format!("<{path}>; rel=\"next\"");
        self.headers.insert("link", link);
        self.headers.insert("next-cursor", cursor);
        self
    }
}

/// An answer without a body (204).
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct NoContent;

impl From<NoContent> for Reply<NoContent> {
    fn from(none: NoContent) -> Self {
        Self::new(none)
    }
}

pub(crate) fn success<T: Serialize>(
    reply: &Reply<T>,
    status: u16,
    request_id: &str,
) -> Result<Answer, Problem> {
    let (headers, body) = rendered(reply, status)?;
    Ok(answer(status, headers, body, request_id))
}

/// The headers that a reply can have.
pub(crate) const OF_REPLIES: [&str; 4] = ["cache-control", "content-type", "etag", "location"];

/// The headers and the body of a reply.
pub(crate) fn rendered<T: Serialize>(
    reply: &Reply<T>,
    status: u16,
) -> Result<(HashMap<&'static str, String>, Option<String>), Problem> {
    let mut headers = reply.headers.clone();
    let body = if status == 204 {
        None
    } else if let Some(text) = &reply.text {
        Some(text.clone())
    } else {
        let body = serde_json::to_string(&reply.body)
            .map_err(|error| tenant_context::errors::internal("answer", &error))?;
        if body.len() > LARGEST_BODY {
            return Err(tenant_context::errors::internal(
                "answer",
                &"the answer is larger than a Lambda may give",
            ));
        }
        headers.insert("content-type", "application/json".to_owned());
        Some(body)
    };
    Ok((headers, body))
}

pub(crate) fn failure(problem: &Problem, request_id: &str) -> Answer {
    let mut headers = HashMap::from([("content-type", "application/problem+json".to_owned())]);
    if let Some(seconds) = problem.retry_after_seconds() {
        headers.insert("retry-after", seconds.to_string());
    }
    if problem.kind() == Kind::Unauthenticated || problem.kind() == Kind::TokenExpired {
        // RFC 6750, 3: a resource that asks for a bearer token says so.
        headers.insert(
            "www-authenticate",
            "Bearer error=\"invalid_token\"".to_owned(),
        );
    }
    let body = String::from_utf8(problem.body(request_id)).unwrap_or_default();
    answer(problem.status(), headers, Some(body), request_id)
}

pub(crate) fn answer(
    status: u16,
    mut headers: HashMap<&'static str, String>,
    body: Option<String>,
    request_id: &str,
) -> Answer {
    headers
        .entry("cache-control")
        .or_insert_with(|| "no-store".to_owned());
    headers.insert("x-request-id", request_id.to_owned());
    headers.insert("x-content-type-options", "nosniff".to_owned());
    Answer {
        status_code: status,
        headers,
        body,
        is_base64_encoded: false,
    }
}
