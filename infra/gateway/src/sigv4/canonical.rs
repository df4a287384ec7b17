//! The one text that a request is signed as.

use super::{Incoming, Refusal};
use crate::form;
use std::fmt::Write as _;

/// The host and every `x-amz-` header decide what a request means, so each must be covered by the signature.
pub(super) fn check_signed_headers(request: &Incoming, signed: &[String]) -> Result<(), Refusal> {
    let mut sorted = signed.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted != signed
        || signed
            .iter()
            .any(|name| name.chars().any(|c| c.is_ascii_uppercase()))
    {
        return Err(Refusal::Incomplete(
            "SignedHeaders must be lower-case names in order, each once.".to_owned(),
        ));
    }
    let must_be_signed = |name: &str| name == "host" || name.starts_with("x-amz-");
    let unsigned = std::iter::once("host")
        .chain(request.headers.keys().map(http::HeaderName::as_str))
        .find(|name| must_be_signed(name) && !signed.iter().any(|known| known == name));
    match unsigned {
        Some(name) => Err(Refusal::Mismatch(format!(
            "'{name}' must be a 'SignedHeader' in the AWS Credential Scope."
        ))),
        None => Ok(()),
    }
}

/// How a service writes the path and the query that it signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Each segment of the path is encoded once more than it is on the wire.
    Usual,
    /// The path is encoded once, and the signature itself may stand in the query.
    S3,
}

pub(super) fn canonical_request(
    request: &Incoming,
    signed: &[String],
    body_hash: &str,
    style: Style,
) -> Result<String, Refusal> {
    let malformed = |message: String| Refusal::Mismatch(message);
    let mut text = format!(
        "{}\n{}\n{}\n",
        request.method,
        canonical_path(request.uri.path(), style).map_err(malformed)?,
        canonical_query(request.uri.query().unwrap_or_default(), style).map_err(malformed)?
    );
    for name in signed {
        let values: Vec<String> = request
            .headers
            .get_all(name)
            .iter()
            .map(|value| {
                value
                    .to_str()
                    .map(|text| text.split_ascii_whitespace().collect::<Vec<_>>().join(" "))
            })
            .collect::<Result<_, _>>()
            .map_err(|_| malformed(format!("the header '{name}' is not plain text")))?;
        if values.is_empty() {
            return Err(malformed(format!("the signed header '{name}' is missing")));
        }
        let _ = writeln!(text, "{name}:{}", values.join(","));
    }
    let _ = write!(text, "\n{}\n{body_hash}", signed.join(";"));
    Ok(text)
}

fn canonical_path(path: &str, style: Style) -> Result<String, String> {
    let segments = path.split('/').map(|segment| match style {
        Style::Usual => Ok(form::encode(segment)),
        Style::S3 => Ok(form::encode(&form::decode(segment, false)?)),
    });
    Ok(segments.collect::<Result<Vec<_>, String>>()?.join("/"))
}

fn canonical_query(query: &str, style: Style) -> Result<String, String> {
    let mut pairs = Vec::new();
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        if style == Style::S3 && name == "X-Amz-Signature" {
            continue;
        }
        pairs.push(format!(
            "{}={}",
            form::encode(&form::decode(name, false)?),
            form::encode(&form::decode(value, false)?)
        ));
    }
    pairs.sort_unstable();
    Ok(pairs.join("&"))
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
