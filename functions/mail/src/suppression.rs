//! Addresses that get no more mail: those that bounced for good, and those whose owner complained. They are known by a hash.

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

/// For how long: an address that once bounced may have an owner again.
const KEPT_SECONDS: i64 = 365 * 24 * 3600;

/// The item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// `bounce` or `complaint`.
    pub reason: String,
    /// Since when, in seconds since 1970.
    pub since: i64,
    /// When it ends.
    pub ttl: i64,
}

impl Suppression {
    /// From `now` on.
    pub fn new(reason: &str, now: i64) -> Self {
        Self {
            reason: reason.to_owned(),
            since: now,
            ttl: now.saturating_add(KEPT_SECONDS),
        }
    }
}

/// The address with its domain as mail servers take it (RFC 5890): `ada@münchen.example` → `ada@xn--mnchen-3ya.example`.
pub(crate) fn in_ascii(address: &str) -> Option<String> {
    let (local, domain) = address.rsplit_once('@')?;
    let domain = idna::domain_to_ascii(domain).ok()?;
    Some(format!("{local}@{domain}"))
}

/// How an address is known here: SHA-256 of its normalised form, in hexadecimal.
pub fn hash(address: &str) -> String {
    let address = address.trim();
    let normalised = in_ascii(address).unwrap_or_else(|| address.to_owned());
    let normalised = normalised.to_lowercase();
    let digest = digest(&SHA256, normalised.as_bytes());
    digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_hash_however_it_is_written() {
        assert_eq!(hash("Ada@Example.com "), hash("ada@example.com"));
        assert_ne!(hash("ada@example.com"), hash("ada@example.org"));
        assert_eq!(hash("ada@example.com").len(), 64);
        // SES tells of the form that it was given.
        assert_eq!(
            hash("ada@m\u{fc}nchen.example"),
            hash("ada@xn--mnchen-3ya.example")
        );
    }

    #[test]
    fn a_domain_goes_out_in_ascii() {
        let ascii = in_ascii("Ada@M\u{fc}nchen.example");
        assert_eq!(ascii.as_deref(), Some("Ada@xn--mnchen-3ya.example"));
        assert_eq!(in_ascii("nobody"), None);
    }
}
