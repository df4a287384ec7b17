//! The signature of the billing provider's events (Stripe's scheme).
//!
//! `stripe-signature: t=<seconds>,v1=<hex>[,v1=<hex>…]`, each `v1` an HMAC-SHA256 over `<t>.<body>`, byte for byte. While a
//! secret is being replaced the provider signs with both, and here both may be known. (Stripe docs, "Receive Stripe
//! events in your webhook endpoint", "Verify webhook signatures".)

use endpoint::RequestInfo;
use problem::{Kind, Problem};
use ring::hmac;
use tenant_context::{Aws, InitError, variable};
use tokens::keys::BillingSecret;

/// How old an event may be, and how far ahead its clock, in seconds.
const TOLERANCE: i64 = 300;
/// How many signatures are tried, whatever a header holds.
const MOST: usize = 8;

/// The secrets that events may be signed with.
pub struct Signatures(Vec<hmac::Key>);

impl Signatures {
    /// Reads the secret that the environment names, in Lambda's init phase.
    ///
    /// # Errors
    /// When it is not as the deployment makes it.
    pub async fn from_environment(aws: &Aws) -> Result<Self, InitError> {
        let text = aws.secret(&variable("BILLING_WEBHOOK_SECRET")?).await?;
        Self::from_secret(&text)
    }

    fn from_secret(text: &str) -> Result<Self, InitError> {
        let failed = |what: &dyn std::fmt::Display| {
            InitError(format!("the billing webhook's secret: {what}"))
        };
        let secret: BillingSecret = serde_json::from_str(text).map_err(|error| failed(&error))?;
        if secret.signing_secrets.is_empty()
            || secret.signing_secrets.iter().any(|one| one.len() < 16)
        {
            return Err(failed(&"holds no signing secret of 16 characters or more"));
        }
        let keys = secret.signing_secrets.iter();
        Ok(Self(
            keys.map(|one| hmac::Key::new(hmac::HMAC_SHA256, one.as_bytes()))
                .collect(),
        ))
    }

    /// Whether the request comes from the provider, and lately.
    ///
    /// # Errors
    /// `invalid-signature`
    pub fn verify(&self, request: &RequestInfo) -> Result<(), Problem> {
        let header = request.header("stripe-signature").unwrap_or_default();
        let now = jiff::Timestamp::now().as_second();
        if self.fits(header, &request.raw_body()?, now) {
            Ok(())
        } else {
            Err(Kind::InvalidSignature.into())
        }
    }

    fn fits(&self, header: &str, body: &[u8], now: i64) -> bool {
        let parts: Vec<(&str, &str)> = header
            .split(',')
            .filter_map(|part| part.trim().split_once('='))
            .collect();
        let Some((_, time)) = parts.iter().find(|(name, _)| *name == "t") else {
            return false;
        };
        let is_lately = |at: i64| now.abs_diff(at) <= TOLERANCE.unsigned_abs();
        if !time.parse().is_ok_and(is_lately) {
            return false;
        }
        let mut signed = format!("{time}.").into_bytes();
        signed.extend_from_slice(body);
        let signatures = parts.iter().filter(|(name, _)| *name == "v1").take(MOST);
        signatures
            .filter_map(|(_, hex)| from_hex(hex))
            // ring compares in constant time.
            .any(|tag| {
                self.0
                    .iter()
                    .any(|key| hmac::verify(key, &signed, &tag).is_ok())
            })
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits?;
    let bytes = digits.chunks(2).map(|pair| match pair {
        [high, low] => u8::try_from(high * 16 + low).ok(),
        _ => None,
    });
    bytes.collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    const BODY: &[u8] = br#"{"id": "evt_1"}"#;

    fn signatures() -> Signatures {
        let secret = r#"{"signing_secrets": ["whsec_old_0123456789", "whsec_new_0123456789"]}"#;
        Signatures::from_secret(secret).unwrap()
    }

    fn tag(secret: &str, time: i64, body: &[u8]) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let signed = [format!("{time}.").as_bytes(), body].concat();
        let tag = hmac::sign(&key, &signed);
        tag.as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    #[test]
    fn either_secret_and_any_of_several_signatures_will_do() {
        let (old, new) = (
            tag("whsec_old_0123456789", 1_000, BODY),
            tag("whsec_new_0123456789", 1_000, BODY),
        );
        let foreign = tag("whsec_of_somebody_else", 1_000, BODY);
        let all = signatures();
        for header in [
            format!("t=1000,v1={old}"),
            format!("t=1000,v1={new}"),
            format!("t=1000,v1={foreign},v1={new},v0=6ffbb59b"),
            format!("t=1000, v1={}", new.to_uppercase()),
        ] {
            assert!(all.fits(&header, BODY, 1_000), "{header}");
        }
    }

    #[test]
    fn what_is_not_signed_as_it_is_or_too_old_is_refused() {
        let good = tag("whsec_new_0123456789", 1_000, BODY);
        let all = signatures();
        let foreign = tag("whsec_of_somebody_else", 1_000, BODY);
        for header in [
            String::new(),
            "t=1000".to_owned(),
            format!("v1={good}"),
            format!("t=1001,v1={good}"),
            format!("t=1000,v0={good}"),
            format!("t=1000,v1={foreign}"),
            format!("t=1000,v1={}", good.get(..62).unwrap()),
            format!("t=1000,v1={good}0"),
            "t=1000,v1=zz".to_owned(),
            format!("t=now,v1={good}"),
        ] {
            assert!(!all.fits(&header, BODY, 1_000), "{header}");
        }
        let header = format!("t=1000,v1={good}");
        assert!(!all.fits(&header, b"{\"id\": \"evt_2\"}", 1_000));
        assert!(all.fits(&header, BODY, 1_300) && !all.fits(&header, BODY, 1_301));
        assert!(all.fits(&header, BODY, 700) && !all.fits(&header, BODY, 699));
    }

    #[test]
    fn a_secret_that_protects_nothing_is_refused_at_the_start() {
        for wrong in [
            "{}",
            "[]",
            r#"{"signing_secrets": []}"#,
            r#"{"signing_secrets": ["", "whsec_new_0123456789"]}"#,
        ] {
            assert!(Signatures::from_secret(wrong).is_err(), "{wrong}");
        }
    }
}
