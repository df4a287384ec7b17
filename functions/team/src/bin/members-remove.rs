//! `DELETE /v1/members/{user_id}`: ends somebody's membership.
//!
//! As in `members-leave`, tenant, member and the person's own pointer change in one transaction under the function's own
//! role, which may not write a member's role: the member must be unchanged since it was read.

use endpoint::prelude::*;
use mail::outbox::{Letter, Notice};
use team_functions::counts::Counts;
use team_functions::giving;
use team_functions::managing::{Managed, MemberPath};
use team_functions::together::{Together, changed_meanwhile};
use tenant_context::identity::Identity;
use tenant_context::items::{MemberStatus, StoredTenantId};

struct MembersRemove {
    identity: Identity,
}

/// The member's last change.
#[derive(Deserialize)]
struct Changed {
    change: Change,
}

#[derive(Deserialize)]
struct Change {
    request: String,
}

impl Endpoint for MembersRemove {
    const DECLARATION: Declaration = Declaration::delete(
        "/v1/members/{user_id}",
        "Ends somebody's membership. What they made stays.",
    )
    .permission(
        Permission::new(Resource::Members, Action::Delete),
        Access::Admin,
    )
    .role("MembersRemoveRole")
    .needs(&[Needs::Tenant, Needs::Tables])
    .problems(&[Kind::NotFound, Kind::LastOwner, Kind::Conflict]);
    type Caller = TenantContext;
    type Path = MemberPath;
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
        let table = caller.table().await?;
        // Before the member itself: what changes in between is noticed.
        let key = caller.keys().member(input.path.user_id);
        let seen: Option<Changed> = table.get_some(&key, &["change"]).await?;
        let seen = seen.ok_or(Kind::NotFound)?;
        let managed = Managed::find(&caller, &table, input.path.user_id).await?;
        let member = &managed.member;
        let tenant = caller.tenant_id();
        let keys = self.identity.tenant_keys(tenant);
        let mut together = Together::new();
        let gone = (member.role, MemberStatus::Removed);
        if let Some((counts, refused)) =
            Counts::between((member.role, member.status), gone).update()
        {
            together.add(Write::update(keys.tenant(), counts), refused);
        }
        let remove = Update::new()
            .set("status", MemberStatus::Removed)?
            .when(Condition::equals("change.request", seen.change.request));
        together.add(
            Write::update(keys.member(member.user_id), remove),
            changed_meanwhile(),
        );
        let pointer = self.identity.user_keys(member.user_id).membership(tenant);
        together.add(Write::delete(pointer), changed_meanwhile());
        giving::release(&mut together, keys, member.role);
        if !managed.is_self(&caller) {
            together.caller_stays(&caller, keys);
            let letter = Letter::new(&member.email, &member.name, Notice::MemberRemoved)
                .of_tenant(StoredTenantId(tenant));
            together.letter(keys, &letter)?;
        }
        let own = self
            .identity
            .table(Some(caller.user_id()), &input.request.id);
        together.commit(&own).await?;
        Ok(NoContent.into())
    }
}

fn main() -> ExitCode {
    run::<MembersRemove>()
}
