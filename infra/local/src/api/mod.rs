//! API Gateway: the HTTP APIs of the template (payload format 2.0), served on one port.

mod authorizer;
mod config;
mod cors;
mod event;
pub(crate) mod ids;
pub(crate) mod limits;
mod response;
mod routes;

pub(crate) use config::{Apis, Declared};
pub(crate) use config::{boolean, number};

use crate::lambda::{InvokeError, Lambda};
use authorizer::Verdict;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Version, header, uri::Authority},
};
use config::ApiConfig;
use cors::Cors;
use event::{EventSource, Incoming};
use response::{internal_error, message};
use routes::Route;
use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

/// The APIs, ready to answer.
pub(crate) struct ApiGateway {
    apis: Apis,
    lambda: Arc<Lambda>,
    port: u16,
}

impl ApiGateway {
    /// `fixed_hosts` names APIs that others know by their AWS host.
    pub(crate) fn new(
        mut apis: Apis,
        lambda: Arc<Lambda>,
        port: u16,
        fixed_hosts: &BTreeMap<String, String>,
    ) -> Arc<Self> {
        for (name, host) in fixed_hosts {
            if let Some(api) = apis.apis.get_mut(name) {
                api.domain = Some(host.clone());
            }
        }
        Arc::new(Self { apis, lambda, port })
    }

    pub(crate) fn router(self: &Arc<Self>) -> Router {
        Router::new().fallback(receive).with_state(Arc::clone(self))
    }

    /// Answers a GET of our own, without a client: how the local STS fetches the issuer's documents.
    pub(crate) async fn get(&self, host: &str, path: &str) -> (StatusCode, Bytes) {
        let mut headers = HeaderMap::new();
        if let Ok(host) = HeaderValue::from_str(host) {
            headers.insert(header::HOST, host);
        }
        let incoming = Incoming {
            method: Method::GET,
            path: path.to_owned(),
            query: String::new(),
            version: Version::HTTP_11,
            headers,
            body: Bytes::new(),
            peer: IpAddr::from([127, 0, 0, 1]),
            port: self.port,
        };
        let response = self.answer(&incoming).await;
        let status = response.status();
        let body = limits::read_body(response.into_body(), limits::MAX_LAMBDA_PAYLOAD)
            .await
            .unwrap_or_default();
        (status, body)
    }

    async fn answer(&self, incoming: &Incoming) -> Response<Body> {
        let (request_id, trace_id) = event::new_ids();
        let found = self.apis.routes.find(&incoming.method, &incoming.path);
        let mut response = match &found {
            Some((route, parameters)) => match self.apis.apis.get(&route.api) {
                Some(api) => {
                    let source = EventSource {
                        incoming,
                        api,
                        route_key: &route.key,
                        parameters,
                        request_id: &request_id,
                        trace_id: &trace_id,
                    };
                    self.run(route, &source).await
                }
                None => internal_error(),
            },
            None => message(StatusCode::NOT_FOUND, "Not Found"),
        };
        let api = found
            .as_ref()
            .and_then(|(route, _)| self.apis.apis.get(&route.api))
            .or_else(|| self.cors_api());
        if let Some(cors) = api.and_then(|api| api.cors.as_ref()) {
            cors.apply(&incoming.headers, response.headers_mut());
        }
        if let Ok(id) = HeaderValue::from_str(&request_id) {
            response.headers_mut().insert("apigw-requestid", id);
        }
        tracing::debug!(
            "{} {} → {}",
            incoming.method,
            incoming.path,
            response.status().as_u16()
        );
        response
    }

    /// The API that answers preflights and unknown paths: on AWS the host would tell.
    fn cors_api(&self) -> Option<&ApiConfig> {
        self.apis.apis.values().find(|api| api.cors.is_some())
    }

    async fn run(&self, route: &Route, source: &EventSource<'_>) -> Response<Body> {
        let context = match &route.authorizer {
            None => None,
            Some(name) => {
                let Some(authorizer) = self
                    .apis
                    .authorizers
                    .get(&(route.api.clone(), name.clone()))
                else {
                    return internal_error();
                };
                match authorizer.check(&self.lambda, source).await {
                    Verdict::Allowed(context) => Some(context),
                    Verdict::Unidentified => {
                        return message(StatusCode::UNAUTHORIZED, "Unauthorized");
                    }
                    Verdict::Forbidden => return message(StatusCode::FORBIDDEN, "Forbidden"),
                    Verdict::Failed => return internal_error(),
                }
            }
        };
        let event = source.integration(context.as_ref()).to_string();
        let invocation =
            self.lambda
                .invoke_traced(&route.function, event.into(), source.trace_id.to_owned());
        match tokio::time::timeout(limits::INTEGRATION_LIMIT, invocation).await {
            Ok(Ok(invoked)) => response::from_invocation(&invoked, &route.function),
            Ok(Err(InvokeError::TooLarge(_))) => too_large(),
            Ok(Err(InvokeError::Stopped)) => {
                message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
            }
            Ok(Err(error @ InvokeError::UnknownFunction(_))) => {
                tracing::error!("{}: {error}", route.key);
                internal_error()
            }
            Err(_) => {
                tracing::warn!(
                    "{}: no answer within {} s",
                    route.key,
                    limits::INTEGRATION_LIMIT.as_secs()
                );
                message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
            }
        }
    }
}

/// At most one, and fit for an address: the functions' library builds one from it and fails otherwise.
fn host_is_valid(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let valid = |host: &HeaderValue| {
        let authority = Authority::try_from(host.as_bytes());
        authority.is_ok_and(|authority| {
            !authority.as_str().contains('@')
                && reqwest::Url::parse(&format!("http://{authority}/")).is_ok()
        })
    };
    hosts.next().is_none_or(valid) && hosts.next().is_none()
}

fn too_large() -> Response<Body> {
    message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large")
}

async fn receive(
    State(gateway): State<Arc<ApiGateway>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    if !limits::headers_fit(&parts) {
        return message(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "Request Header Fields Too Large",
        );
    }
    if !host_is_valid(&parts.headers) {
        return message(StatusCode::BAD_REQUEST, "Bad Request");
    }
    if Cors::is_preflight(&parts.method, &parts.headers)
        && let Some(cors) = gateway.cors_api().and_then(|api| api.cors.as_ref())
    {
        return cors.preflight(&parts.headers);
    }
    let Ok(body) = limits::read_body(body, limits::MAX_BODY).await else {
        return too_large();
    };
    let incoming = Incoming {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        version: parts.version,
        headers: parts.headers,
        body,
        peer: peer.ip(),
        port: gateway.port,
    };
    gateway.answer(&incoming).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_proper_host_is_let_in() {
        for (host, valid) in [
            ("acme.localhost:3000", true),
            ("[::1]:3000", true),
            ("a:99999", false),
            ("a@b", false),
            ("a b", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))]);
            assert_eq!(host_is_valid(&headers), valid, "{host}");
        }
        let mut twice = HeaderMap::new();
        assert!(host_is_valid(&twice));
        twice.append(header::HOST, HeaderValue::from_static("a"));
        twice.append(header::HOST, HeaderValue::from_static("b"));
        assert!(!host_is_valid(&twice));
    }
}
