//! From the request's text to the endpoint's typed input, or a problem that names the field.

use crate::Endpoint;
use crate::declaration::{Declaration, Method};
use crate::event::{Event, RequestInfo};
use permissions::Grant;
use problem::{Kind, Problem};
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde::de::value::MapDeserializer;
use serde_path_to_error::Segment;
use std::collections::HashMap;

/// The valid input of one request.
pub struct Input<E: Endpoint> {
    /// The path parameters.
    pub path: E::Path,
    /// The query parameters.
    pub query: E::Query,
    /// The body.
    pub body: E::Body,
    /// How far the caller's permission reaches.
    pub grant: Grant,
    /// Id, address and headers of the request.
    pub request: RequestInfo,
}

/// No parameters, or no body.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoInput {}

/// Reads the path parameters. One that can't be an id names nothing: `not-found`, as for an id that is not there.
pub(crate) fn path<T: DeserializeOwned>(event: &Event) -> Result<T, Problem> {
    let none = HashMap::new();
    let parameters = event.path_parameters.as_ref().unwrap_or(&none);
    let pairs = parameters
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    T::deserialize(MapDeserializer::<_, serde::de::value::Error>::new(pairs))
        .map_err(|_| Kind::NotFound.into())
}

/// Reads the query parameters.
pub(crate) fn query<T: DeserializeOwned>(event: &Event) -> Result<T, Problem> {
    // As JSON texts: serde's own deserializer of pairs can't read a parameter that may be left out.
    let mut pairs = serde_json::Map::new();
    for (name, value) in form_urlencoded::parse(event.raw_query_string.as_bytes()) {
        if pairs.contains_key(&*name) {
            return Err(Problem::new(Kind::InvalidQuery)
                .field(format!("?{name}"), "is given more than once"));
        }
        pairs.insert(name.into_owned(), value.into());
    }
    serde_path_to_error::deserialize(serde_json::Value::Object(pairs)).map_err(|error| {
        let name = error
            .path()
            .iter()
            .next()
            .map(ToString::to_string)
            .unwrap_or_default();
        Problem::new(Kind::InvalidQuery).field(format!("?{name}"), error.inner().to_string())
    })
}

/// Reads the body.
pub(crate) fn body<T: DeserializeOwned>(
    event: &Event,
    declared: &Declaration,
) -> Result<T, Problem> {
    let bytes = event.body()?;
    if !declared.method.takes_body() {
        // RFC 9110, 9.3.1: content in a GET or DELETE has no meaning; it is not looked at.
        return from_json(b"{}");
    }
    if bytes.len() > declared.body_limit {
        let detail = format!(
            "The body has {} bytes; at most {} are accepted.",
            bytes.len(),
            declared.body_limit
        );
        return Err(Problem::new(Kind::BodyTooLarge).detail(detail));
    }
    if bytes.is_empty() {
        return from_json(b"{}");
    }
    if !is_json(event.header("content-type").unwrap_or_default(), declared) {
        return Err(Kind::UnsupportedMediaType.into());
    }
    from_json(&bytes)
}

/// Whether a body of this media type is read: JSON in UTF-8, and for a change also JSON Merge Patch (RFC 7396).
fn is_json(content_type: &str, declared: &Declaration) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default();
    let is_known = media_type.eq_ignore_ascii_case("application/json")
        || (declared.method == Method::Patch
            && media_type.eq_ignore_ascii_case("application/merge-patch+json"));
    let mut charsets = parts.filter_map(|part| part.split_once('='));
    let is_utf_8 = charsets.all(|(name, value)| {
        !name.trim().eq_ignore_ascii_case("charset")
            || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
    });
    is_known && is_utf_8
}

/// Reads a JSON object, and points at the field that does not fit.
fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // Serde would take a list for the fields in the order of their declaration, which is no promise of ours.
    let is_object = bytes.trim_ascii_start().starts_with(b"{");
    if is_object && let Ok(input) = serde_json::from_slice(bytes) {
        return Ok(input);
    }
    // All of it once more, to say why: what is no JSON has no fields to point at.
    let document: serde_json::Value = serde_json::from_slice(bytes).map_err(|error| {
        Problem::new(Kind::MalformedBody).detail(format!("The body is not valid JSON: {error}."))
    })?;
    if !document.is_object() {
        return Err(Problem::new(Kind::ValidationFailed).field("", "is not a JSON object"));
    }
    // And from the text: in the document, the second of two fields of one name has replaced the first.
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let text = error.inner().to_string();
        // serde_json ends its messages with the position, which a pointer makes superfluous.
        let detail = text
            .rsplit_once(" at line ")
            .map_or(text.as_str(), |(detail, _)| detail);
        Problem::new(Kind::ValidationFailed).field(pointer(error.path()), detail)
    })
}

/// The JSON pointer (RFC 6901) of a path.
fn pointer(path: &serde_path_to_error::Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Map { key } => {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            // What it is, is the name of its one member.
            Segment::Enum { variant } => {
                pointer.push('/');
                pointer.push_str(variant);
            }
            Segment::Unknown => {}
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Person {
        #[expect(dead_code, reason = "only read by serde")]
        name: String,
        #[serde(default)]
        #[expect(dead_code, reason = "only read by serde")]
        tags: Vec<u8>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        cursor: Option<String>,
        #[serde(default)]
        sort: Sort,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Sort {
        #[default]
        Newest,
        Oldest,
    }

    #[test]
    fn query_parameters_may_be_left_out_or_one_of_a_few() {
        let asked = |text: &str| {
            let mut event = Event::default();
            text.clone_into(&mut event.raw_query_string);
            query::<Asked>(&event)
        };
        let both = asked("cursor=a%20b&sort=oldest").unwrap();
        assert_eq!(
            (both.cursor.as_deref(), both.sort),
            (Some("a b"), Sort::Oldest)
        );
        let none = asked("").unwrap();
        assert_eq!((none.cursor, none.sort), (None, Sort::Newest));
        for (text, at) in [
            ("sort=x", "?sort"),
            ("cursor=a&cursor=b", "?cursor"),
            ("page=2", "?page"),
        ] {
            let problem = asked(text).unwrap_err();
            assert_eq!(problem.kind(), Kind::InvalidQuery);
            let pointers: Vec<_> = problem.errors().iter().map(|e| &e.pointer).collect();
            assert_eq!(pointers, [at]);
        }
    }

    #[test]
    fn problems_point_at_the_field() {
        for (body, kind, at) in [
            (&b"{\"name\": 7}"[..], Kind::ValidationFailed, "/name"),
            (
                b"{\"name\": \"x\", \"tags\": [1, \"y\"]}",
                Kind::ValidationFailed,
                "/tags/1",
            ),
            (
                b"{\"name\": \"x\", \"nam/e\": 1}",
                Kind::ValidationFailed,
                "/nam~1e",
            ),
            (b" [\"x\", []]", Kind::ValidationFailed, ""),
            (b"[", Kind::MalformedBody, ""),
            (b"{\"a\": 1, \"name\": ", Kind::MalformedBody, ""),
            (b"{\"name\": \"\\ud800\"}", Kind::MalformedBody, ""),
            (b"null", Kind::ValidationFailed, ""),
            (b"{\"name\": \"x\"} {}", Kind::MalformedBody, ""),
            (b"{\"name\": ", Kind::MalformedBody, ""),
            (b"{\"name\": \"\xff\"}", Kind::MalformedBody, ""),
            (
                b"{\"name\": \"x\", \"name\": \"y\"}",
                Kind::ValidationFailed,
                "",
            ),
        ] {
            let problem = from_json::<Person>(body).unwrap_err();
            assert_eq!(problem.kind(), kind, "{}", String::from_utf8_lossy(body));
            assert_eq!(
                problem
                    .errors()
                    .first()
                    .map_or("", |error| error.pointer.as_str()),
                at
            );
        }
    }

    #[test]
    fn only_json_in_utf_8_is_read() {
        let post = Declaration::post("/", "");
        let patch = Declaration::patch("/", "");
        for good in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/json;charset=\"utf-8\"",
        ] {
            assert!(is_json(good, &post), "{good}");
        }
        for wrong in [
            "",
            "text/plain",
            "application/json;charset=utf-16",
            "application/merge-patch+json",
        ] {
            assert!(!is_json(wrong, &post), "{wrong}");
        }
        assert!(is_json("application/merge-patch+json", &patch));
    }
}
