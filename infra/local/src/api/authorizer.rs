//! The Lambda authorizer of an HTTP API: payload format 2.0 with simple responses.

use super::{
    config::{ConfigError, boolean, number},
    event::{EventSource, Incoming},
    limits::AUTHORIZER_LIMIT,
};
use crate::{lambda::Lambda, sync::locked};
use http::HeaderName;
use serde_json::Value;
use std::{
    collections::HashMap,
    sync::Mutex,
    time::{Duration, Instant},
};

/// Answers kept in the cache of one authorizer.
const MAX_CACHED: usize = 10_000;

pub(crate) struct Authorizer {
    function: String,
    sources: Vec<IdentitySource>,
    keep: Duration,
    cache: Mutex<HashMap<Vec<String>, Cached>>,
}

#[derive(Debug, PartialEq, Eq)]
enum IdentitySource {
    Header(HeaderName),
    QueryString(String),
    RouteKey,
    DomainName,
}

#[derive(Clone)]
struct Cached {
    verdict: Verdict,
    until: Instant,
}

/// What became of the check.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Verdict {
    /// Go on, with this context.
    Allowed(Value),
    /// An identity source is missing: 401, and the function was not asked.
    Unidentified,
    /// The function said no: 403.
    Forbidden,
    /// The function failed or answered what can't be understood: 500.
    Failed,
}

impl Authorizer {
    /// Reads one entry of `Auth.Authorizers`.
    pub(crate) fn read(api: &str, name: &str, value: &Value) -> Result<Self, ConfigError> {
        let wrong = |what: &str| ConfigError(format!("{api}: authorizer {name}: {what}"));
        let object = value
            .as_object()
            .ok_or_else(|| wrong("must be a mapping"))?;
        let mut function = None;
        let mut simple = false;
        let mut sources = Vec::new();
        let mut keep = Duration::ZERO;
        for (key, value) in object {
            match key.as_str() {
                "FunctionArn" => {
                    function = value
                        .as_str()
                        .and_then(|arn| arn.rsplit(':').next())
                        .map(str::to_owned)
                }
                "AuthorizerPayloadFormatVersion" => {
                    // YAML reads an unquoted 2.0 as a number.
                    if value.as_str() != Some("2.0") && value.as_f64() != Some(2.0) {
                        return Err(wrong("only payload format 2.0 is supported"));
                    }
                }
                "EnableSimpleResponses" => {
                    simple = boolean(value)
                        .ok_or_else(|| wrong("EnableSimpleResponses must be true or false"))?
                }
                // Permission to invoke: locally the cloud is the only caller.
                "EnableFunctionDefaultPermissions" | "FunctionInvokeRole" => {}
                "Identity" => {
                    (sources, keep) =
                        identity(value).ok_or_else(|| wrong("Identity can't be understood"))?
                }
                other => return Err(wrong(&format!("{other} is not known here"))),
            }
        }
        if !simple {
            return Err(wrong("EnableSimpleResponses must be true"));
        }
        let function = function
            .filter(|function| !function.is_empty())
            .ok_or_else(|| wrong("FunctionArn is missing"))?;
        Ok(Self {
            function,
            sources,
            keep,
            cache: Mutex::default(),
        })
    }

    pub(crate) fn function(&self) -> &str {
        &self.function
    }

    pub(crate) async fn check(&self, lambda: &Lambda, source: &EventSource<'_>) -> Verdict {
        let Some(identity) = self.identity(source.incoming, source.route_key) else {
            return Verdict::Unidentified;
        };
        if let Some(verdict) = self.cached(&identity) {
            return verdict;
        }
        let event = source.authorizer(&identity).to_string();
        let asked = lambda.invoke_traced(&self.function, event.into(), source.trace_id.to_owned());
        let verdict = match tokio::time::timeout(AUTHORIZER_LIMIT, asked).await {
            Ok(Ok(invoked)) if invoked.function_error.is_none() => read(&invoked.payload),
            Ok(Ok(invoked)) => {
                tracing::warn!(
                    "{} failed: {}",
                    self.function,
                    String::from_utf8_lossy(&invoked.payload)
                );
                Verdict::Failed
            }
            Ok(Err(error)) => {
                tracing::warn!("{}: {error}", self.function);
                Verdict::Failed
            }
            Err(_) => {
                tracing::warn!(
                    "{} did not answer within {} s",
                    self.function,
                    AUTHORIZER_LIMIT.as_secs()
                );
                Verdict::Failed
            }
        };
        self.keep(identity, &verdict);
        verdict
    }

    fn identity(&self, incoming: &Incoming, route_key: &str) -> Option<Vec<String>> {
        let value = |source: &IdentitySource| match source {
            IdentitySource::Header(name) => {
                let values: Vec<_> = incoming
                    .headers
                    .get_all(name)
                    .iter()
                    .map(|value| String::from_utf8_lossy(value.as_bytes()))
                    .collect();
                Some(values.join(","))
            }
            IdentitySource::QueryString(name) => form_urlencoded::parse(incoming.query.as_bytes())
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned()),
            IdentitySource::RouteKey => Some(route_key.to_owned()),
            IdentitySource::DomainName => Some(incoming.host().to_owned()),
        };
        self.sources
            .iter()
            .map(|source| value(source).filter(|value| !value.is_empty()))
            .collect()
    }

    fn cached(&self, identity: &[String]) -> Option<Verdict> {
        if self.keep.is_zero() {
            return None;
        }
        let cache = locked(&self.cache);
        let cached = cache.get(identity)?;
        (cached.until > Instant::now()).then(|| cached.verdict.clone())
    }

    fn keep(&self, identity: Vec<String>, verdict: &Verdict) {
        if self.keep.is_zero() || !matches!(verdict, Verdict::Allowed(_) | Verdict::Forbidden) {
            return;
        }
        let now = Instant::now();
        let mut cache = locked(&self.cache);
        if cache.len() >= MAX_CACHED {
            cache.retain(|_, cached| cached.until > now);
        }
        if cache.len() < MAX_CACHED {
            cache.insert(
                identity,
                Cached {
                    verdict: verdict.clone(),
                    until: now + self.keep,
                },
            );
        }
    }
}

fn identity(value: &Value) -> Option<(Vec<IdentitySource>, Duration)> {
    let mut sources = Vec::new();
    let mut keep = Duration::ZERO;
    for (key, value) in value.as_object()? {
        if key == "ReauthorizeEvery" {
            keep = Duration::from_secs(number(value)?);
            continue;
        }
        for name in value.as_array()? {
            let name = name.as_str()?;
            sources.push(match (key.as_str(), name) {
                ("Headers", name) => IdentitySource::Header(name.parse().ok()?),
                ("QueryStrings", name) => IdentitySource::QueryString(name.to_owned()),
                ("Context", "routeKey") => IdentitySource::RouteKey,
                ("Context", "domainName") => IdentitySource::DomainName,
                _ => return None,
            });
        }
    }
    Some((sources, keep))
}

fn read(payload: &[u8]) -> Verdict {
    let answer: Option<Value> = serde_json::from_slice(payload).ok();
    let allowed = answer
        .as_ref()
        .and_then(|answer| answer.get("isAuthorized"))
        .and_then(Value::as_bool);
    match (allowed, answer) {
        (Some(true), Some(answer)) => {
            let context = answer.get("context").filter(|context| !context.is_null());
            match context {
                None => Verdict::Allowed(Value::Object(serde_json::Map::new())),
                Some(Value::Object(_)) => Verdict::Allowed(context.cloned().unwrap_or_default()),
                Some(_) => Verdict::Failed,
            }
        }
        (Some(false), _) => Verdict::Forbidden,
        _ => Verdict::Failed,
    }
}

#[cfg(test)]
#[path = "authorizer_tests.rs"]
mod tests;
