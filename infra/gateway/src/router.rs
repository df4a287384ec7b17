//! Which service a request is for, by what the protocols have in their headers and paths.

use crate::decisions::{DecisionRecord, Verdict};
use crate::sigv4::Incoming;
use crate::{Gateway, api_error::ApiError, clock, dynamodb, s3, s3vectors, secrets, ses, sqs, sts};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::{any, post};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// DynamoDB's limit, which is the widest of the services that share an address.
const MAX_BODY: usize = 16 * 1024 * 1024;
const DYNAMODB: &str = "DynamoDB_20120810.";
const SQS: &str = "AmazonSQS.";
const SECRETS_MANAGER: &str = "secretsmanager.";
const JSON_1_0: &str = "application/x-amz-json-1.0";
const JSON_1_1: &str = "application/x-amz-json-1.1";

/// The router of all services.
pub(crate) fn router(gateway: Arc<Gateway>) -> Router {
    let router = Router::new()
        .route("/", post(root))
        // A queue's URL leads here; which queue it is stands in the body too.
        .route("/{account}/{queue}", post(root))
        .route("/{account}/{queue}/", post(root))
        .route("/v2/email/outbound-emails", post(email))
        .route("/s3/{*path}", any(objects));
    let operations = s3vectors::Operation::ALL.into_iter();
    let router = operations.fold(router, |router, operation| {
        let handler = move |State(gateway): State<Arc<Gateway>>, request: Request| {
            vectors(gateway, request, operation)
        };
        router.route(&format!("/{}", operation.name()), post(handler))
    });
    let clock = Arc::clone(&gateway.clock);
    let dated = move |mut response: Response| {
        // By which clients set their clocks, so it must be the one by which signatures are judged.
        if let Ok(date) = HeaderValue::try_from(clock::http_date(clock.now())) {
            response.headers_mut().insert(header::DATE, date);
        }
        std::future::ready(response)
    };
    router
        .layer(axum::middleware::map_response(dated))
        .with_state(gateway)
}

async fn root(State(gateway): State<Arc<Gateway>>, request: Request) -> Response {
    let incoming = match read(request).await {
        Ok(incoming) => incoming,
        Err(response) => return response,
    };
    let target = incoming
        .header("x-amz-target")
        .unwrap_or_default()
        .to_owned();
    if let Some(operation) = target.strip_prefix(DYNAMODB) {
        let mut record = DecisionRecord::of(&gateway, &incoming, "dynamodb", operation);
        let (status, body) = dynamodb::answer(&gateway, &incoming, operation, &mut record).await;
        return json_answer(&gateway, status, JSON_1_0, &body, record).await;
    }
    if let Some(operation) = target.strip_prefix(SQS) {
        let mut record = DecisionRecord::of(&gateway, &incoming, "sqs", operation);
        let (status, body, code) = sqs::answer(&gateway, &incoming, operation, &mut record).await;
        let mut response = json_answer(&gateway, status, JSON_1_0, &body, record).await;
        if let Some(code) = code.and_then(|code| HeaderValue::from_str(&code).ok()) {
            let name = HeaderName::from_static("x-amzn-query-error");
            response.headers_mut().insert(name, code);
        }
        return response;
    }
    if let Some(operation) = target.strip_prefix(SECRETS_MANAGER) {
        let mut record = DecisionRecord::of(&gateway, &incoming, "secretsmanager", operation);
        // Read when a process starts: that serves no route yet, and is chance to the request that finds none waiting.
        record.caller.route = None;
        let (status, body) = secrets::answer(&gateway, &incoming, operation, &mut record);
        return json_answer(&gateway, status, JSON_1_1, &body, record).await;
    }
    let is_form = incoming
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if target.is_empty() && is_form {
        let request_id = new_request_id();
        let (status, xml, record) = sts::answer(&gateway, &incoming, &request_id).await;
        finish(&gateway, record, status).await;
        return response(status, "text/xml", xml, &request_id, None);
    }
    let (status, body) = dynamodb::errors::body(&ApiError::client(
        "UnknownOperationException",
        "This service is not offered by the local gateway",
    ));
    response(status, JSON_1_0, body.to_string(), &new_request_id(), None)
}

async fn email(State(gateway): State<Arc<Gateway>>, request: Request) -> Response {
    let incoming = match read(request).await {
        Ok(incoming) => incoming,
        Err(response) => return response,
    };
    let mut record = DecisionRecord::of(&gateway, &incoming, "ses", "SendEmail");
    let (status, body, code) = ses::answer(&gateway, &incoming, &mut record);
    record.error = code.map(str::to_owned);
    finish(&gateway, record, status).await;
    response(
        status,
        "application/json",
        body.to_string(),
        &new_request_id(),
        code,
    )
}

async fn objects(State(gateway): State<Arc<Gateway>>, request: Request) -> Response {
    let request_id = new_request_id();
    let (incoming, is_whole) = read_up_to(s3::MAX_OBJECT, request).await;
    if !is_whole {
        return s3::error_response(&s3::too_large(), &incoming, &request_id);
    }
    let (response, record) = s3::answer(&gateway, &incoming, &request_id);
    finish(&gateway, record, response.status()).await;
    response
}

async fn vectors(
    gateway: Arc<Gateway>,
    request: Request,
    operation: s3vectors::Operation,
) -> Response {
    let (incoming, is_whole) = read_up_to(s3vectors::MAX_BODY, request).await;
    let mut record = DecisionRecord::of(&gateway, &incoming, "s3vectors", operation.name());
    let for_work = Arc::clone(&gateway);
    let work = tokio::task::spawn_blocking(move || {
        let reply = match is_whole {
            true => s3vectors::answer(&for_work, &incoming, operation, &mut record),
            false => s3vectors::too_large(),
        };
        (reply, record)
    });
    let (status, body, code) = match work.await {
        Ok(((status, body, code), mut record)) => {
            record.error = code.map(str::to_owned);
            finish(&gateway, record, status).await;
            (status, body, code)
        }
        Err(_) => s3vectors::broken(),
    };
    let (kind, body) = ("application/json", body.to_string());
    response(status, kind, body, &new_request_id(), code)
}

async fn read(request: Request) -> Result<Incoming, Response> {
    let (incoming, is_whole) = read_up_to(MAX_BODY, request).await;
    if is_whole {
        return Ok(incoming);
    }
    let error = ApiError {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        ..ApiError::client(
            "RequestEntityTooLargeException",
            "The body is larger than 16 MB",
        )
    };
    let (status, body) = dynamodb::errors::body(&error);
    let body = body.to_string();
    Err(response(status, JSON_1_0, body, &new_request_id(), None))
}

/// The request, and whether all of its body is there: without it where it is larger, or was cut off.
async fn read_up_to(most: usize, request: Request) -> (Incoming, bool) {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, most).await;
    let is_whole = body.is_ok();
    let incoming = Incoming {
        method: parts.method,
        uri: parts.uri,
        headers: parts.headers,
        body: body.unwrap_or_default(),
    };
    (incoming, is_whole)
}

async fn json_answer(
    gateway: &Gateway,
    status: StatusCode,
    content_type: &'static str,
    body: &Value,
    mut record: DecisionRecord,
) -> Response {
    if let Some(kind) = body.get("__type").and_then(Value::as_str) {
        record.error = Some(kind.rsplit('#').next().unwrap_or(kind).to_owned());
    }
    finish(gateway, record, status).await;
    response(
        status,
        content_type,
        body.to_string(),
        &new_request_id(),
        None,
    )
}

/// Records the decision. Where a fault keeps the answer from being given, this never ends; the client's leaving ends the task.
async fn finish(gateway: &Gateway, mut record: DecisionRecord, status: StatusCode) {
    record.status = status.as_u16();
    record.time = gateway.clock.now().to_string();
    if let (None, Some(principal)) = (&record.caller.function, &record.principal)
        && principal.execution_role
    {
        record.caller.function = Some(principal.session.clone());
    }
    if record.decision == Verdict::Denied {
        tracing::debug!(
            service = record.service,
            operation = record.operation,
            reason = record.reason,
            "denied"
        );
    }
    let unanswered = record.unanswered;
    let latency = Duration::from_millis(gateway.latency_ms.load(Ordering::Relaxed));
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    gateway.decisions.record(record);
    if unanswered {
        std::future::pending::<()>().await;
    }
}

fn new_request_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

fn response(
    status: StatusCode,
    content_type: &'static str,
    body: String,
    request_id: &str,
    error_type: Option<&'static str>,
) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert(HeaderName::from_static("x-amzn-requestid"), value);
    }
    if let Some(code) = error_type {
        headers.insert(
            HeaderName::from_static("x-amzn-errortype"),
            HeaderValue::from_static(code),
        );
    }
    response
}
