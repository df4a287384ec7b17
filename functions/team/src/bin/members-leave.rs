//! `POST /v1/members/leave`: the caller leaves the tenant.
//!
//! Tenant, member and the person's own pointer change in one transaction, under the function's own role: the caller's
//! credentials reach either the tenant's items or the person's, and one transaction has one set of credentials.

use endpoint::prelude::*;
use tenant_context::identity::Identity;
use tenant_context::items::MemberStatus;

struct MembersLeave {
    identity: Identity,
}

/// Positions of the writes, by which a refusal is explained.
const TENANT: usize = 0;

impl Endpoint for MembersLeave {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/members/leave",
        "Leaves the tenant. Its last owner can't.",
    )
    .success(204)
    .session(Access::Read)
    .role("MembersLeaveRole")
    .needs(&[Needs::Tables])
    .problems(&[Kind::LastOwner, Kind::Conflict]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = NoInput;
    type Output = NoContent;

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
        let (tenant, user) = (caller.tenant_id(), caller.user_id());
        let keys = self.identity.tenant_keys(tenant);
        let free_seat = Update::new().add("members", -1).when(Condition::Exists);
        let free_seat = match caller.role() {
            // Of two owners who leave at once, the second finds one owner: themselves.
            Role::Owner => free_seat
                .add("owners", -1)
                .when(Condition::greater_than("owners", 1)),
            _ => free_seat,
        };
        // The role decides what is counted, so it must still be the one that the caller came with.
        let leave = Update::new()
            .set("status", MemberStatus::Removed)?
            .when(Condition::equals("status", "active"))
            .when(Condition::equals("role", caller.role().as_str()));
        let writes = vec![
            Write::update(keys.tenant(), free_seat),
            Write::update(keys.member(user), leave),
            Write::delete(self.identity.user_keys(user).membership(tenant)),
        ];
        let table = self.identity.table(Some(user), &input.request.id);
        table.transact(writes).await.map_err(|error| {
            error.or(|refused| match refused.first() {
                Some((TENANT, _)) => Kind::LastOwner.into(),
                _ => Kind::Conflict.into(),
            })
        })?;
        Ok(NoContent.into())
    }
}

fn main() -> ExitCode {
    run::<MembersLeave>()
}
