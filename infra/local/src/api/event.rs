//! The events an HTTP API makes of a request: payload format 2.0 for integrations and for authorizers.

use super::{config::ApiConfig, ids, routes::decode};
use axum::body::Bytes;
use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderMap, Method, Version, header};
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, net::IpAddr};

const ACCOUNT: &str = "000000000000";

/// A request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Incoming {
    pub(crate) method: Method,
    /// The path as the client sent it, still escaped.
    pub(crate) path: String,
    /// The query as the client sent it, without `?`.
    pub(crate) query: String,
    pub(crate) version: Version,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) peer: IpAddr,
    pub(crate) port: u16,
}

impl Incoming {
    /// The host the client asked for, without port.
    pub(crate) fn host(&self) -> &str {
        let host = self
            .headers
            .get(header::HOST)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        match host.rsplit_once(':') {
            // An IPv6 address holds colons inside its brackets.
            Some((name, port)) if !port.ends_with(']') => name,
            _ => host,
        }
    }
}

/// What is known of a request once its route is found; makes the events.
pub(crate) struct EventSource<'a> {
    pub(crate) incoming: &'a Incoming,
    pub(crate) api: &'a ApiConfig,
    pub(crate) route_key: &'a str,
    pub(crate) parameters: &'a BTreeMap<String, String>,
    pub(crate) request_id: &'a str,
    pub(crate) trace_id: &'a str,
}

impl EventSource<'_> {
    /// The event of the function behind the route. `authorizer` is the context that the authorizer gave.
    pub(crate) fn integration(&self, authorizer: Option<&Value>) -> Value {
        let mut event = Map::new();
        event.insert("version".into(), json!("2.0"));
        self.common(&mut event, authorizer);
        let incoming = self.incoming;
        if !incoming.body.is_empty() {
            let (body, encoded) = body_text(&incoming.headers, &incoming.body);
            event.insert("body".into(), json!(body));
            event.insert("isBase64Encoded".into(), json!(encoded));
        } else {
            event.insert("isBase64Encoded".into(), json!(false));
        }
        Value::Object(event)
    }

    /// The event of an authorizer: no body, the identity sources' values.
    pub(crate) fn authorizer(&self, identity: &[String]) -> Value {
        let mut event = Map::new();
        event.insert("version".into(), json!("2.0"));
        event.insert("type".into(), json!("REQUEST"));
        let route = self.route_key.replacen(' ', "", 1);
        let arn = format!(
            "arn:aws:execute-api:us-east-1:{ACCOUNT}:{}/{}/{route}",
            self.api.id, self.api.stage
        );
        event.insert("routeArn".into(), json!(arn));
        event.insert("identitySource".into(), json!(identity));
        self.common(&mut event, None);
        Value::Object(event)
    }

    fn common(&self, event: &mut Map<String, Value>, authorizer: Option<&Value>) {
        let incoming = self.incoming;
        event.insert("routeKey".into(), json!(self.route_key));
        event.insert("rawPath".into(), json!(raw_path(&incoming.path)));
        event.insert("rawQueryString".into(), json!(incoming.query));
        let cookies = cookies(&incoming.headers);
        if !cookies.is_empty() {
            event.insert("cookies".into(), json!(cookies));
        }
        event.insert("headers".into(), Value::Object(self.headers()));
        let query = query_parameters(&incoming.query);
        if !query.is_empty() {
            event.insert("queryStringParameters".into(), json!(query));
        }
        event.insert("requestContext".into(), self.request_context(authorizer));
        if !self.parameters.is_empty() {
            event.insert("pathParameters".into(), json!(self.parameters));
        }
    }

    /// Names in lower case (the HTTP library has seen to it), several values joined by a comma.
    fn headers(&self) -> Map<String, Value> {
        let mut joined: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in &self.incoming.headers {
            if name == header::COOKIE {
                continue;
            }
            let value = String::from_utf8_lossy(value.as_bytes());
            let all = joined.entry(name.as_str().to_owned());
            all.and_modify(|all| {
                all.push(',');
                all.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
        }
        let peer = self.incoming.peer.to_string();
        joined
            .entry("x-forwarded-for".to_owned())
            .and_modify(|all| *all = format!("{all}, {peer}"))
            .or_insert(peer);
        joined.insert(
            "x-forwarded-port".to_owned(),
            self.incoming.port.to_string(),
        );
        joined.insert("x-forwarded-proto".to_owned(), "http".to_owned());
        joined.insert("x-amzn-trace-id".to_owned(), self.trace_id.to_owned());
        joined
            .into_iter()
            .map(|(name, value)| (name, Value::String(value)))
            .collect()
    }

    fn request_context(&self, authorizer: Option<&Value>) -> Value {
        let incoming = self.incoming;
        let domain = self
            .api
            .domain
            .as_deref()
            .unwrap_or_else(|| incoming.host());
        let now = jiff::Timestamp::now();
        let mut context = json!({
            "accountId": ACCOUNT,
            "apiId": self.api.id,
            "domainName": domain,
            "domainPrefix": domain.split('.').next().unwrap_or_default(),
            "http": {
                "method": incoming.method.as_str(),
                "path": raw_path(&incoming.path),
                "protocol": protocol(incoming.version),
                "sourceIp": incoming.peer.to_string(),
                "userAgent": incoming.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default(),
            },
            "requestId": self.request_id,
            "routeKey": self.route_key,
            "stage": self.api.stage,
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "timeEpoch": now.as_millisecond(),
        });
        if let (Some(authorizer), Some(context)) = (authorizer, context.as_object_mut()) {
            context.insert("authorizer".into(), json!({"lambda": authorizer}));
        }
        context
    }
}

/// An HTTP API hands over the decoded path, cut at an escaped question mark.
fn raw_path(path: &str) -> String {
    let decoded = decode(path);
    match decoded.split_once('?') {
        Some((before, _)) => before.to_owned(),
        None => decoded,
    }
}

fn protocol(version: Version) -> &'static str {
    match version {
        Version::HTTP_10 => "HTTP/1.0",
        Version::HTTP_2 => "HTTP/2.0",
        _ => "HTTP/1.1",
    }
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    let mut cookies = Vec::new();
    for value in headers.get_all(header::COOKIE) {
        let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
        cookies.extend(
            text.split(';')
                .map(str::trim)
                .filter(|cookie| !cookie.is_empty())
                .map(str::to_owned),
        );
    }
    cookies
}

fn query_parameters(query: &str) -> BTreeMap<String, String> {
    let mut parameters: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        parameters
            .entry(name.into_owned())
            .and_modify(|all| {
                all.push(',');
                all.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
    }
    parameters
}

/// The body as text, or in base64 when its type is not text or its bytes are not UTF-8.
fn body_text(headers: &HeaderMap, body: &Bytes) -> (String, bool) {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase());
    if kind.as_deref().is_none_or(is_text)
        && let Ok(text) = std::str::from_utf8(body)
    {
        return (text.to_owned(), false);
    }
    (BASE64_STANDARD.encode(body), true)
}

fn is_text(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    kind.starts_with("text/")
        || matches!(
            kind,
            "application/json" | "application/javascript" | "application/xml"
        )
        || kind
            .strip_prefix("application/")
            .is_some_and(|rest| rest.ends_with("+json") || rest.ends_with("+xml"))
}

/// Fresh ids of one request.
pub(crate) fn new_ids() -> (String, String) {
    (ids::request_id(), ids::trace_id())
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
