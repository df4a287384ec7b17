//! What stands before the cloud's AWS endpoint: it passes calls on, notes DynamoDB's answers to one function, and can then give
//! the same answers again by itself, so that a function's time is measured without the store's.

use crate::Result;
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tokio::net::TcpListener;

/// What DynamoDB takes and gives at most, with room to spare.
const MOST: usize = 32 * 1024 * 1024;

/// One call to DynamoDB with its answer.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    operation: String,
    request: Bytes,
    status: StatusCode,
    headers: HeaderMap,
    answer: Bytes,
}

#[derive(Default)]
enum Mode {
    #[default]
    Pass,
    Note {
        function: String,
        calls: Vec<Call>,
    },
    Repeat {
        function: String,
        /// Each with whether it was given in this invocation.
        calls: Vec<(Call, bool)>,
        /// Calls for which there was no answer.
        missed: usize,
    },
}

struct Shared {
    cloud: OnceLock<String>,
    http: reqwest::Client,
    mode: Mutex<Mode>,
}

/// The server.
pub(crate) struct Front {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Front {
    pub(crate) async fn start() -> Result<Front> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            cloud: OnceLock::new(),
            http: reqwest::Client::builder().no_proxy().build()?,
            mode: Mutex::default(),
        });
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Front { address, shared })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where calls are passed on to.
    pub(crate) fn lead_to(&self, cloud: &str) {
        // It is said once, by the one who starts the cloud.
        let _ = self.shared.cloud.set(cloud.to_owned());
    }

    /// Notes the calls of a function from now on.
    pub(crate) fn note(&self, function: &str) {
        *self.shared.mode() = Mode::Note {
            function: function.to_owned(),
            calls: Vec::new(),
        };
    }

    /// Only passes calls on, and gives what was noted.
    pub(crate) fn pass(&self) -> Vec<Call> {
        match std::mem::take(&mut *self.shared.mode()) {
            Mode::Note { calls, .. } => calls,
            Mode::Pass | Mode::Repeat { .. } => Vec::new(),
        }
    }

    /// Answers the function's calls by itself from now on.
    pub(crate) fn repeat(&self, function: &str, calls: Vec<Call>) {
        *self.shared.mode() = Mode::Repeat {
            function: function.to_owned(),
            calls: calls.into_iter().map(|call| (call, false)).collect(),
            missed: 0,
        };
    }

    /// A new invocation begins. Gives how many calls of all until now had no answer.
    pub(crate) fn rewind(&self) -> usize {
        match &mut *self.shared.mode() {
            Mode::Repeat { calls, missed, .. } => {
                calls.iter_mut().for_each(|(_, given)| *given = false);
                *missed
            }
            Mode::Pass | Mode::Note { .. } => 0,
        }
    }
}

impl Shared {
    fn mode(&self) -> MutexGuard<'_, Mode> {
        self.mode.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The noted answer to a call: of the same operation, if possible to the same request.
    fn canned(&self, caller: &str, operation: &str, request: &Bytes) -> Option<Call> {
        let mut mode = self.mode();
        let Mode::Repeat {
            function,
            calls,
            missed,
        } = &mut *mode
        else {
            return None;
        };
        if !names(caller, function) {
            return None;
        }
        let fits = |call: &(Call, bool)| !call.1 && call.0.operation == operation;
        let place = calls
            .iter()
            .position(|call| fits(call) && call.0.request == *request)
            .or_else(|| calls.iter().position(fits));
        let Some((call, given)) = place.and_then(|place| calls.get_mut(place)) else {
            *missed += 1;
            return None;
        };
        *given = true;
        Some(call.clone())
    }

    fn keep(&self, caller: &str, call: Call) {
        if let Mode::Note { function, calls } = &mut *self.mode()
            && names(caller, function)
        {
            calls.push(call);
        }
    }
}

/// Whether a User-Agent is this function's: the SDK puts its name there.
fn names(user_agent: &str, function: &str) -> bool {
    user_agent
        .split_ascii_whitespace()
        .any(|part| part.strip_prefix("app/") == Some(function))
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    pass(&shared, request).await.unwrap_or_else(|error| {
        (
            StatusCode::BAD_GATEWAY,
            format!("the cloud did not answer: {error}"),
        )
            .into_response()
    })
}

async fn pass(shared: &Shared, request: Request) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MOST).await?;
    let text = |name: &str| {
        let value = parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let operation = text("x-amz-target");
    let caller = text("user-agent");
    let is_data = operation.starts_with("DynamoDB_");
    if is_data && let Some(call) = shared.canned(&caller, &operation, &body) {
        return Ok((call.status, call.headers, call.answer).into_response());
    }
    let cloud = shared.cloud.get().ok_or("no cloud yet")?;
    let answer = shared
        .http
        .request(parts.method, format!("{cloud}{}", parts.uri))
        .headers(parts.headers)
        .body(body.clone())
        .send()
        .await?;
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    headers.remove(header::TRANSFER_ENCODING);
    headers.remove(header::CONTENT_LENGTH);
    let answer = answer.bytes().await?;
    if is_data {
        let call = Call {
            operation,
            request: body,
            status,
            headers: headers.clone(),
            answer: answer.clone(),
        };
        shared.keep(&caller, call);
    }
    Ok((status, headers, Body::from(answer)).into_response())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_caller_is_told_by_its_whole_name() {
        let agent = "aws-sdk-rust/1.3 os/linux app/RecordsReadFunction lang/rust";
        assert!(names(agent, "RecordsReadFunction"));
        assert!(!names(agent, "RecordsRead"));
    }

    /// A cloud that answers each call with its number.
    async fn counting_cloud() -> String {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let count = Arc::new(Mutex::new(0));
        let answer = move || {
            let mut count = count.lock().expect("the count");
            *count += 1;
            std::future::ready(format!("{count}"))
        };
        let router = Router::new().fallback(answer);
        tokio::spawn(async move { axum::serve(listener, router).await });
        url
    }

    #[tokio::test]
    async fn what_was_noted_is_said_again_to_the_same_function() {
        let front = Front::start().await.expect("a front");
        front.lead_to(&counting_cloud().await);
        let http = reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("a client");
        let call = async |function: &str, operation: &str| {
            let request = http
                .post(front.url())
                .header("user-agent", format!("sdk app/{function}"))
                .header("x-amz-target", operation);
            let answer = request.send().await.expect("an answer");
            answer.text().await.expect("a text")
        };
        let get = "DynamoDB_20120810.GetItem";
        front.note("Read");
        assert_eq!(call("Read", get).await, "1");
        assert_eq!(call("Other", get).await, "2");
        let calls = front.pass();
        assert_eq!(calls.len(), 1, "{calls:?}");
        front.repeat("Read", calls);
        for _ in 0..3 {
            front.rewind();
            assert_eq!(call("Read", get).await, "1");
        }
        assert_eq!(call("Other", get).await, "3");
        assert_eq!(front.rewind(), 0);
        // A second call in one invocation has no answer, nor has another operation.
        assert_eq!(call("Read", get).await, "1");
        assert_eq!(call("Read", get).await, "4");
        assert_eq!(call("Read", "DynamoDB_20120810.Query").await, "5");
        assert_eq!(front.rewind(), 2);
    }
}
