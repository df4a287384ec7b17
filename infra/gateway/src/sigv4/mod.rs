//! Signature Version 4, verified: the request is signed again with the secret we know for the presented key id, over exactly the
//! headers the client says it signed, and the two signatures are compared.

mod authorization;
mod canonical;
mod s3;

use crate::api_error::ApiError;
use crate::clock::{basic_format, parse_basic_format};
use crate::credentials::{CredentialStore, Session};
use authorization::Authorization;
use axum::body::Bytes;
pub(crate) use canonical::hex;
use canonical::{Style, canonical_request, check_signed_headers};
use http::{HeaderMap, Method, Uri};
use jiff::{SignedDuration, Timestamp};
use ring::digest;
pub(crate) use s3::verify as verify_s3;
use std::sync::Arc;

/// A request as it came over the wire.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Incoming {
    /// A header's text, if it is given once.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next()?.to_str().ok()?;
        values.next().is_none().then_some(value)
    }
}

/// Why a request is not believed to come from whom it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There is no `Authorization` header.
    Missing,
    /// The header lacks a part, or a header that must be signed is not.
    Incomplete(String),
    /// The key id or the session token is not one of ours.
    UnknownToken,
    /// The signature does not fit.
    Mismatch(String),
    /// The credentials were ours and have expired.
    Expired,
    /// The URL was signed for a time that is over.
    Overdue,
}

impl Refusal {
    /// The error as DynamoDB, Secrets Manager and SES word it.
    pub(crate) fn for_json(self) -> ApiError {
        match self {
            Self::Missing => ApiError::client(
                "MissingAuthenticationTokenException",
                "Request is missing Authentication Token",
            ),
            Self::Incomplete(message) => ApiError::client("IncompleteSignatureException", message),
            Self::UnknownToken => ApiError::client(
                "UnrecognizedClientException",
                "The security token included in the request is invalid.",
            ),
            Self::Mismatch(message) => ApiError::client("InvalidSignatureException", message),
            Self::Overdue => ApiError::client("InvalidSignatureException", OVERDUE),
            Self::Expired => ApiError::client(
                "ExpiredTokenException",
                "The security token included in the request is expired",
            ),
        }
    }

    /// The error as STS words it.
    pub(crate) fn for_query(self) -> ApiError {
        match self {
            Self::Missing => ApiError::forbidden(
                "MissingAuthenticationToken",
                "Request is missing Authentication Token",
            ),
            Self::Incomplete(message) => ApiError::client("IncompleteSignature", message),
            Self::UnknownToken => ApiError::forbidden(
                "InvalidClientTokenId",
                "The security token included in the request is invalid.",
            ),
            Self::Mismatch(message) => ApiError::forbidden("SignatureDoesNotMatch", message),
            Self::Overdue => ApiError::forbidden("SignatureDoesNotMatch", OVERDUE),
            Self::Expired => ApiError::forbidden(
                "ExpiredToken",
                "The security token included in the request is expired",
            ),
        }
    }
}

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const MAX_SKEW: SignedDuration = SignedDuration::from_mins(5);
const OVERDUE: &str = "Request has expired";
const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

/// Establishes whose request this is.
pub(crate) fn verify(
    request: &Incoming,
    service: &str,
    region: &str,
    store: &CredentialStore,
    now: Timestamp,
) -> Result<Arc<Session>, Refusal> {
    if !request.headers.contains_key(http::header::AUTHORIZATION) {
        return Err(Refusal::Missing);
    }
    let authorization = Authorization::parse(request.header("authorization").unwrap_or_default())?;
    let session = store
        .find(&authorization.access_key_id)
        .ok_or(Refusal::UnknownToken)?;

    let date_header = request.header("x-amz-date").ok_or_else(|| {
        Refusal::Incomplete(
            "Authorization header requires existence of a single 'X-Amz-Date' header.".to_owned(),
        )
    })?;
    let signed_at = parse_basic_format(date_header).ok_or_else(|| {
        Refusal::Incomplete(format!(
            "Date must be in ISO-8601 'basic format'. Got '{date_header}'."
        ))
    })?;
    authorization.check_scope(date_header, service, region)?;
    check_signed_headers(request, &authorization.signed_headers)?;

    let body_hash = hex(digest::digest(&digest::SHA256, &request.body).as_ref());
    let canonical = canonical_request(
        request,
        &authorization.signed_headers,
        &body_hash,
        Style::Usual,
    )?;
    authorization.check(&canonical, date_header, signed_at, &session)?;
    if request.headers.contains_key("x-amz-content-sha256")
        && request.header("x-amz-content-sha256") != Some(body_hash.as_str())
    {
        return Err(Refusal::Mismatch(
            "The value of the 'X-Amz-Content-Sha256' header does not match the body.".to_owned(),
        ));
    }
    check_skew(signed_at, now)?;

    let token = request.header("x-amz-security-token").unwrap_or_default();
    check_session(&session, token, now)?;
    Ok(session)
}

/// Whether the session's token was sent along, and the session still lasts.
fn check_session(session: &Session, token: &str, now: Timestamp) -> Result<(), Refusal> {
    if !same(
        token.as_bytes(),
        session.credentials.session_token.as_bytes(),
    ) {
        return Err(Refusal::UnknownToken);
    }
    if session.has_expired(now) {
        return Err(Refusal::Expired);
    }
    Ok(())
}

fn check_skew(signed_at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    let age = now.duration_since(signed_at);
    let (signed, limit) = (basic_format(signed_at), |limit: SignedDuration| {
        basic_format(now.saturating_add(limit).unwrap_or(now))
    });
    if age > MAX_SKEW {
        return Err(Refusal::Mismatch(format!(
            "Signature expired: {signed} is now earlier than {} ({} - 5 min.)",
            limit(-MAX_SKEW),
            basic_format(now)
        )));
    }
    if -age > MAX_SKEW {
        return Err(Refusal::Mismatch(format!(
            "Signature not yet current: {signed} is still later than {} ({} + 5 min.)",
            limit(MAX_SKEW),
            basic_format(now)
        )));
    }
    Ok(())
}

/// Compares two secrets without telling by the time taken where they differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .fold(0, |difference, (x, y)| difference | (x ^ y))
            == 0
}
