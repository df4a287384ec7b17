//! Signatures as S3 takes them: in a header, or in the query of a URL that somebody else uses (presigned).

use super::authorization::Authorization;
use super::{
    ALGORITHM, Incoming, Refusal, Style, canonical_request, check_session, check_signed_headers,
    hex,
};
use crate::clock::parse_basic_format;
use crate::credentials::{CredentialStore, Session};
use crate::form;
use jiff::{SignedDuration, Timestamp};
use ring::digest;
use std::sync::Arc;

/// What a request is signed with that promises nothing of its body.
const UNSIGNED: &str = "UNSIGNED-PAYLOAD";
const MAX_SKEW: SignedDuration = SignedDuration::from_mins(15);
/// The longest life of a URL: seven days.
const LONGEST: i64 = 604_800;

/// What a request to S3 says of its signature, wherever it stands.
struct Signed {
    authorization: Authorization,
    date: String,
    token: String,
    /// For how many seconds a URL is good.
    life: Option<i64>,
    payload: String,
}

/// Establishes whose request this is.
pub(crate) fn verify(
    request: &Incoming,
    region: &str,
    store: &CredentialStore,
    now: Timestamp,
) -> Result<Arc<Session>, Refusal> {
    let signed = match request.headers.contains_key(http::header::AUTHORIZATION) {
        true => in_headers(request)?,
        false => in_query(request)?,
    };
    let authorization = &signed.authorization;
    let session = store
        .find(&authorization.access_key_id)
        .ok_or(Refusal::UnknownToken)?;
    let signed_at = parse_basic_format(&signed.date)
        .ok_or_else(|| Refusal::Incomplete("X-Amz-Date is no date.".to_owned()))?;
    authorization.check_scope(&signed.date, "s3", region)?;
    check_signed_headers(request, &authorization.signed_headers)?;
    let canonical = canonical_request(
        request,
        &authorization.signed_headers,
        &signed.payload,
        Style::S3,
    )?;
    authorization.check(&canonical, &signed.date, signed_at, &session)?;
    if signed.payload != UNSIGNED
        && signed.payload != hex(digest::digest(&digest::SHA256, &request.body).as_ref())
    {
        return Err(Refusal::Mismatch(
            "The provided 'x-amz-content-sha256' header does not match what was computed."
                .to_owned(),
        ));
    }
    let age = now.duration_since(signed_at);
    let longest = signed.life.map_or(MAX_SKEW, SignedDuration::from_secs);
    if age > longest || -age > MAX_SKEW {
        return Err(Refusal::Overdue);
    }
    check_session(&session, &signed.token, now)?;
    Ok(session)
}

fn in_headers(request: &Incoming) -> Result<Signed, Refusal> {
    let needed = |name: &str| {
        request
            .header(name)
            .map(str::to_owned)
            .ok_or_else(|| Refusal::Incomplete(format!("The header {name} is missing.")))
    };
    Ok(Signed {
        authorization: Authorization::parse(&needed("authorization")?)?,
        date: needed("x-amz-date")?,
        token: request
            .header("x-amz-security-token")
            .unwrap_or_default()
            .to_owned(),
        life: None,
        payload: needed("x-amz-content-sha256")?,
    })
}

fn in_query(request: &Incoming) -> Result<Signed, Refusal> {
    let query = request.uri.query().unwrap_or_default();
    let parameter = |name: &str| -> Result<Option<String>, Refusal> {
        let mut found = None;
        for part in query.split('&') {
            let (given, value) = part.split_once('=').unwrap_or((part, ""));
            if given == name {
                let value = form::decode(value, false).map_err(Refusal::Incomplete)?;
                if found.replace(value).is_some() {
                    return Err(Refusal::Incomplete(format!("{name} is given twice.")));
                }
            }
        }
        Ok(found)
    };
    let Some(algorithm) = parameter("X-Amz-Algorithm")? else {
        return Err(Refusal::Missing);
    };
    let needed = |name: &str| {
        parameter(name)?.ok_or_else(|| {
            Refusal::Incomplete(format!(
                "Query-string authentication version 4 requires the parameter {name}."
            ))
        })
    };
    let life = needed("X-Amz-Expires")?.parse().ok();
    let life = life.filter(|life| algorithm == ALGORITHM && (1..=LONGEST).contains(life));
    let life = life.ok_or_else(|| {
        Refusal::Incomplete(
            "X-Amz-Algorithm must be AWS4-HMAC-SHA256, and X-Amz-Expires between 1 and 604800."
                .to_owned(),
        )
    })?;
    Ok(Signed {
        authorization: Authorization::of(
            &needed("X-Amz-Credential")?,
            &needed("X-Amz-SignedHeaders")?,
            &needed("X-Amz-Signature")?,
        )?,
        date: needed("X-Amz-Date")?,
        token: parameter("X-Amz-Security-Token")?.unwrap_or_default(),
        life: Some(life),
        payload: request
            .header("x-amz-content-sha256")
            .unwrap_or(UNSIGNED)
            .to_owned(),
    })
}
