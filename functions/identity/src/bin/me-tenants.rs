//! `GET /v1/me/tenants`: the tenants that the caller belongs to.

use endpoint::prelude::*;
use tenant_context::TenantId;
use tenant_context::items::Membership;

struct MeTenants;

/// That you belong to a tenant.
#[derive(Serialize, JsonSchema)]
struct OwnMembership {
    /// The tenant.
    tenant_id: TenantId,
    /// What it is called.
    name: String,
    /// Its short name.
    slug: String,
    /// When you joined.
    joined_at: String,
    /// Whether this session works in it.
    current: bool,
}

impl Endpoint for MeTenants {
    const DECLARATION: Declaration =
        Declaration::get("/v1/me/tenants", "Lists the tenants that you belong to.")
            .person()
            .problems(&[Kind::InvalidCursor]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = Paging;
    type Body = NoInput;
    type Output = List<OwnMembership>;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<List<OwnMembership>>, Problem> {
        let list = caller.own_keys().memberships();
        let after = input.query.after(&caller, &list, "")?;
        let page = caller
            .own_table()
            .await?
            .list(&list, after.as_deref(), input.query.limit(), false)
            .await?;
        let page = page.map(
            |Membership {
                 tenant_id,
                 name,
                 slug,
                 joined_at,
             }| {
                let current = tenant_id.0 == caller.tenant_id();
                OwnMembership {
                    tenant_id: tenant_id.0,
                    name,
                    slug,
                    joined_at,
                    current,
                }
            },
        );
        Ok(Reply::new(List::seal(page, &caller, &list, "")?))
    }
}

fn main() -> ExitCode {
    run::<MeTenants>()
}
