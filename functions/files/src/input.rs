//! What is said of bytes that are to be uploaded.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::fmt::Write as _;

/// What S3 takes in one request: 5 GB.
const MOST: u64 = 5 * 1024 * 1024 * 1024;

/// How many bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(pub u64);

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u64::deserialize(deserializer)? {
            size if size <= MOST => Ok(Self(size)),
            _ => Err(D::Error::custom("is more than 5368709120 bytes (5 GB)")),
        }
    }
}

impl JsonSchema for Size {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Size".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer", "minimum": 0, "maximum": MOST, "examples": [1024]})
    }
}

/// A media type: `type/subtype`, and a `charset` at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaType(pub String);

impl<'de> Deserialize<'de> for MediaType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match is_media_type(&text) {
            true => Ok(Self(text)),
            false => Err(D::Error::custom("is no media type such as application/pdf")),
        }
    }
}

impl JsonSchema for MediaType {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "MediaType".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let token = "[a-zA-Z0-9!#$&^_.+-]+";
        let pattern = format!("^{token}/{token}(; charset={token})?$");
        json_schema!({"type": "string", "maxLength": 127, "pattern": pattern, "examples": ["application/pdf"]})
    }
}

fn is_media_type(text: &str) -> bool {
    let is_token = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte))
    };
    let (essence, charset) = match text.split_once("; charset=") {
        Some((essence, charset)) => (essence, Some(charset)),
        None => (text, None),
    };
    let halves = essence.split_once('/');
    text.len() <= 127
        && halves.is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
        && charset.is_none_or(is_token)
}

/// A SHA-256, in hexadecimal with small letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sha256(pub [u8; 32]);

impl<'de> Deserialize<'de> for Sha256 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        bytes(&text)
            .map(Self)
            .ok_or_else(|| D::Error::custom("is not 64 digits of 0-9 and a-f"))
    }
}

impl JsonSchema for Sha256 {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Sha256".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        json_schema!({"type": "string", "pattern": "^[0-9a-f]{64}$", "examples": [empty]})
    }
}

fn bytes(text: &str) -> Option<[u8; 32]> {
    let is_plain = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if text.len() != 64 || !text.bytes().all(is_plain) {
        return None;
    }
    let pairs = (0..64).step_by(2).map(|at| text.get(at..at + 2));
    let bytes: Option<Vec<u8>> = pairs
        .map(|pair| u8::from_str_radix(pair?, 16).ok())
        .collect();
    bytes?.try_into().ok()
}

/// The checksum as it is shown.
pub fn hex(bytes: [u8; 32]) -> String {
    let mut text = String::with_capacity(64);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_has_two_halves_and_nothing_that_ends_a_header() {
        for right in [
            "application/pdf",
            "text/plain; charset=utf-8",
            "image/svg+xml",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ] {
            assert!(is_media_type(right), "{right}");
        }
        let long = format!("text/{}", "x".repeat(123));
        for wrong in [
            "",
            "pdf",
            "a/",
            "/b",
            "a/b/c",
            "a/b\r\nx: y",
            "a b/c",
            "a/b;c",
            &long,
        ] {
            assert!(!is_media_type(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_checksum_has_one_spelling() {
        let text = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(bytes(text).map(hex).as_deref(), Some(text));
        for wrong in [&text[1..], &text.to_uppercase(), &text.replace('e', "+")] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
    }
}
