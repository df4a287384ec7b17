//! `GET /v1/tenant-lookup?host=`: what a log-in page may show of the tenant whose host name it was opened under.

use endpoint::prelude::*;
use fields::Slug;
use tenant_context::identity::Identity;
use tenant_context::items::TenantFace;

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
        reason = "an identity writer: its own role says what it may touch"
    )]
    async fn init(aws: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self {
            identity: Identity::new(aws),
            base_domain: endpoint::variable("BASE_DOMAIN")?,
        })
    }

    async fn handle(&self, _: Anonymous, input: Input<Self>) -> Result<Reply<Face>, Problem> {
        let host = input.query.host.to_ascii_lowercase();
        let host = host.split(':').next().unwrap_or_default();
        let slug = host
            .strip_suffix(&self.base_domain)
            .and_then(|rest| rest.strip_suffix('.'));
        let slug: Slug = slug
            .and_then(|slug| slug.parse().ok())
            .ok_or_else(|| Problem::new(Kind::NotFound))?;
        let table = self.identity.table(None, &input.request.id);
        let found: Option<TenantFace> = table
            .get_some(
                &self.identity.slug_key(slug.as_str()),
                TenantFace::ATTRIBUTES,
            )
            .await?;
        let found = found.ok_or_else(|| Problem::new(Kind::NotFound))?;
        Ok(Reply::new(Face {
            slug: found.slug,
            name: found.tenant_name,
        })
        .cache_seconds(60))
    }
}

fn main() -> ExitCode {
    run::<TenantLookup>()
}
