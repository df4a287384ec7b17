//! A request to S3, and what it says.

use super::Files;
use crate::errors::internal;
use crate::http::Http;
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::Headers;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use problem::{Kind, Problem};
use std::time::Duration;

/// How often a call that S3 has not answered, or has put off, is made.
const TRIES: u32 = 3;
/// The wait before the second time is twice as long, and before each further one twice as long as before the last.
const FIRST_WAIT: Duration = Duration::from_millis(50);

/// A request to S3.
pub(crate) struct Call {
    method: &'static str,
    key: String,
    pub(crate) query: Vec<(&'static str, String)>,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Call {
    pub(crate) fn new(
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

    /// Sends it, and again where S3 has not answered within `patience` or has put it off: all that is asked here can be
    /// repeated. The last answer is given as it is.
    ///
    /// # Errors
    /// `unavailable` when S3 does not answer.
    pub(crate) async fn send(
        &self,
        http: &Http,
        files: &Files,
        patience: Duration,
    ) -> Result<Answer, Problem> {
        let operation = self.method;
        let mut attempt = 1;
        loop {
            let sent = tokio::time::timeout(patience, self.send_once(http, files)).await;
            let (failed, answer) = match sent.unwrap_or(Err(Failed::Silent)) {
                Ok(answer) if answer.status < 500 => return Ok(answer),
                Ok(answer) => ("status", Some(answer)),
                Err(Failed::Silent) => ("no answer in time", None),
                Err(Failed::Unconnected) => ("no connection", None),
                Err(Failed::CutOff) => ("no whole answer", None),
                // The next attempt would meet it too.
                Err(Failed::Ours(problem)) => return Err(problem),
            };
            let status = answer.as_ref().map(|answer| answer.status);
            tracing::warn!(
                operation,
                attempt,
                failed,
                status,
                "an attempt to call S3 failed"
            );
            if attempt == TRIES {
                return answer.ok_or_else(|| unheard(operation, failed));
            }
            tokio::time::sleep(FIRST_WAIT * 2_u32.pow(attempt)).await;
            attempt += 1;
        }
    }

    async fn send_once(&self, http: &Http, files: &Files) -> Result<Answer, Failed> {
        let request = self.signed(files).map_err(Failed::Ours)?;
        let answer = http.call(request).await;
        Answer::read(answer.map_err(|_| Failed::Unconnected)?).await
    }

    fn signed(&self, files: &Files) -> Result<HttpRequest, Problem> {
        let signed = files.signed(self.method, &self.key, &self.query, self.headers.clone())?;
        let mut request = HttpRequest::new(SdkBody::from(self.body.clone()));
        let uri = request.set_uri(signed.url);
        uri.map_err(|error| internal("address", &error))?;
        let set = request.set_method(self.method);
        set.map_err(|error| internal("method", &error))?;
        for (name, value) in signed.headers {
            request.headers_mut().insert(name, value);
        }
        Ok(request)
    }
}

/// Why an attempt got no answer.
enum Failed {
    /// None came in time.
    Silent,
    /// There was no connection, or it was lost before an answer began.
    Unconnected,
    /// The answer did not arrive to its end.
    CutOff,
    /// The request could not be made.
    Ours(Problem),
}

/// What S3 said.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
    headers: Headers,
}

impl Answer {
    async fn read(response: HttpResponse) -> Result<Self, Failed> {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = ByteStream::new(response.into_body()).collect().await;
        let body = body.map_err(|_| Failed::CutOff)?;
        Ok(Self {
            status,
            text: String::from_utf8_lossy(&body.into_bytes()).into_owned(),
            headers,
        })
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)
    }

    pub(crate) fn expect(&self, operation: &str, status: u16) -> Result<(), Problem> {
        match self.status == status {
            true => Ok(()),
            false => Err(self.failed(operation)),
        }
    }

    pub(crate) fn is_no_upload(&self) -> bool {
        self.status == 404 && self.text.contains("<Code>NoSuchUpload</Code>")
    }

    pub(crate) fn failed(&self, operation: &str) -> Problem {
        let code = self.text.split_once("<Code>");
        let code = code.and_then(|(_, rest)| rest.split_once("</Code>"));
        let code = code.map(|(code, _)| code);
        tracing::error!(operation, self.status, code, "a call to S3 failed");
        Kind::Unavailable.into()
    }
}

fn unheard(operation: &str, failed: &str) -> Problem {
    tracing::error!(operation, failed, "S3 gave no answer");
    Kind::Unavailable.into()
}
