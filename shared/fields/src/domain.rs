//! Host names of the internet.

use crate::{from_text, shown};

/// A domain name as DNS knows it, in lower case and ASCII (`xn--…` for others): at least two labels, the last of which is
/// no number, so that it is never an address (RFC 1035, 2.3.1; RFC 3696, 2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainName(String);

impl DomainName {
    fn parse(text: String) -> Result<Self, &'static str> {
        const WRONG: &str = "is not a domain name in lower case, such as portal.example.com";
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        let (_, top) = text.rsplit_once('.').ok_or(WRONG)?;
        if text.len() > 253
            || !text.split('.').all(is_label)
            || top.bytes().all(|b| b.is_ascii_digit())
        {
            return Err(WRONG);
        }
        Ok(Self(text))
    }

    /// Whether it is `domain` or below it.
    pub fn is_within(&self, domain: &str) -> bool {
        self.0
            .strip_suffix(domain)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

from_text!(DomainName, {"type": "string", "maxLength": 253, "pattern": "^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?$"});
shown!(DomainName);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn domain_names() {
        for good in [
            "example.com",
            "a.b.example",
            "xn--mller-kva.example",
            "1.example",
            "my-shop.co",
        ] {
            assert!(good.parse::<DomainName>().is_ok(), "{good}");
        }
        for wrong in [
            "",
            "localhost",
            "Example.com",
            "example.com.",
            ".example.com",
            "a..b",
            "-a.example",
            "a-.example",
            "192.168.0.1",
            "müller.example",
            "a b.example",
            "a_b.example",
            "example.com#x",
            "*.example.com",
            &format!("{}.example", "x".repeat(64)),
        ] {
            assert!(wrong.parse::<DomainName>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_below_a_domain() {
        let within = |name: &str| name.parse::<DomainName>().unwrap().is_within("example.com");
        assert!(within("example.com") && within("a.example.com"));
        assert!(!within("badexample.com") && !within("example.com.org"));
    }
}
