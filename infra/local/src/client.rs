//! The API as its own client: for data that is made as anybody's is.

use reqwest::{Client, StatusCode};
use serde_json::Value;

/// The product's API, as anybody calls it.
pub(crate) struct Api<'a> {
    client: Client,
    url: &'a str,
}

impl<'a> Api<'a> {
    /// At an address without a slash at its end.
    pub(crate) fn at(url: &'a str) -> Self {
        Self {
            client: Client::new(),
            url,
        }
    }

    /// A `POST` with a body, or a `GET` without one; the status and the JSON of the answer.
    pub(crate) async fn send(
        &self,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> Result<(StatusCode, Value), String> {
        let url = format!("{}{path}", self.url);
        let mut request = match body {
            Some(body) => self.client.post(url).json(body),
            None => self.client.get(url),
        };
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = request
            .send()
            .await
            .map_err(|error| format!("{path}: {error}"))?;
        let status = answer.status();
        let body = answer
            .bytes()
            .await
            .map_err(|error| format!("{path}: {error}"))?;
        Ok((status, serde_json::from_slice(&body).unwrap_or_default()))
    }

    /// A `POST` that succeeds.
    pub(crate) async fn post(
        &self,
        path: &str,
        token: Option<&str>,
        body: &Value,
    ) -> Result<Value, String> {
        let (status, answer) = self.send(path, token, Some(body)).await?;
        if status.is_success() {
            Ok(answer)
        } else {
            Err(unexpected(&format!("POST {path}"), status, &answer))
        }
    }

    /// A `GET` that succeeds.
    pub(crate) async fn get(&self, path: &str, token: &str) -> Result<Value, String> {
        let (status, answer) = self.send(path, Some(token), None).await?;
        if status.is_success() {
            Ok(answer)
        } else {
            Err(unexpected(&format!("GET {path}"), status, &answer))
        }
    }
}

/// The text at a JSON pointer.
pub(crate) fn text(answer: &Value, pointer: &str) -> Result<String, String> {
    answer
        .pointer(pointer)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| format!("the answer has no {pointer}"))
}

/// Tokens are in successful answers only: a problem may be shown.
pub(crate) fn unexpected(call: &str, status: StatusCode, answer: &Value) -> String {
    format!("{call} was answered with {}: {answer}", status.as_u16())
}
