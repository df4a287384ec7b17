//! The `From` header: a name that a tenant chose, before an address that is always the product's own.

use crate::branding::{PRODUCT, one_line};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// Bytes of text in one encoded word: with its frame it stays under 75 characters (RFC 2047, 2).
const WORD_BYTES: usize = 42;

/// `"Initech via Tenantry" <no-reply@example.com>`. Whoever reads it sees that the product sends in the tenant's name;
/// no name can end the header or bring in another address.
pub fn from_header(sender: &str, domain: &str) -> String {
    let sender = one_line(sender);
    let name = if sender.is_empty() || sender == PRODUCT {
        PRODUCT.to_owned()
    } else {
        format!("{sender} via {PRODUCT}")
    };
    format!("{} <no-reply@{domain}>", phrase(&name))
}

/// A name as headers take it: quoted (RFC 5322, 3.2.4), or encoded where it is not ASCII (RFC 2047).
fn phrase(name: &str) -> String {
    if name.is_ascii() {
        let escaped: String = name
            .chars()
            .flat_map(|c| {
                let escape = matches!(c, '"' | '\\').then_some('\\');
                escape.into_iter().chain([c])
            })
            .collect();
        return format!("\"{escaped}\"");
    }
    let mut words = Vec::new();
    let mut word = String::new();
    for character in name.chars() {
        if word.len() + character.len_utf8() > WORD_BYTES {
            words.push(encoded(&std::mem::take(&mut word)));
        }
        word.push(character);
    }
    words.push(encoded(&word));
    words.join(" ")
}

fn encoded(word: &str) -> String {
    format!("=?UTF-8?B?{}?=", BASE64_STANDARD.encode(word))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn the_address_is_always_ours() {
        let from = |sender| from_header(sender, "example.com");
        assert_eq!(from(PRODUCT), "\"Tenantry\" <no-reply@example.com>");
        assert_eq!(
            from("Initech"),
            "\"Initech via Tenantry\" <no-reply@example.com>"
        );
        assert_eq!(
            from("Evil\" <ceo@bank.example>\r\nBcc: all@bank.example"),
            "\"Evil\\\" <ceo@bank.example> Bcc: all@bank.example via Tenantry\" <no-reply@example.com>"
        );
    }

    #[test]
    fn other_letters_are_encoded_in_short_words() {
        let header = from_header(&"Müller ".repeat(12), "example.com");
        let (name, address) = header.rsplit_once(' ').unwrap();
        assert_eq!(address, "<no-reply@example.com>");
        let mut text = String::new();
        for word in name.split(' ') {
            assert!(word.len() <= 75, "{word}");
            let word = word.strip_prefix("=?UTF-8?B?").unwrap();
            let bytes = BASE64_STANDARD.decode(word.strip_suffix("?=").unwrap());
            text.push_str(std::str::from_utf8(&bytes.unwrap()).unwrap());
        }
        assert_eq!(text, format!("{}via Tenantry", "Müller ".repeat(12)));
    }
}
