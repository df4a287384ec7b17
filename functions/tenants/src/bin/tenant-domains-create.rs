//! `POST /v1/tenant/domains`: names a domain, and says which record in DNS proves it. Until then it reserves nothing.

use endpoint::prelude::*;
use fields::DomainName;
use tenants_functions::domains::{Domain, MOST, StoredDomain};

/// The position of the domain's own write, which is refused when it is there already.
const DOMAIN: usize = 0;

struct TenantDomainsCreate {
    base_domain: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// The domain, such as `portal.example.com`.
    domain: DomainName,
}

impl Endpoint for TenantDomainsCreate {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/tenant/domains",
        "Names a domain, and says which TXT record proves that it is yours.",
    )
    .permission(
        Permission::new(Resource::Tenant, Action::Update),
        Access::Admin,
    )
    .idempotent()
    .problems(&[Kind::AlreadyTaken, Kind::PlanLimit]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = Body;
    type Output = Domain;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self {
            base_domain: endpoint::variable("BASE_DOMAIN")?,
        })
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<Domain>, Problem> {
        let domain = input.body.domain;
        if domain.is_within(&self.base_domain) {
            return Err(Problem::new(Kind::ValidationFailed).field(
                "/domain",
                "is one of ours: the tenant's slug is its name there",
            ));
        }
        let stored = StoredDomain::new(&domain, caller.user_id())?;
        let counted = Update::new()
            .insert("domain_names", domain.to_string())
            .when(Condition::size_below("domain_names", MOST));
        let writes = vec![
            Write::create(caller.keys().domain(domain.as_str()), &stored)?,
            Write::update(caller.keys().domain_names(), counted),
        ];
        let location = format!("/v1/tenant/domains/{domain}");
        let reply = Reply::new(Domain::from(stored)).location(location);
        reply.keep(&caller)?;
        let named = caller.table().await?.transact(writes).await;
        named.map_err(|error| {
            error.or(|refused| match refused.first() {
                Some((DOMAIN, _)) => Problem::new(Kind::AlreadyTaken)
                    .field("/domain", "is among the tenant's domains already"),
                _ => Problem::new(Kind::PlanLimit)
                    .detail(format!("A tenant has at most {MOST} domains.")),
            })
        })?;
        Ok(reply)
    }
}

fn main() -> ExitCode {
    run::<TenantDomainsCreate>()
}
