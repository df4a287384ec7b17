//! `GET /v1/tenant/usage`: what the tenant uses of what its plan allows.
//!
//! Counted in the tenant's own item by whoever changes it, so that to read it is one call. Records, bytes, calls and
//! e-mails are counted from the change stream, and come with it.

use endpoint::prelude::*;
use plans::Plan;
use tenant_context::items::Tenant;

struct TenantUsageRead;

/// What is used of what is allowed.
#[derive(Serialize, JsonSchema)]
struct Used {
    /// How much.
    used: i64,
    /// How much there may be.
    limit: i64,
}

/// What the tenant uses.
#[derive(Serialize, JsonSchema)]
struct Usage {
    /// Its plan.
    plan: String,
    /// Seats: active members, and invitations that wait to be accepted.
    seats: Used,
    /// Active members, of the seats.
    members: i64,
    /// Invitations that wait, of the seats.
    invitations: i64,
    /// Projects, archived ones included.
    projects: Used,
    /// Roles of the tenant's own.
    custom_roles: i64,
}

impl Endpoint for TenantUsageRead {
    const DECLARATION: Declaration = Declaration::get(
        "/v1/tenant/usage",
        "Reads what the tenant uses of what its plan allows: seats and projects.",
    )
    .permission(
        Permission::new(Resource::Tenant, Action::Read),
        Access::Read,
    );
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = NoInput;
    type Output = Usage;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(&self, caller: TenantContext, _: Input<Self>) -> Result<Reply<Usage>, Problem> {
        let table = caller.table().await?;
        let tenant: Option<Tenant> = table.get(&caller.keys().tenant()).await?;
        let tenant = tenant.ok_or(Kind::NotFound)?;
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let allowed = Plan::named(&tenant.plan).unwrap_or(Plan::Free);
        let taken = tenant.seats_taken.max(tenant.members);
        Ok(Reply::new(Usage {
            seats: Used {
                used: taken,
                limit: tenant.seats,
            },
            members: tenant.members,
            invitations: taken - tenant.members,
            projects: Used {
                used: number(tenant.project_ids.len()),
                limit: number(allowed.projects()),
            },
            custom_roles: number(tenant.custom_roles.len()),
            plan: tenant.plan,
        }))
    }
}

fn main() -> ExitCode {
    run::<TenantUsageRead>()
}
