//! A tenant's settings, `SETTINGS`: typed, each with a default.
//!
//! What every request must know of them (`mfa_required`, `session_max_hours`) is copied to the tenant's own item in the
//! same transaction.

use crate::keys::TenantKeys;
use crate::table::Table;
use problem::Problem;
use serde::{Deserialize, Serialize};

/// A tenant's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct Settings {
    /// The language and region of the tenant, as a BCP 47 tag.
    pub locale: String,
    /// The time zone of the tenant, by its IANA name.
    pub time_zone: String,
    /// How long after its beginning a session is good, however often it is refreshed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_max_hours: Option<u32>,
    /// How many characters a new password of its members must have.
    pub password_min_length: usize,
    /// Whether its members must give a second factor.
    pub mfa_required: bool,
    /// The domains of the addresses that may be invited; any where there is none.
    pub allowed_email_domains: Vec<String>,
    /// For how many days what is deleted or logged is kept.
    pub retention_days: u32,
    /// Counts the changes, and goes into `ETag`; 0 where none was made.
    pub version: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            locale: "en".to_owned(),
            time_zone: "UTC".to_owned(),
            session_max_hours: None,
            password_min_length: 8,
            mfa_required: false,
            allowed_email_domains: Vec::new(),
            retention_days: 365,
            version: 0,
        }
    }
}

impl Settings {
    /// Reads them; where none were ever made, the defaults.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn read(table: &Table, keys: TenantKeys) -> Result<Self, Problem> {
        Ok(table.get(&keys.settings()).await?.unwrap_or_default())
    }

    /// Whether somebody with this address may be invited. Domains below an allowed one are others.
    pub fn allow_email(&self, address: &str) -> bool {
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        self.allowed_email_domains.is_empty()
            || self
                .allowed_email_domains
                .iter()
                .any(|allowed| allowed.eq_ignore_ascii_case(domain))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_allowed_domains_alone() {
        let mut settings = Settings::default();
        assert!(settings.allow_email("ada@anywhere.example"));
        settings.allowed_email_domains = vec!["acme.example".to_owned()];
        assert!(settings.allow_email("ada@ACME.example"));
        for other in [
            "ada@sub.acme.example",
            "ada@notacme.example",
            "acme.example",
        ] {
            assert!(!settings.allow_email(other), "{other}");
        }
    }
}
