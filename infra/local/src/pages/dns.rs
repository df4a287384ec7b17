//! What stands in DNS here: `GET /_local/dns` shows it, `POST /_local/dns` with `{"name": …, "texts": […]}` sets the texts
//! of a name (none takes it away).

use super::{Shared, refuse};
use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Set {
    name: String,
    texts: Vec<String>,
}

pub(super) async fn show(State(pages): Shared) -> Response {
    Json(pages.dns.all()).into_response()
}

pub(super) async fn set(State(pages): Shared, body: Bytes) -> Response {
    match serde_json::from_slice::<Set>(&body) {
        Ok(Set { name, texts }) => {
            pages.dns.set(&name, texts);
            Json(pages.dns.all()).into_response()
        }
        Err(error) => refuse(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}
