//! What a host name says of the tenant.

use crate::{DomainName, Slug};

/// Suffixes under which AWS itself serves an API (`….execute-api.eu-west-1.amazonaws.com`).
const OF_AWS: &[&str] = &[".amazonaws.com", ".amazonaws.com.cn"];

/// Whose name a host name is. A tenant is known by `<slug>.<base domain>`, or by a domain that it has proved its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// It names no tenant: the product's own, an address, or nothing that can be a name.
    Product,
    /// The tenant with this slug.
    Slug(Slug),
    /// The tenant that has proved this domain, if one has.
    Domain(DomainName),
}

impl Host {
    /// Reads a host name, in any letter case and with or without a port, where tenants' names are below `base_domain`.
    pub fn read(name: &str, base_domain: &str) -> Self {
        let name = name.to_ascii_lowercase();
        let name = name.split(':').next().unwrap_or_default();
        if let Some(rest) = name.strip_suffix(base_domain)
            && (rest.is_empty() || rest.ends_with('.'))
        {
            let slug = rest.strip_suffix('.').and_then(|slug| slug.parse().ok());
            return slug.map_or(Self::Product, Self::Slug);
        }
        if OF_AWS.iter().any(|suffix| name.ends_with(suffix)) {
            return Self::Product;
        }
        name.parse().map_or(Self::Product, Self::Domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_names_a_slug_a_domain_or_nobody() {
        let slug = |text: &str| text.parse().map_or(Host::Product, Host::Slug);
        let domain = |text: &str| text.parse().map_or(Host::Product, Host::Domain);
        for (name, host) in [
            ("acme.example.com", slug("acme")),
            ("ACME.Example.com:3000", slug("acme")),
            ("portal.acme.org", domain("portal.acme.org")),
            ("badexample.com", domain("badexample.com")),
            ("example.com", Host::Product),
            ("api.example.com", Host::Product),
            ("x.acme.example.com", Host::Product),
            ("abc123.execute-api.eu-west-1.amazonaws.com", Host::Product),
            ("127.0.0.1:3000", Host::Product),
            ("localhost", Host::Product),
            ("[::1]", Host::Product),
            ("", Host::Product),
        ] {
            assert_eq!(Host::read(name, "example.com"), host, "{name}");
        }
    }
}
