//! Codes that change with the time (RFC 6238): HMAC-SHA-1, six digits, 30 seconds, which is what all authenticator apps do.
//!
//! HMAC-SHA-1 is sound where SHA-1 alone is not: finding a code needs the key, and collisions don't give it (RFC 6194, 3.3).

use crate::base32;
use problem::Problem;
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};
use std::fmt::Write as _;
use tenant_context::errors;

/// Seconds that a code is shown.
const PERIOD: i64 = 30;
/// Codes before and after the present one that are taken: clocks differ, and typing takes time (RFC 6238, 5.2).
const WINDOW: i64 = 1;
const DIGITS: usize = 6;

/// What app and product share: 160 bits (RFC 4226, 4, R6).
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; 20]);

impl TotpSecret {
    /// A fresh one.
    ///
    /// # Errors
    /// `internal` when the random source fails.
    pub fn generate() -> Result<Self, Problem> {
        let mut secret = Self([0; 20]);
        SystemRandom::new()
            .fill(&mut secret.0)
            .map_err(|error| errors::internal("random source", &error))?;
        Ok(secret)
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As people type it into an app.
    pub fn base32(&self) -> String {
        base32::encode(&self.0, base32::STANDARD)
    }

    /// As apps read it from a picture: <https://github.com/google/google-authenticator/wiki/Key-Uri-Format>.
    pub fn otpauth_uri(&self, issuer: &str, account: &str) -> String {
        let (issuer, account, secret) = (escaped(issuer), escaped(account), self.base32());
        format!(
            "otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={PERIOD}"
        )
    }

    /// The time step, later than `after`, whose code this is, if it is taken at `now` (seconds since 1970).
    pub fn step_of(&self, code: &str, now: i64, after: i64) -> Option<i64> {
        let digits: String = code.chars().filter(|c| *c != ' ').collect();
        if digits.len() != DIGITS || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        let given: u32 = digits.parse().ok()?;
        let present = now.div_euclid(PERIOD);
        // All of them are computed and compared, whichever it is.
        let matching: Vec<i64> = (present - WINDOW..=present + WINDOW)
            .filter(|step| self.code(*step) == given)
            .collect();
        matching.into_iter().find(|step| *step > after)
    }

    /// The code of a time step (RFC 4226, 5.3).
    fn code(&self, step: i64) -> u32 {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let offset = usize::from(tag.as_ref().last().copied().unwrap_or_default() & 0xf);
        let word = tag.as_ref().iter().skip(offset).take(4);
        let word = word.fold(0, |word: u32, byte| word << 8 | u32::from(*byte));
        (word & 0x7fff_ffff) % 1_000_000
    }
}

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

/// Percent-encoded, but for the unreserved characters (RFC 3986, 2.3).
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a String does not fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn of_the_rfc() -> TotpSecret {
        TotpSecret::from_bytes(b"12345678901234567890").unwrap()
    }

    /// RFC 6238, appendix B (SHA-1). Its codes have eight digits; ours are their last six.
    #[test]
    fn the_examples_of_the_rfc() {
        for (time, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            let six = code.split_at(2).1;
            assert_eq!(
                of_the_rfc().step_of(six, time, 0),
                Some(time / 30),
                "{time}"
            );
        }
    }

    #[test]
    fn a_code_is_taken_one_step_early_or_late_and_no_more() {
        let (secret, code, step) = (of_the_rfc(), "050471", 1_111_111_111 / 30);
        let at = |step: i64| secret.step_of(code, step * 30, 0);
        assert_eq!(at(step - 1), Some(step));
        assert_eq!(at(step + 1), Some(step));
        assert_eq!(secret.step_of(code, (step + 1) * 30 + 29, 0), Some(step));
        assert_eq!((at(step - 2), at(step + 2)), (None, None));
    }

    #[test]
    fn a_code_is_not_taken_again() {
        let step = 1_111_111_111 / 30;
        let taken = |after: i64| of_the_rfc().step_of("050471", 1_111_111_111, after);
        assert_eq!(taken(step - 1), Some(step));
        assert_eq!((taken(step), taken(step + 1)), (None, None));
    }

    #[test]
    fn what_is_no_code_is_wrong() {
        let now = 1_111_111_111;
        for wrong in [
            "",
            "05047",
            "0504711",
            "14050471",
            "05047a",
            "+50471",
            "-50471",
            "٠٥٠٤٧١",
            "050472",
        ] {
            assert_eq!(of_the_rfc().step_of(wrong, now, 0), None, "{wrong}");
        }
        assert!(of_the_rfc().step_of("050 471", now, 0).is_some());
    }

    #[test]
    fn apps_read_the_uri() {
        assert_eq!(
            of_the_rfc().otpauth_uri("Tenantry", "ada+1@acme.example"),
            "otpauth://totp/Tenantry:ada%2B1%40acme.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Tenantry&algorithm=SHA1&digits=6&period=30"
        );
        assert_ne!(
            TotpSecret::generate().unwrap().base32(),
            TotpSecret::generate().unwrap().base32()
        );
        assert_eq!(format!("{:?}", of_the_rfc()), "TotpSecret(…)");
    }
}
