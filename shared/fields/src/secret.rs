//! Passwords.

use crate::from_text;
use crate::text::characters;
use unicode_normalization::UnicodeNormalization as _;

/// A password as someone typed it: 8 to 128 characters of any Unicode, in NFC, so that one keyboard's spelling opens
/// what another's closed (NIST SP 800-63B, 5.1.1.2). It is never written anywhere: no `Display`, no `Serialize`.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    fn parse(sent: String) -> Result<Self, &'static str> {
        let text: String = sent.nfc().collect();
        if text.chars().count() < 8 {
            return Err("is shorter than 8 characters");
        }
        if characters(&sent, &text) > 128 {
            return Err("is longer than 128 characters");
        }
        Ok(Self(text))
    }

    /// The bytes to be hashed.
    pub fn expose(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Whether the password holds `text`, letter case aside. Texts of fewer than 4 characters don't count.
    pub fn holds(&self, text: &str) -> bool {
        text.chars().count() >= 4 && self.0.to_lowercase().contains(&text.to_lowercase())
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

from_text!(Password, {"type": "string", "format": "password", "minLength": 8, "maxLength": 128});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_unicode_of_8_to_128_characters() {
        for good in [
            "12345678",
            "пароль-из-букв",
            &"ü".repeat(128),
            "with space inside",
        ] {
            assert!(good.parse::<Password>().is_ok(), "{good}");
        }
        for wrong in ["", "1234567", &"x".repeat(129), &"e\u{301}".repeat(65)] {
            assert!(wrong.parse::<Password>().is_err(), "{wrong}");
        }
        assert_eq!(
            format!("{:?}", "correct horse".parse::<Password>()),
            "Ok(Password(…))"
        );
    }

    #[test]
    fn what_it_holds() {
        let password = "MyAcme2024!".parse::<Password>();
        assert_eq!(password.as_ref().map(|p| p.holds("acme")), Ok(true));
        assert_eq!(password.map(|p| p.holds("globex")), Ok(false));
    }
}
