//! Signature Version 4, verified: the request is signed again with the secret we know for the presented key id, over exactly the
//! headers the client says it signed, and the two signatures are compared.

use crate::api_error::ApiError;
use crate::clock::{basic_format, parse_basic_format};
use crate::credentials::{CredentialStore, Session};
use crate::form;
use axum::body::Bytes;
use http::{HeaderMap, Method, Uri};
use jiff::{SignedDuration, Timestamp};
use ring::{digest, hmac};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::SystemTime;

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
            Self::Expired => ApiError::forbidden(
                "ExpiredToken",
                "The security token included in the request is expired",
            ),
        }
    }
}

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const MAX_SKEW: SignedDuration = SignedDuration::from_mins(5);
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
    let canonical = canonical_request(request, &authorization.signed_headers, &body_hash)?;
    let to_sign = format!(
        "{ALGORITHM}\n{date_header}\n{}\n{}",
        authorization.scope(),
        hex(digest::digest(&digest::SHA256, canonical.as_bytes()).as_ref())
    );
    let secret = &session.credentials.secret_access_key;
    let key = aws_sigv4::sign::v4::generate_signing_key(
        secret,
        SystemTime::from(signed_at),
        region,
        service,
    );
    // `hmac::verify` compares in constant time.
    hmac::verify(
        &hmac::Key::new(hmac::HMAC_SHA256, key.as_ref()),
        to_sign.as_bytes(),
        &authorization.signature,
    )
    .map_err(|_| Refusal::Mismatch(MISMATCH.to_owned()))?;
    if request.headers.contains_key("x-amz-content-sha256")
        && request.header("x-amz-content-sha256") != Some(body_hash.as_str())
    {
        return Err(Refusal::Mismatch(
            "The value of the 'X-Amz-Content-Sha256' header does not match the body.".to_owned(),
        ));
    }
    check_skew(signed_at, now)?;

    let token = request.header("x-amz-security-token").unwrap_or_default();
    if !same(
        token.as_bytes(),
        session.credentials.session_token.as_bytes(),
    ) {
        return Err(Refusal::UnknownToken);
    }
    if session.has_expired(now) {
        return Err(Refusal::Expired);
    }
    Ok(session)
}

/// The parts of an `Authorization` header.
struct Authorization {
    access_key_id: String,
    date: String,
    region: String,
    service: String,
    signed_headers: Vec<String>,
    signature: Vec<u8>,
}

impl Authorization {
    fn parse(header: &str) -> Result<Self, Refusal> {
        let incomplete = |message: &str| Refusal::Incomplete(message.to_owned());
        let fields = header
            .strip_prefix(ALGORITHM)
            .ok_or_else(|| incomplete("Authorization header must use AWS4-HMAC-SHA256."))?;
        let (mut credential, mut signed_headers, mut signature) = (None, None, None);
        for field in fields.split(',') {
            let slot = match field.trim().split_once('=') {
                Some(("Credential", value)) => (&mut credential, value),
                Some(("SignedHeaders", value)) => (&mut signed_headers, value),
                Some(("Signature", value)) => (&mut signature, value),
                _ => return Err(incomplete("Authorization header has an unknown part.")),
            };
            if slot.0.replace(slot.1).is_some() {
                return Err(incomplete("Authorization header has a repeated part."));
            }
        }
        let credential = credential
            .ok_or_else(|| incomplete("Authorization header requires 'Credential' parameter."))?;
        let signed_headers = signed_headers.ok_or_else(|| {
            incomplete("Authorization header requires 'SignedHeaders' parameter.")
        })?;
        let signature = signature
            .and_then(unhex)
            .ok_or_else(|| incomplete("Authorization header requires 'Signature' parameter."))?;
        let mut parts = credential.split('/');
        match (
            parts.next(),
            parts.next(),
            parts.next(),
            parts.next(),
            parts.next(),
            parts.next(),
        ) {
            (Some(id), Some(date), Some(region), Some(service), Some("aws4_request"), None) => {
                Ok(Self {
                    access_key_id: id.to_owned(),
                    date: date.to_owned(),
                    region: region.to_owned(),
                    service: service.to_owned(),
                    signed_headers: signed_headers.split(';').map(str::to_owned).collect(),
                    signature,
                })
            }
            _ => Err(incomplete(
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.",
            )),
        }
    }

    fn scope(&self) -> String {
        format!(
            "{}/{}/{}/aws4_request",
            self.date, self.region, self.service
        )
    }

    fn check_scope(&self, date_header: &str, service: &str, region: &str) -> Result<(), Refusal> {
        if !date_header.starts_with(&self.date) || self.date.len() != 8 {
            return Err(Refusal::Mismatch("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.".to_owned()));
        }
        if self.service != service {
            return Err(Refusal::Mismatch(format!(
                "Credential should be scoped to correct service: '{service}'."
            )));
        }
        if self.region != region {
            return Err(Refusal::Mismatch(format!(
                "Credential should be scoped to a valid region, not '{}'; locally it is '{region}'.",
                self.region
            )));
        }
        Ok(())
    }
}

/// The host and every `x-amz-` header decide what a request means, so each must be covered by the signature.
fn check_signed_headers(request: &Incoming, signed: &[String]) -> Result<(), Refusal> {
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

fn canonical_request(
    request: &Incoming,
    signed: &[String],
    body_hash: &str,
) -> Result<String, Refusal> {
    let malformed = |message: String| Refusal::Mismatch(message);
    let mut text = format!(
        "{}\n{}\n{}\n",
        request.method,
        canonical_path(request.uri.path()),
        canonical_query(request.uri.query().unwrap_or_default()).map_err(malformed)?
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

/// Each segment of the path is encoded once more than it is on the wire.
fn canonical_path(path: &str) -> String {
    path.split('/')
        .map(form::encode)
        .collect::<Vec<_>>()
        .join("/")
}

fn canonical_query(query: &str) -> Result<String, String> {
    let mut pairs = Vec::new();
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        pairs.push(format!(
            "{}={}",
            form::encode(&form::decode(name, false)?),
            form::encode(&form::decode(value, false)?)
        ));
    }
    pairs.sort_unstable();
    Ok(pairs.join("&"))
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

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let digits = digits.filter(|digits| digits.len() == 64)?;
    Some(
        digits
            .chunks(2)
            .map(|pair| pair.iter().fold(0, |byte, digit| byte * 16 + digit))
            .collect(),
    )
}
