//! `POST /v1/tenant/domains/{domain}/verify`: looks in DNS whether a domain is the tenant's. If so, it is the tenant's
//! alone: its entry in the directory is made under the function's own role, in one transaction with the tenant's note.

use endpoint::prelude::*;
use tenant_context::identity::Identity;
use tenant_context::items::{DomainOwner, StoredTenantId};
use tenant_context::{Table, TenantId};
use tenants_functions::domains::{Domain, DomainPath, DomainStatus, StoredDomain};
use tenants_functions::resolver::Dns;

/// How often a proof that met another one is tried again.
const TRIES: usize = 3;
/// The position of the directory's entry.
const ENTRY: usize = 0;

struct TenantDomainsVerify {
    identity: Identity,
    dns: Dns,
}

impl Endpoint for TenantDomainsVerify {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/tenant/domains/{domain}/verify",
        "Looks in DNS for the record that proves a domain, and makes it the tenant's own.",
    )
    .success(200)
    .permission(
        Permission::new(Resource::Tenant, Action::Update),
        Access::Read,
    )
    .role("TenantDomainsRole")
    .needs(&[Needs::Tenant, Needs::Tables])
    .problems(&[
        Kind::NotFound,
        Kind::DomainNotProved,
        Kind::AlreadyTaken,
        Kind::Conflict,
    ]);
    type Caller = TenantContext;
    type Path = DomainPath;
    type Query = NoInput;
    type Body = NoInput;
    type Output = Domain;

    #[expect(
        clippy::disallowed_methods,
        reason = "the directory's entry and the tenant's note change in one transaction"
    )]
    async fn init(aws: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self {
            identity: Identity::new(aws),
            dns: Dns::from_environment()?,
        })
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<Domain>, Problem> {
        let name = input.path.domain;
        let (own, key) = (caller.table().await?, caller.keys().domain(name.as_str()));
        let directory = self
            .identity
            .table(Some(caller.user_id()), &input.request.id);
        for _ in 0..TRIES {
            let stored: Option<StoredDomain> = own.get(&key).await?;
            let stored = stored.ok_or(Kind::NotFound)?;
            if stored.status == DomainStatus::Proved {
                return Ok(Reply::new(stored.into()));
            }
            stored.prove(&self.dns).await?;
            if let Some(proved) = self.take(&directory, caller.tenant_id(), stored).await? {
                return Ok(Reply::new(proved.into()));
            }
        }
        Err(Kind::Conflict.into())
    }
}

impl TenantDomainsVerify {
    /// Makes a proved domain the tenant's; nothing, if it has changed meanwhile.
    async fn take(
        &self,
        directory: &Table,
        tenant: TenantId,
        mut domain: StoredDomain,
    ) -> Result<Option<StoredDomain>, Problem> {
        let proved_at = endpoint::now();
        let entry = DomainOwner {
            tenant_id: StoredTenantId(tenant),
            domain: domain.domain.clone(),
        };
        let proved = Update::new()
            .set("proof", DomainStatus::Proved)?
            .set("proved_at", &proved_at)?
            .when(Condition::equals("token", domain.token.as_str()))
            .when(Condition::equals("proof", "pending"));
        let note = self.identity.tenant_keys(tenant).domain(&domain.domain);
        let writes = vec![
            Write::create(self.identity.domain_key(&domain.domain), &entry)?,
            Write::update(note, proved),
        ];
        match directory.transact(writes).await {
            Ok(()) => {
                domain.status = DomainStatus::Proved;
                domain.proved_at = Some(proved_at);
                Ok(Some(domain))
            }
            Err(WriteError::Failed(problem)) => Err(problem),
            Err(WriteError::Refused(mut refused)) => {
                let entry = refused.iter().position(|(position, _)| *position == ENTRY);
                let owner = entry.and_then(|at| refused.swap_remove(at).1);
                match owner.map(tenant_context::StoredItem::read::<DomainOwner>) {
                    Some(Ok(owner)) if owner.tenant_id.0 != tenant => {
                        Err(Problem::new(Kind::AlreadyTaken)
                            .detail("Another tenant has proved this domain to be its own."))
                    }
                    Some(Err(problem)) => Err(problem),
                    _ => Ok(None),
                }
            }
        }
    }
}

fn main() -> ExitCode {
    run::<TenantDomainsVerify>()
}
