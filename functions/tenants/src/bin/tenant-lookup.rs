//! `GET /v1/tenant-lookup?host=`: what a log-in page may show of the tenant whose host name it was opened under.

use endpoint::prelude::*;
use fields::Host;
use tenant_context::Key;
use tenant_context::identity::Identity;
use tenant_context::items::{StoredTenantId, TenantStatus};
use tenants_functions::branding::Look;

struct TenantLookup {
    identity: Identity,
    base_domain: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Query {
    /// The host name of the page, such as `acme.example.com`.
    host: String,
}

/// The public face of a tenant, and nothing else of it.
#[derive(Serialize, JsonSchema)]
struct Face {
    /// Its short name, which log-in takes as `tenant`.
    slug: String,
    /// Its name.
    name: String,
    /// How it looks.
    branding: Look,
}

/// Whom the directory names.
#[derive(Deserialize)]
struct Named {
    tenant_id: StoredTenantId,
}

/// What is read of the tenant.
#[derive(Deserialize)]
struct Seen {
    name: String,
    slug: String,
    status: TenantStatus,
}

impl Endpoint for TenantLookup {
    const DECLARATION: Declaration = Declaration::get(
        "/v1/tenant-lookup",
        "Tells a log-in page whose host name it was opened under.",
    )
    .needs(&[Needs::Tables])
    .role("TenantLookupRole")
    .problems(&[Kind::NotFound]);
    type Caller = Anonymous;
    type Path = NoInput;
    type Query = Query;
    type Body = NoInput;
    type Output = Face;

    #[expect(
        clippy::disallowed_methods,
        reason = "a log-in page is opened before anybody has signed in"
    )]
    async fn init(aws: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self {
            identity: Identity::new(aws),
            base_domain: endpoint::variable("BASE_DOMAIN")?,
        })
    }

    async fn handle(&self, _: Anonymous, input: Input<Self>) -> Result<Reply<Face>, Problem> {
        let entry = self.entry(&input.query.host).ok_or(Kind::NotFound)?;
        let table = self.identity.table(None, &input.request.id);
        let named: Option<Named> = table.get_some(&entry, &["tenant_id"]).await?;
        let tenant = named.ok_or(Kind::NotFound)?.tenant_id.0;
        let keys = self.identity.tenant_keys(tenant);
        let (profile, branding) = (keys.tenant(), keys.branding());
        let (seen, look) = futures::try_join!(
            table.get_some::<Seen>(&profile, &["name", "slug", "status"]),
            table.get_some::<Look>(&branding, Look::ATTRIBUTES)
        )?;
        // Those who are suspended sign in all the same, to see to it.
        let seen = seen.filter(|seen| seen.status != TenantStatus::Deleted);
        let seen = seen.ok_or(Kind::NotFound)?;
        let face = Face {
            slug: seen.slug,
            name: seen.name,
            branding: look.unwrap_or_default(),
        };
        Ok(Reply::new(face).cache_seconds(60))
    }
}

impl TenantLookup {
    /// Where the directory says whose host this is: by its slug below our own domain, by its name elsewhere.
    fn entry(&self, host: &str) -> Option<Key> {
        match Host::read(host, &self.base_domain) {
            Host::Product => None,
            Host::Slug(slug) => Some(self.identity.slug_key(slug.as_str())),
            Host::Domain(domain) => Some(self.identity.domain_key(domain.as_str())),
        }
    }
}

fn main() -> ExitCode {
    run::<TenantLookup>()
}
