//! What a signature comes with: whose it is, for what, and which headers it covers.

use super::{ALGORITHM, MISMATCH, Refusal, hex};
use crate::credentials::Session;
use jiff::Timestamp;
use ring::{digest, hmac};
use std::time::SystemTime;

/// The parts of an `Authorization` header, or of the query that stands for one.
pub(super) struct Authorization {
    pub(super) access_key_id: String,
    date: String,
    region: String,
    service: String,
    pub(super) signed_headers: Vec<String>,
    signature: Vec<u8>,
}

impl Authorization {
    pub(super) fn parse(header: &str) -> Result<Self, Refusal> {
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
            .ok_or_else(|| incomplete("Authorization header requires 'Signature' parameter."))?;
        Self::of(credential, signed_headers, signature)
    }

    /// From its three parts.
    pub(super) fn of(
        credential: &str,
        signed_headers: &str,
        signature: &str,
    ) -> Result<Self, Refusal> {
        let incomplete = |message: &str| Refusal::Incomplete(message.to_owned());
        let signature = unhex(signature)
            .ok_or_else(|| incomplete("The signature must be 64 hexadecimal digits."))?;
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

    /// Signs the request again with the secret that belongs to the key id, and compares.
    pub(super) fn check(
        &self,
        canonical: &str,
        date: &str,
        signed_at: Timestamp,
        session: &Session,
    ) -> Result<(), Refusal> {
        let to_sign = format!(
            "{ALGORITHM}\n{date}\n{}\n{}",
            self.scope(),
            hex(digest::digest(&digest::SHA256, canonical.as_bytes()).as_ref())
        );
        let key = aws_sigv4::sign::v4::generate_signing_key(
            &session.credentials.secret_access_key,
            SystemTime::from(signed_at),
            &self.region,
            &self.service,
        );
        // `hmac::verify` compares in constant time.
        hmac::verify(
            &hmac::Key::new(hmac::HMAC_SHA256, key.as_ref()),
            to_sign.as_bytes(),
            &self.signature,
        )
        .map_err(|_| Refusal::Mismatch(MISMATCH.to_owned()))
    }

    fn scope(&self) -> String {
        format!(
            "{}/{}/{}/aws4_request",
            self.date, self.region, self.service
        )
    }

    pub(super) fn check_scope(
        &self,
        date_header: &str,
        service: &str,
        region: &str,
    ) -> Result<(), Refusal> {
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

/// The 32 bytes of a signature in hexadecimal.
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
