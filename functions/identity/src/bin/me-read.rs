//! `GET /v1/me`: who is signed in, where, and with which permissions.

use endpoint::prelude::*;
use tenant_context::items::{Tenant, TenantStatus, UserProfile};
use tenant_context::{ProjectId, TenantId};

struct MeRead;

#[derive(Serialize, JsonSchema)]
struct Me {
    /// The person.
    user: UserProfile,
    /// The tenant that this session works in.
    tenant: OwnTenant,
    /// The person's role there.
    role: RoleRef,
    /// What that role may do; `:own` limits a permission to records that the person owns.
    permissions: Vec<String>,
    /// The projects that the person may see.
    projects: Vec<ProjectId>,
}

#[derive(Serialize, JsonSchema)]
struct OwnTenant {
    /// Its id.
    id: TenantId,
    /// What it is called.
    name: String,
    /// Its short name.
    slug: String,
    /// Where it stands in its life.
    status: TenantStatus,
}

impl Endpoint for MeRead {
    const DECLARATION: Declaration =
        Declaration::get("/v1/me", "Says who you are, and what you may do here.")
            .session(Access::Read)
            .needs(&[Needs::Tenant, Needs::User]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = NoInput;
    type Output = Me;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(&self, caller: TenantContext, _: Input<Self>) -> Result<Reply<Me>, Problem> {
        let (own_table, table) = futures::try_join!(caller.own_table(), caller.table())?;
        let (user_key, tenant_key) = (caller.own_keys().user(), caller.keys().tenant());
        let (user, tenant) = futures::try_join!(
            own_table.get_some(&user_key, UserProfile::ATTRIBUTES),
            table.get::<Tenant>(&tenant_key)
        )?;
        let tenant = tenant.ok_or(Kind::NotFound)?;
        Ok(Reply::new(Me {
            user: user.ok_or(Kind::NotFound)?,
            tenant: OwnTenant {
                id: tenant.id.0,
                name: tenant.name,
                slug: tenant.slug,
                status: tenant.status,
            },
            role: caller.role(),
            permissions: caller.permissions().texts(),
            projects: caller.projects().iter().map(|project| project.id).collect(),
        }))
    }
}

fn main() -> ExitCode {
    run::<MeRead>()
}
