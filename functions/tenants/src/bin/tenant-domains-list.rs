//! `GET /v1/tenant/domains`: the domains that the tenant has named.

use endpoint::prelude::*;
use tenants_functions::domains::{Domain, StoredDomain};

struct TenantDomainsList;

impl Endpoint for TenantDomainsList {
    const DECLARATION: Declaration = Declaration::get(
        "/v1/tenant/domains",
        "Lists the tenant's own domains, proved or not.",
    )
    .permission(
        Permission::new(Resource::Tenant, Action::Read),
        Access::Read,
    )
    .problems(&[Kind::InvalidCursor]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = Paging;
    type Body = NoInput;
    type Output = List<Domain>;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<List<Domain>>, Problem> {
        let list = caller.keys().domains();
        let after = input.query.after(&caller, &list, "")?;
        let page = caller
            .table()
            .await?
            .list::<StoredDomain>(&list, after.as_deref(), input.query.limit(), false)
            .await?;
        Ok(Reply::new(List::seal(page, &caller, &list, "")?))
    }
}

fn main() -> ExitCode {
    run::<TenantDomainsList>()
}
