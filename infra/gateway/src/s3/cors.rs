//! Which pages of a browser may use a bucket.

use super::buckets::Bucket;
use crate::sigv4::Incoming;
use axum::body::Body;
use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Deserialize;

/// One rule of a bucket's `CorsConfiguration`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Rule {
    allowed_origins: Vec<String>,
    allowed_methods: Vec<String>,
    #[serde(default)]
    allowed_headers: Vec<String>,
    #[serde(default)]
    exposed_headers: Vec<String>,
    max_age: Option<u64>,
}

impl Rule {
    fn fits(&self, origin: &str, method: &str) -> bool {
        let is_there = |list: &[String], wanted: &str| list.iter().any(|known| known == wanted);
        is_there(&self.allowed_origins, origin) && is_there(&self.allowed_methods, method)
    }

    fn takes(&self, headers: &str) -> bool {
        let mut asked = headers.split(',').map(str::trim).filter(|h| !h.is_empty());
        asked.all(|asked| {
            let mut known = self.allowed_headers.iter();
            known.any(|known| known.eq_ignore_ascii_case(asked))
        })
    }
}

/// The answer to a browser that asks first.
pub(super) fn preflight(bucket: Option<&Bucket>, request: &Incoming) -> Response {
    let header = |name: &str| request.header(name).unwrap_or_default();
    let (origin, method) = (header("origin"), header("access-control-request-method"));
    let asked = header("access-control-request-headers");
    let mut rules = bucket.into_iter().flat_map(|bucket| &bucket.cors);
    let rule = rules.find(|rule| rule.fits(origin, method) && rule.takes(asked));
    let mut response = Response::new(Body::empty());
    let Some(rule) = rule else {
        *response.status_mut() = StatusCode::FORBIDDEN;
        return response;
    };
    let age = rule.max_age.map(|age| age.to_string()).unwrap_or_default();
    set(
        &mut response,
        &[
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, origin),
            (header::ACCESS_CONTROL_ALLOW_METHODS, method),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, asked),
            (header::ACCESS_CONTROL_MAX_AGE, &age),
        ],
    );
    response
}

/// Lets the page read the answer that it asked for.
pub(super) fn allow(bucket: Option<&Bucket>, request: &Incoming, response: &mut Response) {
    let Some(origin) = request.header("origin") else {
        return;
    };
    let mut rules = bucket.into_iter().flat_map(|bucket| &bucket.cors);
    if let Some(rule) = rules.find(|rule| rule.fits(origin, request.method.as_str())) {
        let exposed = rule.exposed_headers.join(", ");
        set(
            response,
            &[
                (header::ACCESS_CONTROL_ALLOW_ORIGIN, origin),
                (header::ACCESS_CONTROL_EXPOSE_HEADERS, &exposed),
            ],
        );
    }
}

fn set(response: &mut Response, headers: &[(HeaderName, &str)]) {
    for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
}
