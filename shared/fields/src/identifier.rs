//! Names that stand in addresses.

use crate::{from_text, shown};

/// A tenant's short name, a host name label: 3 to 40 lower-case letters, digits and inner hyphens.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slug(String);

/// Names that a tenant's host must not have, since the product or a browser gives them a meaning.
const RESERVED: &[&str] = &[
    "admin",
    "api",
    "app",
    "assets",
    "auth",
    "billing",
    "blog",
    "console",
    "docs",
    "ftp",
    "help",
    "issuer",
    "localhost",
    "login",
    "mail",
    "platform",
    "smtp",
    "static",
    "status",
    "support",
    "tenantry",
    "test",
    "www",
];

impl Slug {
    fn parse(text: String) -> Result<Self, &'static str> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !(3..=40).contains(&text.len())
            || !text.chars().all(allowed)
            || text.starts_with('-')
            || text.ends_with('-')
        {
            return Err("is not 3 to 40 lower-case letters, digits and inner hyphens");
        }
        // `xn--…` and the like are punycode labels (RFC 5891, 4.2.3.1).
        if text.get(2..4) == Some("--") || RESERVED.contains(&text.as_str()) {
            return Err("is reserved");
        }
        Ok(Self(text))
    }
}

from_text!(Slug, {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$"});
shown!(Slug);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs() {
        for good in ["acme", "a-1", "acme-gmbh-2"] {
            assert!(good.parse::<Slug>().is_ok(), "{good}");
        }
        for wrong in [
            "",
            "ab",
            "Acme",
            "-acme",
            "acme-",
            "ac me",
            "www",
            "xn--acme",
            "acme#1",
            &"a".repeat(41),
        ] {
            assert!(wrong.parse::<Slug>().is_err(), "{wrong}");
        }
    }
}
