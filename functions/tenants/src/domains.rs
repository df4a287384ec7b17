//! A tenant's own domains: named, proved by a record in DNS, and from then on the tenant's alone.

use crate::resolver::{NoAnswer, Resolver, is_name};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use endpoint::prelude::*;
use fields::DomainName;
use ring::rand::{SecureRandom as _, SystemRandom};
use tenant_context::{UserId, errors};

/// How many domains a tenant may name.
pub const MOST: usize = 10;
/// What the record's value begins with.
const VALUE: &str = "tenantry-verification=";

/// `/v1/tenant/domains/{domain}`
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DomainPath {
    /// The domain.
    pub domain: DomainName,
}

/// Whether a domain is the tenant's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DomainStatus {
    /// It was named; it reserves nothing.
    Pending,
    /// The tenant has shown that it is its own.
    Proved,
}

/// As it is stored in the tenant's partition.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoredDomain {
    /// The domain.
    pub domain: String,
    /// What must stand in DNS. Anybody may know it: only who controls the domain can put it there.
    pub token: String,
    /// Whether it is the tenant's. Its attribute has a name of its own, so that a role that may change it changes no other
    /// status.
    #[serde(rename = "proof")]
    pub status: DomainStatus,
    /// When it was named.
    pub created_at: String,
    /// Who named it.
    pub created_by: UserId,
    /// When it was proved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proved_at: Option<String>,
}

/// A domain.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Domain {
    /// The domain.
    pub domain: String,
    /// Whether it is the tenant's.
    pub status: DomainStatus,
    /// The record that proves it.
    pub record: TxtRecord,
    /// When it was named.
    pub created_at: String,
    /// When it was proved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proved_at: Option<String>,
}

/// A record to be set in DNS.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "DnsRecord")]
pub struct TxtRecord {
    /// `TXT`
    pub r#type: &'static str,
    /// The name at which it stands.
    pub name: String,
    /// What it says.
    pub value: String,
}

impl StoredDomain {
    /// A domain that has just been named.
    ///
    /// # Errors
    /// `validation-failed` when DNS can't be asked for its record; `internal` when the random source fails.
    pub fn new(domain: &DomainName, by: UserId) -> Result<Self, Problem> {
        let mut token = [0; 18];
        SystemRandom::new()
            .fill(&mut token)
            .map_err(|_| errors::internal("token", &"the random source failed"))?;
        let named = Self {
            domain: domain.to_string(),
            token: BASE64_URL_SAFE_NO_PAD.encode(token),
            status: DomainStatus::Pending,
            created_at: endpoint::now(),
            created_by: by,
            proved_at: None,
        };
        if is_name(&named.record().name) {
            return Ok(named);
        }
        let detail =
            "leaves DNS no room for the record before it, or has an xn-- label of no legal name";
        Err(Problem::new(Kind::ValidationFailed).field("/domain", detail))
    }

    fn record(&self) -> TxtRecord {
        TxtRecord {
            r#type: "TXT",
            name: format!("_tenantry.{}", self.domain),
            value: format!("{VALUE}{}", self.token),
        }
    }

    /// Whether the record stands in DNS.
    ///
    /// # Errors
    /// `unavailable` when no name server answers; `domain-not-proved`.
    pub async fn prove(&self, resolver: &impl Resolver) -> Result<(), Problem> {
        let record = self.record();
        let found = resolver.texts(&record.name).await;
        let found = found.map_err(|NoAnswer| {
            Problem::new(Kind::Unavailable)
                .detail("No name server has answered: try again in a moment.")
        })?;
        if found.contains(&record.value) {
            return Ok(());
        }
        let detail = match found.len() {
            0 => format!("There is no TXT record at {} yet.", record.name),
            _ => format!(
                "No TXT record at {} has the value that it must have.",
                record.name
            ),
        };
        Err(Problem::new(Kind::DomainNotProved).detail(detail))
    }
}

impl From<StoredDomain> for Domain {
    fn from(stored: StoredDomain) -> Self {
        Self {
            record: stored.record(),
            domain: stored.domain,
            status: stored.status,
            created_at: stored.created_at,
            proved_at: stored.proved_at,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use std::collections::HashMap;
    use tenant_context::Uuid;

    struct Table(HashMap<String, Vec<String>>);

    impl Resolver for Table {
        async fn texts(&self, name: &str) -> Result<Vec<String>, NoAnswer> {
            if name.ends_with("silent.example") {
                return Err(NoAnswer);
            }
            Ok(self.0.get(name).cloned().unwrap_or_default())
        }
    }

    fn named(domain: &str) -> StoredDomain {
        let by = UserId::from(Uuid::from_u128(1));
        StoredDomain::new(&domain.parse().unwrap(), by).unwrap()
    }

    #[tokio::test]
    async fn the_very_record_proves() {
        let domain = named("acme.example");
        let record = domain.record();
        let prove = async |name: &str, texts: &[&str]| {
            let texts = texts.iter().map(ToString::to_string).collect();
            let table = Table(HashMap::from([(name.to_owned(), texts)]));
            domain.prove(&table).await.map_err(|problem| problem.kind())
        };
        let (name, value) = (record.name.as_str(), record.value.as_str());
        assert_eq!(name, "_tenantry.acme.example");
        assert_eq!(prove(name, &["v=spf1 -all", value]).await, Ok(()));
        let other = named("acme.example").record().value;
        let longer = format!("{value}x");
        for texts in [
            &[][..],
            &["v=spf1"],
            &[&domain.token],
            &[&longer],
            &[&other],
        ] {
            assert_eq!(
                prove(name, texts).await,
                Err(Kind::DomainNotProved),
                "{texts:?}"
            );
        }
        // Not at the domain itself, nor at another one.
        for elsewhere in ["acme.example", "_tenantry.sub.acme.example"] {
            assert_eq!(prove(elsewhere, &[value]).await, Err(Kind::DomainNotProved));
        }
        let silent = named("silent.example").prove(&Table(HashMap::new())).await;
        assert_eq!(
            silent.map_err(|problem| problem.kind()),
            Err(Kind::Unavailable)
        );
    }
}
