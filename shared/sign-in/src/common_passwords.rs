//! The passwords that everybody tries first.
//!
//! The list is that of the crate `passwords` (MIT): about 100,000 of those most often found in leaks. It is compiled into
//! the functions that take a new password, and into no other.

use fields::Password;
use passwords::analyzer::is_common_password;

/// Whether the password is on the list, as it is written or in lower case.
pub fn is_common(password: &Password) -> bool {
    // A password is made from text, so its bytes are text again.
    let text = String::from_utf8_lossy(password.expose());
    is_common_password(&text) || is_common_password(text.to_lowercase())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn what_everybody_tries_first() {
        let is_common = |text: &str| is_common(&text.parse().unwrap());
        for common in [
            "password",
            "PassWord",
            "Password1",
            "12345678",
            "iloveyou",
            "QWERTYUIOP",
            "trustno1",
            "11111111",
        ] {
            assert!(is_common(common), "{common}");
        }
        for uncommon in [
            "violet-harbour-29",
            "four lamps by the river",
            "пароль-из-букв",
        ] {
            assert!(!is_common(uncommon), "{uncommon}");
        }
    }
}
