//! The Lambda Runtime API and the part of the Extensions API that a runtime's graceful shutdown uses.
//!
//! One listener serves every process. Each has a path prefix of its own that only it was told, so a process
//! can neither take nor answer another's invocation.

use super::slot::{Answer, Slot, Work};
use crate::{
    api::limits::{MAX_LAMBDA_PAYLOAD, read_body},
    sync::locked,
};
use axum::{
    Json, Router,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::json;
use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use tokio::{net::TcpListener, task::JoinHandle};

/// The running server.
pub(crate) struct RuntimeApi {
    address: SocketAddr,
    slots: Slots,
    server: JoinHandle<()>,
}

type Slots = Arc<Mutex<HashMap<String, Arc<Slot>>>>;

impl RuntimeApi {
    pub(crate) async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let slots = Slots::default();
        let router = router(Arc::clone(&slots));
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!("the Runtime API stopped: {error}");
            }
        });
        Ok(Self {
            address,
            slots,
            server,
        })
    }

    /// Makes an environment known and returns the value of its `AWS_LAMBDA_RUNTIME_API`.
    pub(crate) fn register(&self, id: &str, slot: Arc<Slot>) -> String {
        locked(&self.slots).insert(id.to_owned(), slot);
        // Runtimes accept a path prefix only behind an explicit scheme.
        format!("http://{}/{id}", self.address)
    }

    pub(crate) fn forget(&self, id: &str) {
        locked(&self.slots).remove(id);
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn router(slots: Slots) -> Router {
    Router::new()
        .route("/{id}/2018-06-01/runtime/invocation/next", get(next))
        .route(
            "/{id}/2018-06-01/runtime/invocation/{request}/response",
            post(response),
        )
        .route(
            "/{id}/2018-06-01/runtime/invocation/{request}/error",
            post(error),
        )
        .route("/{id}/2018-06-01/runtime/init/error", post(init_error))
        .route(
            "/{id}/2020-01-01/extension/register",
            post(register_extension),
        )
        .route("/{id}/2020-01-01/extension/event/next", get(extension_next))
        .route(
            "/{id}/2020-01-01/extension/init/error",
            post(extension_error),
        )
        .route(
            "/{id}/2020-01-01/extension/exit/error",
            post(extension_error),
        )
        .with_state(slots)
}

/// An answer of the Runtime API that refuses a request.
struct Refusal {
    status: StatusCode,
    kind: &'static str,
    message: String,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = json!({"errorType": self.kind, "errorMessage": self.message});
        (self.status, Json(body)).into_response()
    }
}

fn slot(slots: &Slots, id: &str) -> Result<Arc<Slot>, Refusal> {
    let found = locked(slots).get(id).cloned();
    found.ok_or_else(|| {
        refusal(
            StatusCode::FORBIDDEN,
            "InvalidEnvironment",
            "No such execution environment.",
        )
    })
}

fn refusal(status: StatusCode, kind: &'static str, message: &str) -> Refusal {
    Refusal {
        status,
        kind,
        message: message.to_owned(),
    }
}

fn accepted() -> Response {
    (StatusCode::ACCEPTED, Json(json!({"status": "OK"}))).into_response()
}

async fn next(State(slots): State<Slots>, Path(id): Path<String>) -> Result<Response, Refusal> {
    let slot = slot(&slots, &id)?;
    let Some(work) = slot.next().await else {
        return Err(refusal(
            StatusCode::GONE,
            "Stopping",
            "The execution environment is being stopped.",
        ));
    };
    let Work {
        request_id,
        deadline_ms,
        function_arn,
        trace_id,
        payload,
        answer,
    } = work;
    slot.hand_over(&request_id, answer);
    let headers = [
        ("lambda-runtime-aws-request-id", request_id),
        ("lambda-runtime-deadline-ms", deadline_ms.to_string()),
        ("lambda-runtime-invoked-function-arn", function_arn),
        ("lambda-runtime-trace-id", trace_id),
        (CONTENT_TYPE.as_str(), "application/json".to_owned()),
    ];
    Ok((axum::response::AppendHeaders(headers), payload).into_response())
}

async fn response(
    State(slots): State<Slots>,
    Path((id, request)): Path<(String, String)>,
    body: Body,
) -> Result<Response, Refusal> {
    let slot = slot(&slots, &id)?;
    let Ok(payload) = read_body(body, MAX_LAMBDA_PAYLOAD).await else {
        let kind = "Function.ResponseSizeTooLarge";
        let message = format!(
            "Response payload size exceeded maximum allowed payload size ({MAX_LAMBDA_PAYLOAD} bytes)."
        );
        let document = json!({"errorType": kind, "errorMessage": message}).to_string();
        slot.answer(&request, Answer::Error(document.into()));
        return Err(refusal(StatusCode::PAYLOAD_TOO_LARGE, kind, &message));
    };
    finish(&slot, &request, Answer::Response(payload))
}

async fn error(
    State(slots): State<Slots>,
    Path((id, request)): Path<(String, String)>,
    body: Body,
) -> Result<Response, Refusal> {
    let slot = slot(&slots, &id)?;
    let document = read_body(body, MAX_LAMBDA_PAYLOAD)
        .await
        .unwrap_or_default();
    finish(&slot, &request, Answer::Error(document))
}

fn finish(slot: &Slot, request: &str, answer: Answer) -> Result<Response, Refusal> {
    if slot.answer(request, answer) {
        Ok(accepted())
    } else {
        Err(refusal(
            StatusCode::BAD_REQUEST,
            "InvalidRequestID",
            "Invalid request ID",
        ))
    }
}

async fn init_error(
    State(slots): State<Slots>,
    Path(id): Path<String>,
    body: Body,
) -> Result<Response, Refusal> {
    let slot = slot(&slots, &id)?;
    let document = read_body(body, MAX_LAMBDA_PAYLOAD)
        .await
        .unwrap_or_default();
    slot.init_failed(document);
    Ok(accepted())
}

async fn register_extension(
    State(slots): State<Slots>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let slot = slot(&slots, &id)?;
    if !headers.contains_key("lambda-extension-name") {
        return Err(refusal(
            StatusCode::BAD_REQUEST,
            "Extension.InvalidName",
            "Lambda-Extension-Name is missing.",
        ));
    }
    slot.register_extension();
    let identifier = uuid::Uuid::new_v4().to_string();
    let body = json!({"functionName": slot.function, "functionVersion": "$LATEST", "handler": "bootstrap"});
    Ok(([("lambda-extension-identifier", identifier)], Json(body)).into_response())
}

/// An extension that subscribed to nothing waits here for its whole life; the process is told to stop by SIGTERM.
async fn extension_next(
    State(slots): State<Slots>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    slot(&slots, &id)?;
    std::future::pending().await
}

async fn extension_error(
    State(slots): State<Slots>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    slot(&slots, &id)?;
    Ok(accepted())
}

#[cfg(test)]
#[path = "runtime_api_tests.rs"]
mod tests;
