//! `POST /v1/members/leave`: the caller leaves the tenant.
//!
//! Tenant, member and the person's own pointer change in one transaction, under the function's own role: the caller's
//! credentials reach either the tenant's items or the person's, and one transaction has one set of credentials. That
//! role may not touch a member's role, not even to compare it: the member must be unchanged since it was read.

use endpoint::prelude::*;
use team_functions::counts::Counts;
use team_functions::giving;
use team_functions::together::Together;
use tenant_context::identity::Identity;
use tenant_context::items::MemberStatus;

struct MembersLeave {
    identity: Identity,
}

/// What is read of the member.
#[derive(Deserialize)]
struct Seen {
    role: RoleRef,
    change: Change,
}

/// The member's last change.
#[derive(Deserialize)]
struct Change {
    request: String,
}

impl Endpoint for MembersLeave {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/members/leave",
        "Leaves the tenant. Its last owner can't.",
    )
    .success(204)
    .session(Access::Read)
    .role("MembersLeaveRole")
    .needs(&[Needs::Tenant, Needs::Tables])
    .problems(&[Kind::LastOwner, Kind::Conflict]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = NoInput;
    type Output = NoContent;

    #[expect(
        clippy::disallowed_methods,
        reason = "an identity writer: its own role says what it may touch"
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
        let (tenant, user) = (caller.tenant_id(), caller.user_id());
        let seen: Option<Seen> = caller
            .table()
            .await?
            .get_some(&caller.keys().member(user), &["role", "change"])
            .await?;
        let seen = seen.ok_or(Kind::NotAMember)?;
        let keys = self.identity.tenant_keys(tenant);
        let leave = Update::new()
            .set("status", MemberStatus::Removed)?
            .when(Condition::equals("status", "active"))
            .when(Condition::equals("change.request", seen.change.request));
        let mut together = Together::new();
        let active = (seen.role, MemberStatus::Active);
        let gone = (seen.role, MemberStatus::Removed);
        if let Some((free_seat, refused)) = Counts::between(active, gone).update() {
            together.add(Write::update(keys.tenant(), free_seat), refused);
        }
        let changed =
            Problem::new(Kind::Conflict).detail("Your membership has just changed: try again.");
        together.add(Write::update(keys.member(user), leave), changed.clone());
        let pointer = self.identity.user_keys(user).membership(tenant);
        together.add(Write::delete(pointer), changed);
        giving::release(&mut together, keys, seen.role);
        together
            .commit(&self.identity.table(Some(user), &input.request.id))
            .await?;
        Ok(NoContent.into())
    }
}

fn main() -> ExitCode {
    run::<MembersLeave>()
}
