//! `DELETE /v1/tenant/domains/{domain}`: gives a domain up.
//!
//! First the directory's entry goes, under the function's own role; what is left is a domain that is not proved, and goes
//! with the caller's credentials. A request that ends between the two can be repeated.

use endpoint::prelude::*;
use tenant_context::identity::Identity;
use tenants_functions::domains::{DomainPath, DomainStatus, StoredDomain};

/// How often a deletion that met another change is tried again.
const TRIES: usize = 5;

struct TenantDomainsDelete {
    identity: Identity,
}

impl Endpoint for TenantDomainsDelete {
    const DECLARATION: Declaration = Declaration::delete(
        "/v1/tenant/domains/{domain}",
        "Gives a domain up: it leads to the tenant no more, and others may prove it.",
    )
    .permission(
        Permission::new(Resource::Tenant, Action::Update),
        Access::Admin,
    )
    .role("TenantDomainsRole")
    .needs(&[Needs::Tenant, Needs::Tables])
    .problems(&[Kind::NotFound, Kind::Conflict]);
    type Caller = TenantContext;
    type Path = DomainPath;
    type Query = NoInput;
    type Body = NoInput;
    type Output = NoContent;

    #[expect(
        clippy::disallowed_methods,
        reason = "the directory's entry and the tenant's note change in one transaction"
    )]
    async fn init(aws: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self {
            identity: Identity::new(aws),
        })
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<NoContent>, Problem> {
        let name = input.path.domain;
        let (own, key) = (caller.table().await?, caller.keys().domain(name.as_str()));
        for _ in 0..TRIES {
            let stored: Option<StoredDomain> = own.get(&key).await?;
            let stored = stored.ok_or(Kind::NotFound)?;
            let token = Condition::equals("token", stored.token.as_str());
            let written = if stored.status == DomainStatus::Proved {
                let tenant = caller.tenant_id();
                let pending = Update::new()
                    .set("proof", DomainStatus::Pending)?
                    .remove("proved_at")
                    .when(token)
                    .when(Condition::equals("proof", "proved"));
                let note = self.identity.tenant_keys(tenant).domain(name.as_str());
                let entry = self.identity.domain_key(name.as_str());
                let is_ours = vec![Condition::equals("tenant_id", tenant.to_string())];
                let writes = vec![Write::Delete(entry, is_ours), Write::update(note, pending)];
                let directory = self
                    .identity
                    .table(Some(caller.user_id()), &input.request.id);
                directory.transact(writes).await.map(|()| false)
            } else {
                let unproved = Condition::equals("proof", "pending");
                let uncounted = Update::new().take("domain_names", name.to_string());
                let writes = vec![
                    Write::Delete(key.clone(), vec![token, unproved]),
                    Write::update(caller.keys().domain_names(), uncounted),
                ];
                own.transact(writes).await.map(|()| true)
            };
            match written {
                Ok(true) => return Ok(NoContent.into()),
                Ok(false) | Err(WriteError::Refused(_)) => {}
                Err(WriteError::Failed(problem)) => return Err(problem),
            }
        }
        Err(Kind::Conflict.into())
    }
}

fn main() -> ExitCode {
    run::<TenantDomainsDelete>()
}
