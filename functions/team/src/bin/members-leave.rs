//! `POST /v1/members/leave`: the caller leaves the tenant.
//!
//! Tenant, member and the person's own pointer change in one transaction, under the function's own role: the caller's
//! credentials reach either the tenant's items or the person's, and one transaction has one set of credentials. That
//! role may not touch a member's role, not even to compare it: the member must be unchanged since it was read.

use endpoint::prelude::*;
use tenant_context::identity::Identity;
use tenant_context::items::MemberStatus;

struct MembersLeave {
    identity: Identity,
}

/// The position of the tenant's write, which is refused to the last owner.
const TENANT: usize = 0;

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
        let free_seat = Update::new().add("members", -1).when(Condition::Exists);
        let free_seat = match seen.role {
            // Of two owners who leave at once, the second finds one owner: themselves.
            RoleRef::Fixed(Role::Owner) => free_seat
                .add("owners", -1)
                .when(Condition::greater_than("owners", 1)),
            _ => free_seat,
        };
        let leave = Update::new()
            .set("status", MemberStatus::Removed)?
            .when(Condition::equals("status", "active"))
            .when(Condition::equals("change.request", seen.change.request));
        let writes = vec![
            Write::update(keys.tenant(), free_seat),
            Write::update(keys.member(user), leave),
            Write::delete(self.identity.user_keys(user).membership(tenant)),
        ];
        let table = self.identity.table(Some(user), &input.request.id);
        table.transact(writes).await.map_err(|error| {
            error.or(|refused| match refused.first() {
                Some((TENANT, _)) => Kind::LastOwner.into(),
                _ => Problem::new(Kind::Conflict)
                    .detail("Your membership has just changed: try again."),
            })
        })?;
        Ok(NoContent.into())
    }
}

fn main() -> ExitCode {
    run::<MembersLeave>()
}
