//! Runs a scheduled function at once, whatever its schedule says.

use super::{Format, Shared, html, refuse, respond};
use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// The function's logical id.
    function: String,
}

pub(crate) async fn answer(
    State(pages): Shared,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let name = &asked.function;
    let Some(run) = pages.sources.run(name).await else {
        let known = pages.sources.scheduled().join(", ");
        let message = format!("{name} has no schedule; these have one: {known}");
        return refuse(StatusCode::NOT_FOUND, &message);
    };
    let invoked = match run {
        Ok(invoked) => invoked,
        Err(error) => return refuse(StatusCode::SERVICE_UNAVAILABLE, &error.to_string()),
    };
    let text = String::from_utf8_lossy(&invoked.payload);
    let result: Value = serde_json::from_str(&text).unwrap_or_else(|_| text.as_ref().into());
    let document =
        json!({"function": name, "function_error": invoked.function_error, "result": result});
    respond(Format::chosen(None, &headers), &document, || {
        let content = format!("<pre>{}</pre>", html::Escaped(&format!("{document:#}")));
        html::page("/_local/run", "Run", &content)
    })
}
