//! The pages under `/_local/`: what the product sent, what IAM decided, what each route used, a tenant's credentials.
//!
//! A browser gets HTML, every other client JSON.

mod capacity;
mod credentials;
mod dns;
mod html;
mod iam;
mod index;
mod mail;
mod run;

use crate::{dns::Dns, sources::Sources};
use axum::{
    Json, Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, uri::Authority},
    middleware::{self, Next},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use gateway::Gateway;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;

/// What the pages show.
pub(crate) struct Pages {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) sources: Arc<Sources>,
    pub(crate) dns: Arc<Dns>,
    /// What stands in the place of the billing provider's secret, as JSON.
    pub(crate) billing_secret: String,
    pub(crate) api_url: String,
    pub(crate) aws_url: String,
}

impl Pages {
    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/_local", get(|| async { Redirect::permanent("/_local/") }))
            .route("/_local/", get(overview))
            .route("/_local/iam", get(iam::answer))
            .route("/_local/capacity", get(capacity::answer))
            .route("/_local/mail", get(mail::answer))
            .route("/_local/credentials", get(credentials::answer))
            .route("/_local/dns", get(dns::show).post(dns::set))
            .route("/_local/billing", get(billing_secret))
            .route("/_local/run", post(run::answer))
            .layer(middleware::from_fn(guard))
            .with_state(Arc::new(self))
    }
}

type Shared = State<Arc<Pages>>;

/// `?format=json` or `?format=html` over what the `Accept` header says.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Format {
    Json,
    Html,
}

impl Format {
    fn chosen(asked: Option<Self>, headers: &HeaderMap) -> Self {
        asked.unwrap_or_else(|| {
            let accept = headers
                .get(header::ACCEPT)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default();
            if accept.contains("text/html") {
                Self::Html
            } else {
                Self::Json
            }
        })
    }
}

fn respond(format: Format, document: &impl Serialize, page: impl FnOnce() -> String) -> Response {
    match format {
        Format::Json => Json(document).into_response(),
        Format::Html => Html(page()).into_response(),
    }
}

fn refuse(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({"message": message}))).into_response()
}

/// For whoever plays the billing provider: what its events are signed with here.
async fn billing_secret(State(pages): Shared) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json")];
    (json, pages.billing_secret.clone()).into_response()
}

async fn overview(State(pages): Shared, headers: HeaderMap) -> Response {
    let document = json!({
        "api": pages.api_url, "aws": pages.aws_url,
        "pages": ["/_local/iam", "/_local/capacity", "/_local/mail", "/_local/credentials?tenant_id=…&access=read|write|admin", "/_local/dns"],
        "scheduled": pages.sources.scheduled(),
    });
    respond(Format::chosen(None, &headers), &document, || {
        index::html(&pages.api_url, &pages.aws_url, &pages.sources.scheduled())
    })
}

/// A web page of another host whose name was pointed at 127.0.0.1 (DNS rebinding) must not read these pages.
async fn guard(request: Request, next: Next) -> Response {
    if !request.headers().get(header::HOST).is_some_and(is_loopback) {
        return refuse(
            StatusCode::FORBIDDEN,
            "these pages answer only under localhost, 127.0.0.1 or [::1]",
        );
    }
    // A form of another site could send a POST here. Browsers say where it comes from; other clients say nothing.
    let from = request.headers().get("sec-fetch-site");
    let foreign = from.map_or(request.headers().contains_key(header::ORIGIN), |site| {
        site != "same-origin"
    });
    if request.method() != Method::GET && foreign {
        return refuse(StatusCode::FORBIDDEN, "another site may not send this");
    }
    let mut response = next.run(request).await;
    let headers: [(HeaderName, &str); 4] = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in headers {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

fn is_loopback(host: &HeaderValue) -> bool {
    let authority = Authority::try_from(host.as_bytes()).ok();
    authority.is_some_and(|authority| {
        // A `Host` has no userinfo: whatever comes before an `@` is nobody's name.
        !authority.as_str().contains('@')
            && matches!(authority.host(), "localhost" | "127.0.0.1" | "[::1]")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_are_answered() {
        for (host, answered) in [
            ("localhost:4566", true),
            ("127.0.0.1", true),
            ("[::1]:4566", true),
            ("evil.example:4566", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("localhost@evil.example", false),
            ("evil@127.0.0.1", false),
            ("evil.example:80@localhost:4566", false),
            ("@127.0.0.1", false),
            ("", false),
        ] {
            assert_eq!(
                is_loopback(&HeaderValue::from_static(host)),
                answered,
                "{host}"
            );
        }
    }

    #[test]
    fn browsers_get_html_and_others_json() {
        let browser = HeaderMap::from_iter([(
            header::ACCEPT,
            HeaderValue::from_static("text/html,*/*;q=0.8"),
        )]);
        assert_eq!(Format::chosen(None, &browser), Format::Html);
        assert_eq!(Format::chosen(Some(Format::Json), &browser), Format::Json);
        assert_eq!(Format::chosen(None, &HeaderMap::new()), Format::Json);
    }
}
