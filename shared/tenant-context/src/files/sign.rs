//! URLs that whoever holds them may use once for what they are signed for: one object, one method, and for an upload these
//! very bytes.

use super::{FileOf, Files, URL_LIFE};
use crate::errors::internal;
use crate::ids::UserId;
use aws_sigv4::http_request::{
    PercentEncodingMode, SessionTokenMode, SignableBody, SignableRequest, SignatureLocation,
    SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use problem::Problem;
use std::fmt::Write as _;
use std::time::{Duration, SystemTime};
use uuid::Uuid;

/// What a client is to send, and nothing else.
#[derive(Debug, Clone, Copy)]
pub struct Upload<'a> {
    /// How many bytes.
    pub size: u64,
    /// Their media type.
    pub content_type: &'a str,
    /// Their SHA-256.
    pub sha256: [u8; 32],
    /// Who uploads them.
    pub by: UserId,
}

/// A URL with what it is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedUrl {
    /// The URL.
    pub url: String,
    /// Headers that must be sent as they are, since the signature covers them.
    pub headers: Vec<(&'static str, String)>,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Files {
    /// A URL by which a new upload of a file can be sent with `PUT`. S3 takes exactly these bytes.
    ///
    /// # Errors
    /// `internal` when it can't be signed.
    pub fn upload_url(&self, file: FileOf, upload: &Upload<'_>) -> Result<SignedUrl, Problem> {
        let headers = vec![
            ("content-length", upload.size.to_string()),
            ("content-type", upload.content_type.to_owned()),
            (
                "x-amz-checksum-sha256",
                BASE64_STANDARD.encode(upload.sha256),
            ),
            ("x-amz-meta-by", upload.by.to_string()),
        ];
        self.signed("PUT", &file.key(Uuid::now_v7()), &[], headers)
    }

    /// A URL by which an upload can be fetched with `GET`, to be saved under a name.
    ///
    /// # Errors
    /// `internal` when it can't be signed.
    pub fn download_url(
        &self,
        file: FileOf,
        upload: Uuid,
        name: &str,
    ) -> Result<SignedUrl, Problem> {
        self.download_of(&file.key(upload), name)
    }

    pub(crate) fn download_of(&self, key: &str, name: &str) -> Result<SignedUrl, Problem> {
        // Never shown in the browser under the bucket's address, whatever the bytes are.
        let query = [("response-content-disposition", disposition(name))];
        self.signed("GET", key, &query, Vec::new())
    }

    /// Signs a request to one key of the bucket, or with an empty key to the bucket itself.
    pub(crate) fn signed(
        &self,
        method: &str,
        key: &str,
        query: &[(&str, String)],
        headers: Vec<(&'static str, String)>,
    ) -> Result<SignedUrl, Problem> {
        let now = SystemTime::now();
        let left = self.expires_at.duration_since(now).unwrap_or_default();
        let life = Duration::from_secs(left.min(URL_LIFE).as_secs().max(1));
        let mut url = format!("{}/{key}", self.place.url);
        for (position, (name, value)) in query.iter().enumerate() {
            let mark = if position == 0 { '?' } else { '&' };
            let _ = write!(url, "{mark}{name}={}", encoded(value));
        }
        let mut settings = SigningSettings::default();
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(life);
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.session_token_mode = SessionTokenMode::Include;
        let identity = self.credentials.clone().into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.place.region)
            .name("s3")
            .time(now)
            .settings(settings)
            .build()
            .map_err(|error| internal("signature", &error))?
            .into();
        let signable = headers.iter().map(|(name, value)| (*name, value.as_str()));
        let signed = SignableRequest::new(method, &url, signable, SignableBody::UnsignedPayload)
            .and_then(|request| sign(request, &params))
            .map_err(|error| internal("signature", &error))?;
        let (instructions, _) = signed.into_parts();
        for (name, value) in instructions.params() {
            let mark = if url.contains('?') { '&' } else { '?' };
            let _ = write!(url, "{mark}{name}={}", encoded(value));
        }
        let expires_at = Timestamp::try_from(now + life);
        Ok(SignedUrl {
            url,
            headers,
            expires_at: expires_at.map_err(|error| internal("expiry", &error))?,
        })
    }
}

/// The header that saves the bytes under a name (RFC 6266): in plain letters, and as it is for who understands that.
fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' | '.' | '-' | '_' | '(' | ')' => c,
            _ => '_',
        })
        .collect();
    format!(
        "attachment; filename=\"{plain}\"; filename*=UTF-8''{}",
        encoded(name)
    )
}

/// Percent-encodes everything but the unreserved characters of RFC 3986, as signatures want it.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_breaks_out_of_its_header() {
        assert_eq!(
            disposition("a\";b\r\n/ü.pdf"),
            "attachment; filename=\"a__b____.pdf\"; filename*=UTF-8''a%22%3Bb%0D%0A%2F%C3%BC.pdf"
        );
    }
}
