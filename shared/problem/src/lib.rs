//! Errors as a client sees them: problem details for HTTP APIs (RFC 9457).
//!
//! A [`Problem`] can only be built from a [`Kind`] of the closed list in `kind.rs`, so every answer that is not a
//! success has a stable `type`, and the list is what the OpenAPI document prints.

mod kind;

pub use kind::Kind;
use serde::Serialize;

/// Where the reference page of each problem type stands; `type` is this followed by the kind's slug.
pub const TYPE_PREFIX: &str = "https://tenantry.dev/problems/";

/// How many faulty fields an answer names.
const MOST_FIELDS: usize = 50;
/// How many characters of a client's own text are given back.
const MOST_CHARACTERS: usize = 300;

fn shortened(text: String) -> String {
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// One thing that is wrong with the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// A JSON pointer (RFC 6901) into the body, or `?name` for a query parameter, `{name}` for a path parameter, or the name of
    /// a header.
    pub pointer: String,
    /// What is wrong, in a sentence that a client may show.
    pub detail: String,
    /// What kind this is by itself, where that is another than the problem's.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<Kind>,
}

/// A refusal or failure, ready to be sent as `application/problem+json`.
///
/// `detail` is sent to the client: it never holds internal error text. What only we may know is logged where the
/// problem is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem(Box<Parts>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    kind: Kind,
    detail: String,
    errors: Vec<FieldError>,
    retry_after: Option<u64>,
}

impl Problem {
    /// A problem of this kind with the kind's own sentence as detail.
    pub fn new(kind: Kind) -> Self {
        Self(Box::new(Parts {
            kind,
            detail: kind.detail().to_owned(),
            errors: Vec::new(),
            retry_after: kind.retry_after(),
        }))
    }

    /// Replaces the detail by a sentence about this occurrence.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = detail.into();
        self
    }

    /// Adds one faulty field; those beyond the first 50 are left out, and long names cut, so that a small request can't
    /// call forth a large answer.
    #[must_use]
    pub fn field(self, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        self.error(FieldError {
            pointer: pointer.into(),
            detail: detail.into(),
            kind: None,
        })
    }

    /// Adds what a part of the input is refused for by itself: its faulty fields, whose pointers begin at `fields`; or, if it
    /// names none, its sentence, of `part` as a whole.
    #[must_use]
    pub fn part(self, part: &str, fields: &str, refused: &Problem) -> Self {
        let kind = Some(refused.kind()).filter(|kind| *kind != self.kind());
        if refused.errors().is_empty() {
            return self.error(FieldError {
                pointer: part.to_owned(),
                detail: refused.0.detail.clone(),
                kind,
            });
        }
        refused.errors().iter().fold(self, |problem, error| {
            problem.error(FieldError {
                pointer: format!("{fields}{}", error.pointer),
                detail: error.detail.clone(),
                kind,
            })
        })
    }

    fn error(mut self, error: FieldError) -> Self {
        if self.0.errors.len() < MOST_FIELDS {
            self.0.errors.push(FieldError {
                pointer: shortened(error.pointer),
                detail: shortened(error.detail),
                ..error
            });
        }
        self
    }

    /// Sets the number of seconds after which the client may try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// What kind of problem this is.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The faulty fields.
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.0.kind.status()
    }

    /// Seconds for the `Retry-After` header, if one is due.
    pub fn retry_after_seconds(&self) -> Option<u64> {
        self.0.retry_after
    }

    /// The body, with the id of the request that it answers.
    pub fn body(&self, request_id: &str) -> Vec<u8> {
        #[derive(Serialize)]
        struct Body<'a> {
            r#type: Kind,
            title: &'a str,
            status: u16,
            detail: &'a str,
            #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
            errors: &'a [FieldError],
            request_id: &'a str,
        }
        let body = Body {
            r#type: self.0.kind,
            title: self.0.kind.title(),
            status: self.status(),
            detail: &self.0.detail,
            errors: &self.0.errors,
            request_id,
        };
        serde_json::to_vec(&body).unwrap_or_default()
    }
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        Self::new(kind)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.0.kind.slug(), self.0.detail)
    }
}

impl std::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_unique_and_statuses_are_errors() {
        let slugs: std::collections::BTreeSet<_> =
            Kind::ALL.iter().map(|kind| kind.slug()).collect();
        assert_eq!(slugs.len(), Kind::ALL.len());
        assert!(
            Kind::ALL
                .iter()
                .all(|kind| (400..=503).contains(&kind.status()))
        );
    }

    #[test]
    fn an_answer_does_not_grow_with_the_request() {
        let problem = (0..1000).fold(Problem::new(Kind::ValidationFailed), |problem, _| {
            problem.field("/é".repeat(1000), "x".repeat(100_000))
        });
        assert!(problem.body("r-1").len() < 50_000);
    }

    #[test]
    fn a_part_says_its_kind_if_that_is_another() {
        let wrong = Problem::new(Kind::ValidationFailed).field("/name", "is empty");
        let problem = Problem::new(Kind::NotFound)
            .part("/0", "/0/fields", &Kind::NotFound.into())
            .part("/1", "/1/fields", &wrong);
        let body: serde_json::Value =
            serde_json::from_slice(&problem.body("r-1")).unwrap_or_default();
        assert_eq!(
            body.get("errors"),
            Some(&serde_json::json!([
                {"pointer": "/0", "detail": Kind::NotFound.detail()},
                {
                    "pointer": "/1/fields/name",
                    "detail": "is empty",
                    "type": "https://tenantry.dev/problems/validation-failed",
                },
            ]))
        );
    }

    #[test]
    fn body_follows_rfc_9457() {
        let problem = Problem::new(Kind::ValidationFailed).field("/name", "is empty");
        let body: serde_json::Value =
            serde_json::from_slice(&problem.body("r-1")).unwrap_or_default();
        assert_eq!(
            body,
            serde_json::json!({
                "type": "https://tenantry.dev/problems/validation-failed",
                "title": "The input is not valid",
                "status": 422,
                "detail": "One or more fields are not valid; see errors.",
                "errors": [{"pointer": "/name", "detail": "is empty"}],
                "request_id": "r-1"
            })
        );
    }
}
