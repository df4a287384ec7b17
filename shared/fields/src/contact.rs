//! How people and companies are reached.

use crate::text::{characters, is_invisible};
use crate::{from_text, shown};
use unicode_normalization::UnicodeNormalization as _;

/// An e-mail address: `local@domain`, at most 254 characters (RFC 5321, 4.5.3.1, and its erratum 1690).
///
/// What can be known without sending a message is checked, no more: quoted local parts and address literals, which
/// nobody uses and filters trip over, are refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    fn parse(sent: String) -> Result<Self, &'static str> {
        const WRONG: &str = "is not an e-mail address";
        let text: String = sent.nfc().collect();
        let (local, domain) = text.rsplit_once('@').ok_or(WRONG)?;
        if characters(&sent, &text) > 254
            || text.len() > 254
            || local.is_empty()
            || local.len() > 64
            || domain.len() > 253
        {
            return Err(WRONG);
        }
        let dots = |part: &str| part.starts_with('.') || part.ends_with('.') || part.contains("..");
        let odd = |c: char| {
            c.is_control() || c.is_whitespace() || is_invisible(c) || "\"(),:;<>@[\\]".contains(c)
        };
        if dots(local) || local.chars().any(odd) || !is_domain(domain) {
            return Err(WRONG);
        }
        Ok(Self(text))
    }

    /// The form under which the address is unique: lower case. Dots and `+tags` stay: whether they matter is the
    /// mail provider's to know.
    pub fn normalised(&self) -> String {
        self.0.to_lowercase()
    }
}

from_text!(EmailAddress, {"type": "string", "format": "idn-email", "maxLength": 254});
shown!(EmailAddress);

/// Labels of letters, digits and inner hyphens, at least two of them (RFC 1035, 2.3.1; internationalised ones too).
fn is_domain(domain: &str) -> bool {
    domain.contains('.')
        && domain.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        })
}

/// An `http` or `https` address with a host, at most 2,000 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Website(String);

impl Website {
    fn parse(text: String) -> Result<Self, &'static str> {
        const WRONG: &str = "is not an http or https address";
        let rest = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"))
            .ok_or(WRONG)?;
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
        let visible = text
            .chars()
            .all(|c| !c.is_control() && !c.is_whitespace() && !"<>\"`{}|\\^".contains(c));
        if text.len() <= 2000 && visible && is_domain(host) {
            Ok(Self(text))
        } else {
            Err(WRONG)
        }
    }
}

from_text!(Website, {"type": "string", "format": "uri", "maxLength": 2000});
shown!(Website);

/// Where a link leads: an `http` or `https` address, or a path of one's own site. Nothing that a browser would run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link(String);

impl Link {
    fn parse(text: String) -> Result<Self, &'static str> {
        let is_visible = |c: char| !c.is_control() && !c.is_whitespace() && c != '\\';
        // Two strokes begin a host.
        let is_path = text.starts_with('/') && !text.starts_with("//");
        if is_path && text.len() <= 2000 && text.chars().all(is_visible) {
            return Ok(Self(text));
        }
        let website = Website::parse(text);
        website
            .map(|website| Self(website.0))
            .map_err(|_| "is neither an http or https address nor a path such as /deals")
    }
}

from_text!(Link, {"type": "string", "examples": ["/deals"], "maxLength": 2000});
shown!(Link);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn email_addresses() {
        for good in [
            "ada@example.com",
            "a.b+c@mail.example.co.uk",
            "Ada@EXAMPLE.com",
            "jörg@müller.example",
        ] {
            assert!(good.parse::<EmailAddress>().is_ok(), "{good}");
        }
        for wrong in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "ada@localhost",
            "a b@example.com",
            "a@b@example.com",
            "a..b@example.com",
            "a@-x.com",
            "a@x..com",
            "a\r\nb@example.com",
            " ada@example.com",
            "ada@example.com\n",
        ] {
            assert!(wrong.parse::<EmailAddress>().is_err(), "{wrong}");
        }
        assert_eq!(
            "Ada@EXAMPLE.com"
                .parse::<EmailAddress>()
                .map(|a| a.normalised()),
            Ok("ada@example.com".to_owned())
        );
    }

    #[test]
    fn links() {
        for good in ["/deals/rec_1?tab=notes#top", "https://example.com/a"] {
            assert!(good.parse::<Link>().is_ok(), "{good}");
        }
        for wrong in [
            "",
            "deals",
            "//evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
        ] {
            assert!(wrong.parse::<Link>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn websites() {
        for good in ["https://example.com", "http://sub.example.com:8080/a?b=c#d"] {
            assert!(good.parse::<Website>().is_ok(), "{good}");
        }
        for wrong in [
            "example.com",
            "javascript:alert(1)",
            "https://",
            "https://localhost",
            "https://exa mple.com",
        ] {
            assert!(wrong.parse::<Website>().is_err(), "{wrong}");
        }
    }
}
