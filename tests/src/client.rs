//! A small HTTP client whose answers can be questioned.

use crate::cloud::TestCloud;
use crate::tenant::Person;
use reqwest::RequestBuilder;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde::Serialize;
use serde_json::Value;
use std::future::IntoFuture;
use std::pin::Pin;

/// A request; `.await` sends it.
#[must_use = "it is sent by .await"]
pub struct Request<'a> {
    cloud: &'a TestCloud,
    name: String,
    builder: RequestBuilder,
}

impl<'a> Request<'a> {
    pub(crate) fn new(cloud: &'a TestCloud, name: String, builder: RequestBuilder) -> Self {
        Self {
            cloud,
            name,
            builder,
        }
    }

    /// The same request once more.
    #[track_caller]
    pub fn again(&self) -> Self {
        let builder = self
            .builder
            .try_clone()
            .expect("a body that can be sent again");
        Self::new(self.cloud, self.name.clone(), builder)
    }

    /// With this person's access token.
    pub fn as_(self, person: &Person) -> Self {
        self.token(&person.access_token)
    }

    /// With this bearer token.
    pub fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// With a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    /// With a JSON body.
    pub fn json(mut self, body: impl Serialize) -> Self {
        self.builder = self.builder.json(&body);
        self
    }

    /// With these bytes and no content type of the client's own.
    pub fn bytes(mut self, body: &[u8]) -> Self {
        self.builder = self.builder.body(body.to_vec());
        self
    }

    /// With any body; the content type says JSON unless a header says otherwise.
    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.builder = self
            .builder
            .header(CONTENT_TYPE, content_type)
            .body(body.into());
        self
    }
}

impl<'a> IntoFuture for Request<'a> {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let (name, builder) = (self.name, self.builder);
            let sent = self.cloud.runtime().spawn(async move {
                let answer = builder.send().await?;
                let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
                Ok::<_, reqwest::Error>((status, headers, answer.bytes().await?.to_vec()))
            });
            match sent.await {
                Ok(Ok((status, headers, bytes))) => Answer::new(name, status, headers, bytes),
                Ok(Err(error)) => panic!("{name} got no answer: {error:?}"),
                Err(error) => panic!("{name}: {error}"),
            }
        })
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The request, as `GET /v1/me`.
    pub name: String,
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as JSON; null where it is not.
    pub json: Value,
    /// The body.
    pub bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn new(name: String, status: u16, headers: HeaderMap, bytes: Vec<u8>) -> Self {
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Self {
            name,
            status,
            headers,
            json,
            bytes,
        }
    }

    /// Fails unless the status is this one.
    #[track_caller]
    pub fn assert_status(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self}");
        self
    }

    /// A header's value; fails when it is not there.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_else(|| panic!("no header {name}: {self}"))
    }

    /// The text at a JSON pointer; fails when there is none.
    #[track_caller]
    pub fn text(&self, pointer: &str) -> String {
        let value = self.json.pointer(pointer).and_then(Value::as_str);
        value
            .unwrap_or_else(|| panic!("no text at {pointer}: {self}"))
            .to_owned()
    }

    /// The member `id`.
    #[track_caller]
    pub fn id(&self) -> String {
        self.text("/id")
    }

    /// The member `items`.
    #[track_caller]
    pub fn items(&self) -> &Vec<Value> {
        self.json["items"]
            .as_array()
            .unwrap_or_else(|| panic!("no items: {self}"))
    }

    /// The id of the request.
    #[track_caller]
    pub fn request_id(&self) -> &str {
        self.header("x-request-id")
    }

    /// Status, headers and body with the request's id and the time taken out: what a client could tell two answers apart by.
    pub fn without_request_id(&self) -> (u16, Vec<(String, String)>, String) {
        let text = String::from_utf8_lossy(&self.bytes);
        let body = match self
            .headers
            .get("x-request-id")
            .and_then(|id| id.to_str().ok())
        {
            Some(id) => text.replace(id, "<request id>"),
            None => text.into_owned(),
        };
        let own = ["x-request-id", "apigw-requestid", "date"];
        let headers = self
            .headers
            .iter()
            .filter(|(name, _)| !own.contains(&name.as_str()));
        let mut headers: Vec<(String, String)> = headers
            .map(|(name, value)| {
                (
                    name.to_string(),
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                )
            })
            .collect();
        headers.sort();
        (self.status, headers, body)
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body: String = String::from_utf8_lossy(&self.bytes)
            .chars()
            .take(2000)
            .collect();
        write!(f, "{} was answered with {} {body}", self.name, self.status)
    }
}
