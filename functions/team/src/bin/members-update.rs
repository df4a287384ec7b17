//! `PATCH /v1/members/{user_id}`: gives a member another role, deactivates or reactivates them.

use endpoint::prelude::*;
use fields::present;
use mail::outbox::{Letter, Notice};
use team_functions::counts::Counts;
use team_functions::giving::{self, GivenRole};
use team_functions::managing::{Managed, MemberPath};
use team_functions::seats;
use team_functions::shown::ShownMember;
use team_functions::together::{Together, changed_meanwhile};
use tenant_context::Table;
use tenant_context::items::{MemberStatus, StoredTenantId};

struct MembersUpdate;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// The new role: one below your own, unless you are an owner.
    #[serde(default, deserialize_with = "present")]
    role: Option<RoleRef>,
    /// `deactivated` takes them out and frees their seat; `active` lets them in again if there is one.
    #[serde(default, deserialize_with = "present")]
    status: Option<MemberState>,
}

/// What somebody can be made.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum MemberState {
    /// May work.
    Active,
    /// May not for the present.
    Deactivated,
}

impl Endpoint for MembersUpdate {
    const DECLARATION: Declaration = Declaration::patch(
        "/v1/members/{user_id}",
        "Gives a member another role, deactivates or reactivates them.",
    )
    .permission(
        Permission::new(Resource::Members, Action::Update),
        Access::Admin,
    )
    .problems(&[
        Kind::NotFound,
        Kind::ReferenceNotFound,
        Kind::LastOwner,
        Kind::SeatLimit,
        Kind::Conflict,
    ]);
    type Caller = TenantContext;
    type Path = MemberPath;
    type Query = NoInput;
    type Body = Body;
    type Output = ShownMember;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<ShownMember>, Problem> {
        let table = caller.table().await?;
        let managed = Managed::find(&caller, &table, input.path.user_id).await?;
        let given = match input.body.role.filter(|role| *role != managed.member.role) {
            Some(role) => Some(given(&caller, &table, role).await?),
            None => None,
        };
        let change = Change {
            caller: &caller,
            status: match input.body.status {
                Some(MemberState::Active) => MemberStatus::Active,
                Some(MemberState::Deactivated) => MemberStatus::Deactivated,
                None => managed.member.status,
            },
            managed,
            given,
        };
        if change.is_none() {
            return Ok(Reply::new(change.managed.member.into()));
        }
        let (changed, at) = (&change, &table);
        let commit = || async move { changed.writes()?.commit(at).await };
        seats::take(&caller, &table, commit).await?;
        Ok(Reply::new(change.done()))
    }
}

/// The role that they are to have, if the caller may give it.
async fn given(caller: &TenantContext, table: &Table, role: RoleRef) -> Result<GivenRole, Problem> {
    let found = GivenRole::find(table, caller.keys(), role).await?;
    let missing = || Problem::new(Kind::ReferenceNotFound).field("/role", "is not a role here");
    let given = found.ok_or_else(missing)?;
    given
        .manageable_by(caller)
        .map_err(|problem| problem.field("/role", "is not below your own"))?;
    Ok(given)
}

/// What is to change.
struct Change<'a> {
    caller: &'a TenantContext,
    managed: Managed,
    given: Option<GivenRole>,
    status: MemberStatus,
}

impl Change<'_> {
    fn is_none(&self) -> bool {
        self.given.is_none() && self.status == self.managed.member.status
    }

    fn role(&self) -> RoleRef {
        let given = self.given.as_ref().map(|given| given.standing.role());
        given.unwrap_or(self.managed.member.role)
    }

    fn writes(&self) -> Result<Together, Problem> {
        let (keys, member) = (self.caller.keys(), &self.managed.member);
        let mut together = Together::new();
        let before = (member.role, member.status);
        if let Some((counts, refused)) =
            Counts::between(before, (self.role(), self.status)).update()
        {
            together.add(Write::update(keys.tenant(), counts), refused);
        }
        let status = match member.status {
            MemberStatus::Active => "active",
            MemberStatus::Deactivated => "deactivated",
            MemberStatus::Removed => "removed",
        };
        let update = Update::new()
            .set("role", self.role())?
            .set("status", self.status)?
            .when(Condition::equals("role", member.role.to_string()))
            .when(Condition::equals("status", status));
        together.add(
            Write::update(keys.member(member.user_id), update),
            changed_meanwhile(),
        );
        if !self.managed.is_self(self.caller) {
            together.caller_stays(self.caller, keys);
        }
        match &self.given {
            Some(given) => {
                giving::release(&mut together, keys, member.role);
                given.gains_holder(&mut together);
                if !self.managed.is_self(self.caller) {
                    let role = given.name.clone();
                    let letter =
                        Letter::new(&member.email, &member.name, Notice::RoleChanged { role })
                            .of_tenant(StoredTenantId(self.caller.tenant_id()));
                    together.letter(keys, &letter)?;
                }
            }
            None => self.managed.role.stays(&mut together),
        }
        Ok(together)
    }

    fn done(self) -> ShownMember {
        let (role, status) = (self.role(), self.status);
        let mut member = self.managed.member;
        (member.role, member.status) = (role, status);
        member.into()
    }
}

fn main() -> ExitCode {
    run::<MembersUpdate>()
}
