//! A request to S3, and what it says.

use crate::errors::internal;
use crate::files::Files;
use crate::http::Http;
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use problem::{Kind, Problem};
use std::time::Duration;

/// How often a call that S3 has not answered, or has put off, is made.
const TRIES: u32 = 3;
/// The wait before the second time is twice as long, and before each further one twice as long as before the last.
const FIRST_WAIT: Duration = Duration::from_millis(50);
/// How long S3 may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A request to S3.
pub(super) struct Call {
    method: &'static str,
    key: String,
    pub(super) query: Vec<(&'static str, String)>,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Call {
    pub(super) fn new(
        method: &'static str,
        key: String,
        mut headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    ) -> Self {
        if matches!(method, "PUT" | "POST") {
            // S3 asks for it, and the client leaves it out where there is no body.
            headers.push(("content-length", body.len().to_string()));
        }
        Self {
            method,
            key,
            query: Vec::new(),
            headers,
            body,
        }
    }

    /// Sends it, and again where S3 has not answered or has put it off: all that is asked here can be repeated.
    pub(super) async fn send(&self, http: &Http, files: &Files) -> Result<Answer, Problem> {
        for attempt in 1..TRIES {
            let answer = tokio::time::timeout(PATIENCE, self.send_once(http, files)).await;
            match answer {
                Ok(Ok(answer)) if answer.status < 500 => return Ok(answer),
                _ => tokio::time::sleep(FIRST_WAIT * 2_u32.pow(attempt)).await,
            }
        }
        let answer = tokio::time::timeout(PATIENCE, self.send_once(http, files)).await;
        answer.unwrap_or_else(|_| Err(unheard(self.method)))
    }

    async fn send_once(&self, http: &Http, files: &Files) -> Result<Answer, Problem> {
        let signed = files.signed(self.method, &self.key, &self.query, self.headers.clone())?;
        let mut request = HttpRequest::new(SdkBody::from(self.body.clone()));
        let uri = request.set_uri(signed.url);
        uri.map_err(|error| internal("address", &error))?;
        let set = request.set_method(self.method);
        set.map_err(|error| internal("method", &error))?;
        for (name, value) in signed.headers {
            request.headers_mut().insert(name, value);
        }
        let answer = http.call(request).await;
        Answer::read(answer.map_err(|_| unheard(self.method))?).await
    }
}

/// What S3 said.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) etag: Option<String>,
    pub(super) text: String,
}

impl Answer {
    async fn read(response: HttpResponse) -> Result<Self, Problem> {
        let status = response.status().as_u16();
        let etag = response.headers().get("etag").map(str::to_owned);
        let body = ByteStream::new(response.into_body()).collect().await;
        let body = body.map_err(|error| internal("S3's answer", &error))?;
        Ok(Self {
            status,
            etag,
            text: String::from_utf8_lossy(&body.into_bytes()).into_owned(),
        })
    }

    pub(super) fn expect(&self, operation: &str, status: u16) -> Result<(), Problem> {
        match self.status == status {
            true => Ok(()),
            false => Err(self.failed(operation)),
        }
    }

    pub(super) fn is_no_upload(&self) -> bool {
        self.status == 404 && self.text.contains("<Code>NoSuchUpload</Code>")
    }

    pub(super) fn failed(&self, operation: &str) -> Problem {
        let code = self.text.split_once("<Code>");
        let code = code.and_then(|(_, rest)| rest.split_once("</Code>"));
        let code = code.map(|(code, _)| code);
        tracing::error!(operation, self.status, code, "a call to S3 failed");
        Kind::Unavailable.into()
    }
}

fn unheard(method: &str) -> Problem {
    tracing::error!(operation = method, "S3 gave no answer");
    Kind::Unavailable.into()
}
