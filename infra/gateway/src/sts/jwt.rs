//! Identity tokens: their form, signature and times.

use super::jwks::{JwksCache, JwksSource, NoKey};
use crate::api_error::ApiError;
use crate::strict_json;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Map, Value};

/// How far the issuer's clock may be off, in seconds.
const SKEW_SECONDS: i64 = 60;
/// AWS's limit for a web identity token.
const MAX_LENGTH: usize = 20_000;

/// The claims of a token whose signature holds.
#[derive(Debug)]
pub(crate) struct Claims {
    pub(crate) subject: String,
    pub(crate) audience: String,
    pub(crate) all: Map<String, Value>,
}

/// Verifies a token of this issuer.
pub(crate) async fn verify(
    token: &str,
    issuer: &str,
    cache: &JwksCache,
    source: &dyn JwksSource,
    now: Timestamp,
) -> Result<Claims, ApiError> {
    if token.len() > MAX_LENGTH {
        return Err(super::validation(
            "1 validation error detected: Value at 'webIdentityToken' failed to satisfy constraint: Member must have length less than or equal to 20000",
        ));
    }
    let (signed, signature) = token.rsplit_once('.').ok_or_else(|| invalid("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"))?;
    let (header, payload) = signed
        .split_once('.')
        .filter(|(_, payload)| !payload.contains('.'))
        .ok_or_else(|| invalid("The ID Token provided is not a valid JWT."))?;
    let header = object(header)?;
    let claims = object(payload)?;
    let kid = header
        .get("kid")
        .and_then(Value::as_str)
        .ok_or_else(|| invalid("The token's header has no kid"))?;
    if header.get("alg").and_then(Value::as_str) != Some("ES256") || header.contains_key("crit") {
        return Err(invalid("The token must be signed with ES256"));
    }
    if claims.get("iss").and_then(Value::as_str) != Some(issuer) {
        return Err(invalid(format!(
            "No OpenIDConnect provider found in your account for {}",
            claims
                .get("iss")
                .and_then(Value::as_str)
                .unwrap_or_default()
        )));
    }
    let key = cache.key(source, kid).await.map_err(|error| match error {
        NoKey::Unreachable(detail) => ApiError::client("IDPCommunicationError", format!("The identity provider's keys could not be fetched: {detail}")),
        NoKey::Unknown => invalid("Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements"),
    })?;
    let signature = decode(signature)?;
    if !key.verifies(signed.as_bytes(), &signature) {
        return Err(invalid("The token's signature does not verify"));
    }
    check_times(&claims, now.as_second())?;
    Ok(Claims {
        subject: one_text(&claims, "sub")?,
        audience: one_text(&claims, "aud")?,
        all: claims,
    })
}

fn check_times(claims: &Map<String, Value>, now: i64) -> Result<(), ApiError> {
    let time = |name: &str| match claims.get(name) {
        None => Ok(None),
        Some(value) => value
            .as_i64()
            .map(Some)
            .ok_or_else(|| invalid(format!("The claim {name} must be a whole number"))),
    };
    let expires = time("exp")?.ok_or_else(|| invalid("Missing a required claim: exp"))?;
    let issued = time("iat")?.ok_or_else(|| invalid("Missing a required claim: iat"))?;
    if now >= expires.saturating_add(SKEW_SECONDS) {
        return Err(ApiError::client(
            "ExpiredTokenException",
            format!(
                "Token expired: current date/time {now} must be before the expiration date/time {expires}"
            ),
        ));
    }
    let begins = time("nbf")?.unwrap_or(issued).max(issued);
    if begins > now.saturating_add(SKEW_SECONDS) {
        return Err(invalid("The token is not valid yet"));
    }
    Ok(())
}

/// A claim that is one string; for the audience a list of one counts as well.
fn one_text(claims: &Map<String, Value>, name: &str) -> Result<String, ApiError> {
    let value = match claims.get(name) {
        Some(Value::Array(list)) if name == "aud" && list.len() == 1 => list.first(),
        other => other,
    };
    value
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .ok_or_else(|| invalid(format!("Missing a required claim: {name}, as one string")))
}

fn object(part: &str) -> Result<Map<String, Value>, ApiError> {
    strict_json::parse_object(&decode(part)?)
        .map_err(|_| invalid("The ID Token provided is not a valid JWT."))
}

fn decode(part: &str) -> Result<Vec<u8>, ApiError> {
    URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| invalid("The ID Token provided is not a valid JWT."))
}

pub(crate) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::client("InvalidIdentityToken", message)
}
