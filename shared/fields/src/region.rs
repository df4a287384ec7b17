//! Where people live and which language they read.

use crate::{from_text, shown};

/// A language, with script and region where they matter: `en`, `pt-BR`, `zh-Hant-TW` (BCP 47, as far as people use it).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locale(String);

impl Locale {
    fn parse(text: String) -> Result<Self, &'static str> {
        const WRONG: &str = "is not a language such as en, pt-BR or zh-Hant-TW";
        let letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
        let mut parts = text.split('-').peekable();
        let language = parts.next().unwrap_or_default();
        if !matches!(language.len(), 2 | 3) || !letters(language) {
            return Err(WRONG);
        }
        if parts
            .peek()
            .is_some_and(|part| part.len() == 4 && letters(part))
        {
            parts.next();
        }
        let region = parts.next().is_none_or(|part| {
            (part.len() == 2 && letters(part))
                || (part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit()))
        });
        if region && parts.next().is_none() {
            Ok(Self(text))
        } else {
            Err(WRONG)
        }
    }
}

from_text!(Locale, {"type": "string", "examples": ["en", "pt-BR"], "minLength": 2, "maxLength": 11});
shown!(Locale);

/// A time zone by its name in the IANA database: `UTC`, `Europe/Lisbon`, `America/Argentina/Buenos_Aires`. Its form is
/// checked; the database changes several times a year, and whoever shows times has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeZone(String);

impl TimeZone {
    fn parse(text: String) -> Result<Self, &'static str> {
        const WRONG: &str = "is not a time zone such as UTC or Europe/Lisbon";
        let is_part = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_uppercase())
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"_+-".contains(&byte))
        };
        let parts: Vec<&str> = text.split('/').collect();
        let is_name = parts.len() >= 2 || text == "UTC";
        if is_name && parts.len() <= 3 && text.len() <= 64 && parts.iter().all(|p| is_part(p)) {
            Ok(Self(text))
        } else {
            Err(WRONG)
        }
    }
}

from_text!(TimeZone, {"type": "string", "examples": ["UTC", "Europe/Lisbon"], "maxLength": 64});
shown!(TimeZone);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages() {
        for good in ["en", "pt-BR", "zh-Hant-TW", "es-419", "gsw"] {
            assert!(good.parse::<Locale>().is_ok(), "{good}");
        }
        for wrong in [
            "", "e", "english", "en_US", "en-", "en-USA", "en-US-x", "12",
        ] {
            assert!(wrong.parse::<Locale>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn time_zones() {
        for good in [
            "UTC",
            "Europe/Lisbon",
            "America/Argentina/Buenos_Aires",
            "Etc/GMT+1",
        ] {
            assert!(good.parse::<TimeZone>().is_ok(), "{good}");
        }
        for wrong in ["", "utc", "Lisbon", "Europe/", "../etc/passwd", "A/B/C/D"] {
            assert!(wrong.parse::<TimeZone>().is_err(), "{wrong}");
        }
    }
}
