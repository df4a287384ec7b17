//! CORS as an HTTP API does it: preflights are answered without the function, and its own CORS headers are replaced.

use super::config::ConfigError;
use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header},
};
use serde_json::Value;

/// The `CorsConfiguration` of an API.
#[derive(Clone, Debug)]
pub(crate) struct Cors {
    origins: Vec<String>,
    methods: String,
    headers: String,
    exposed: String,
    max_age: Option<u64>,
    credentials: bool,
}

const OURS: [HeaderName; 6] = [
    header::ACCESS_CONTROL_ALLOW_ORIGIN,
    header::ACCESS_CONTROL_ALLOW_METHODS,
    header::ACCESS_CONTROL_ALLOW_HEADERS,
    header::ACCESS_CONTROL_EXPOSE_HEADERS,
    header::ACCESS_CONTROL_MAX_AGE,
    header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
];

impl Cors {
    pub(crate) fn read(api: &str, value: &Value) -> Result<Self, ConfigError> {
        let wrong = |what: &str| ConfigError(format!("{api}: CorsConfiguration: {what}"));
        let object = value
            .as_object()
            .ok_or_else(|| wrong("must be a mapping"))?;
        let mut cors = Self {
            origins: Vec::new(),
            methods: String::new(),
            headers: String::new(),
            exposed: String::new(),
            max_age: None,
            credentials: false,
        };
        for (name, value) in object {
            match name.as_str() {
                "AllowOrigins" => {
                    cors.origins =
                        texts(value).ok_or_else(|| wrong("AllowOrigins must be a list of texts"))?
                }
                "AllowMethods" => {
                    cors.methods = joined(value)
                        .ok_or_else(|| wrong("AllowMethods must be a list of texts"))?
                }
                "AllowHeaders" => {
                    cors.headers = joined(value)
                        .ok_or_else(|| wrong("AllowHeaders must be a list of texts"))?
                }
                "ExposeHeaders" => {
                    cors.exposed = joined(value)
                        .ok_or_else(|| wrong("ExposeHeaders must be a list of texts"))?
                }
                "MaxAge" => {
                    cors.max_age = Some(
                        super::config::number(value)
                            .ok_or_else(|| wrong("MaxAge must be a number"))?,
                    )
                }
                "AllowCredentials" => {
                    cors.credentials = super::config::boolean(value)
                        .ok_or_else(|| wrong("AllowCredentials must be true or false"))?
                }
                other => return Err(wrong(&format!("{other} is not known here"))),
            }
        }
        Ok(cors)
    }

    /// Whether a request is a preflight, which no function sees.
    pub(crate) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
        *method == Method::OPTIONS
            && headers.contains_key(header::ORIGIN)
            && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
    }

    pub(crate) fn preflight(&self, request: &HeaderMap) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        if let Some(origin) = self.allowed_origin(request) {
            let headers = response.headers_mut();
            self.set_origin(headers, origin);
            set(headers, header::ACCESS_CONTROL_ALLOW_METHODS, &self.methods);
            set(headers, header::ACCESS_CONTROL_ALLOW_HEADERS, &self.headers);
            if let Some(seconds) = self.max_age {
                headers.insert(header::ACCESS_CONTROL_MAX_AGE, seconds.into());
            }
        }
        response
    }

    /// Replaces the CORS headers of an answer.
    pub(crate) fn apply(&self, request: &HeaderMap, answer: &mut HeaderMap) {
        for name in OURS {
            answer.remove(name);
        }
        if let Some(origin) = self.allowed_origin(request) {
            self.set_origin(answer, origin);
            set(answer, header::ACCESS_CONTROL_EXPOSE_HEADERS, &self.exposed);
        }
    }

    fn set_origin(&self, headers: &mut HeaderMap, origin: HeaderValue) {
        if origin != "*" {
            headers.append(header::VARY, HeaderValue::from_static("origin"));
        }
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if self.credentials {
            headers.insert(
                header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
                HeaderValue::from_static("true"),
            );
        }
    }

    fn allowed_origin(&self, request: &HeaderMap) -> Option<HeaderValue> {
        let origin = request.get(header::ORIGIN)?;
        if self.origins.iter().any(|allowed| allowed == "*") {
            return Some(HeaderValue::from_static("*"));
        }
        let text = origin.to_str().ok()?;
        self.origins
            .iter()
            .any(|allowed| allowed.eq_ignore_ascii_case(text))
            .then(|| origin.clone())
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value)
        && !value.is_empty()
    {
        headers.insert(name, value);
    }
}

fn texts(value: &Value) -> Option<Vec<String>> {
    value
        .as_array()?
        .iter()
        .map(|item| item.as_str().map(str::to_owned))
        .collect()
}

fn joined(value: &Value) -> Option<String> {
    texts(value).map(|texts| texts.join(","))
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;
    use serde_json::json;

    fn cors() -> Cors {
        let value = json!({"AllowOrigins": ["http://localhost:3000"], "AllowMethods": ["GET", "POST"],
            "AllowHeaders": ["authorization"], "ExposeHeaders": ["etag"], "MaxAge": "600"});
        Cors::read("Api", &value).unwrap()
    }

    fn request(origin: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::ORIGIN, origin.parse().unwrap());
        headers.insert(
            header::ACCESS_CONTROL_REQUEST_METHOD,
            HeaderValue::from_static("POST"),
        );
        headers
    }

    #[test]
    fn a_known_origin_is_allowed_by_name() {
        let answer = cors().preflight(&request("http://localhost:3000"));
        assert_eq!(answer.status(), 204);
        assert_eq!(
            answer.headers()["access-control-allow-origin"],
            "http://localhost:3000"
        );
        assert_eq!(answer.headers()["access-control-allow-methods"], "GET,POST");
        assert_eq!(answer.headers()["access-control-max-age"], "600");
    }

    #[test]
    fn an_unknown_origin_gets_no_permission_and_the_functions_headers_are_dropped() {
        assert!(
            cors()
                .preflight(&request("http://evil.example"))
                .headers()
                .is_empty()
        );
        let mut answer = HeaderMap::new();
        answer.insert(
            header::ACCESS_CONTROL_ALLOW_ORIGIN,
            HeaderValue::from_static("*"),
        );
        cors().apply(&request("http://evil.example"), &mut answer);
        assert!(answer.is_empty());
    }

    #[test]
    fn unknown_settings_are_refused() {
        assert!(
            Cors::read("Api", &json!({"AllowOrigin": ["*"]}))
                .unwrap_err()
                .0
                .contains("AllowOrigin")
        );
    }
}
