//! What every problem looks like.

use crate::client::Answer;
use problem::{Kind, TYPE_PREFIX};
use serde_json::{Value, json};

impl Answer {
    /// Fails unless the answer is this problem, complete in form (RFC 9457).
    #[track_caller]
    pub fn assert_problem(&self, kind: Kind) -> &Self {
        self.check_problem(kind)
            .unwrap_or_else(|wrong| panic!("{wrong}: {self}"));
        self
    }

    /// Fails unless the problem names exactly these fields, in any order.
    #[track_caller]
    pub fn assert_fields(&self, pointers: &[&str]) -> &Self {
        let mut named = self.pointers();
        let mut expected: Vec<&str> = pointers.to_vec();
        named.sort();
        expected.sort_unstable();
        assert_eq!(named, expected, "{self}");
        self
    }

    /// The pointers of the problem's `errors`.
    pub fn pointers(&self) -> Vec<String> {
        let errors = self.json["errors"].as_array().into_iter().flatten();
        errors
            .filter_map(|error| error["pointer"].as_str().map(str::to_owned))
            .collect()
    }

    /// Whether the answer is this problem; else what is wrong with it.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn check_problem(&self, kind: Kind) -> Result<(), String> {
        let wrong = |what: &str, is: &dyn std::fmt::Debug| {
            Err(format!("expected {}, and {what} is {is:?}", kind.slug()))
        };
        let slug = self.json["type"].as_str().unwrap_or_default();
        if slug != format!("{TYPE_PREFIX}{}", kind.slug()) {
            return wrong("the type", &slug);
        }
        if self.status != kind.status() || self.json["status"] != json!(kind.status()) {
            return wrong("the status", &self.status);
        }
        let content_type = self
            .headers
            .get("content-type")
            .and_then(|value| value.to_str().ok());
        if content_type != Some("application/problem+json") {
            return wrong("the content type", &content_type);
        }
        if self.json["title"] != json!(kind.title()) {
            return wrong("the title", &self.json["title"]);
        }
        if self.json["detail"].as_str().is_none_or(str::is_empty) {
            return wrong("the detail", &self.json["detail"]);
        }
        let id = self
            .headers
            .get("x-request-id")
            .and_then(|value| value.to_str().ok());
        if id.is_none_or(str::is_empty) || self.json["request_id"].as_str() != id {
            return wrong("the request id", &self.json["request_id"]);
        }
        let retry_after = self.headers.get("retry-after").is_some();
        if kind.retry_after().is_some() && !retry_after {
            return wrong("Retry-After", &"missing");
        }
        let known = ["type", "title", "status", "detail", "errors", "request_id"];
        let members: Vec<&String> = self
            .json
            .as_object()
            .into_iter()
            .flat_map(|object| object.keys())
            .collect();
        if let Some(odd) = members
            .iter()
            .find(|member| !known.contains(&member.as_str()))
        {
            return wrong("there a member that", odd);
        }
        let errors = self
            .json
            .get("errors")
            .map(|errors| errors.as_array().cloned().unwrap_or_default());
        let is_error = |error: &Value| {
            error["pointer"].is_string()
                && error["detail"]
                    .as_str()
                    .is_some_and(|detail| !detail.is_empty())
        };
        if errors.is_some_and(|errors| errors.is_empty() || !errors.iter().all(is_error)) {
            return wrong("errors", &self.json["errors"]);
        }
        Ok(())
    }

    /// Fails unless the gateway itself turned the request away for want of credentials.
    #[track_caller]
    pub fn assert_gateway(&self, status: u16, message: &str) -> &Self {
        assert_eq!(
            (self.status, &self.json),
            (status, &json!({"message": message})),
            "{self}"
        );
        self
    }
}
