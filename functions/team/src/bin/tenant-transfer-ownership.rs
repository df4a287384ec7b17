//! `POST /v1/tenant/transfer-ownership`: makes another member an owner, in the caller's place or beside them.

use endpoint::prelude::*;
use mail::outbox::{Letter, Notice};
use team_functions::counts::Counts;
use team_functions::giving;
use team_functions::managing;
use team_functions::together::{Together, changed_meanwhile};
use tenant_context::UserId;
use tenant_context::items::{Member, MemberStatus, StoredTenantId};

struct TenantTransferOwnership;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// The member who is to be an owner.
    user_id: UserId,
    /// Whether you stay an owner beside them. If not, you become an admin.
    #[serde(default)]
    keep_owner: bool,
}

/// Who is what now.
#[derive(Serialize, JsonSchema)]
struct OwnershipHandover {
    /// The new owner.
    user_id: UserId,
    /// Your own role from now on.
    your_role: Role,
}

impl Endpoint for TenantTransferOwnership {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/tenant/transfer-ownership",
        "Hands the ownership of the tenant to another member.",
    )
    .success(200)
    .permission(
        Permission::new(Resource::Tenant, Action::Manage),
        Access::Admin,
    )
    .step_up()
    .idempotent()
    .problems(&[Kind::ReferenceNotFound, Kind::LastOwner, Kind::Conflict]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = Body;
    type Output = OwnershipHandover;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<OwnershipHandover>, Problem> {
        let Body {
            user_id,
            keep_owner,
        } = input.body;
        if caller.role() != Role::Owner {
            // A custom role can carry the permission; the ownership itself it can't give away.
            return Err(Problem::new(Kind::PermissionDenied)
                .detail("Only an owner can hand the ownership over."));
        }
        let table = caller.table().await?;
        let own = managing::own(&caller, &table).await?;
        let next = next_owner(managing::member(&caller, &table, user_id).await)?;
        if user_id == caller.user_id() || (keep_owner && next.role == Role::Owner) {
            let detail = "This member is an owner already.";
            return Err(Problem::new(Kind::Conflict).detail(detail));
        }
        let reply = Reply::new(OwnershipHandover {
            user_id,
            your_role: if keep_owner { Role::Owner } else { Role::Admin },
        });
        let writes = writes(&caller, &own, &next, keep_owner)?;
        reply.keep(&caller)?;
        writes.commit(&table).await?;
        Ok(reply)
    }
}

fn next_owner(found: Result<Member, Problem>) -> Result<Member, Problem> {
    let missing = |detail| Problem::new(Kind::ReferenceNotFound).field("/user_id", detail);
    match found {
        Ok(member) if member.status == MemberStatus::Active => Ok(member),
        Ok(_) => Err(missing("is not an active member")),
        Err(problem) if problem.kind() == Kind::NotFound => Err(missing("is not an active member")),
        Err(problem) => Err(problem),
    }
}

fn writes(
    caller: &TenantContext,
    own: &Member,
    next: &Member,
    keep_owner: bool,
) -> Result<Together, Problem> {
    let keys = caller.keys();
    let mut together = Together::new();
    let counts = Counts {
        owners: i64::from(next.role != Role::Owner) - i64::from(!keep_owner),
        ..Counts::default()
    };
    if let Some((counts, refused)) = counts.update() {
        together.add(Write::update(keys.tenant(), counts), refused);
    }
    let becomes = |role: Role, member: &Member| -> Result<Write, Problem> {
        let update = Update::new()
            .set("role", role)?
            .when(Condition::equals("status", "active"))
            .when(Condition::equals("role", member.role.to_string()));
        Ok(Write::update(keys.member(member.user_id), update))
    };
    let tenant = StoredTenantId(caller.tenant_id());
    if next.role != Role::Owner {
        together.add(becomes(Role::Owner, next)?, changed_meanwhile());
        giving::release(&mut together, keys, next.role);
        let letter = Letter::new(&next.email, &next.name, Notice::NewOwner).of_tenant(tenant);
        together.letter(keys, &letter)?;
    } else {
        let stays = vec![
            Condition::equals("status", "active"),
            Condition::equals("role", Role::Owner.as_str()),
        ];
        together.add(
            Write::check(keys.member(next.user_id), stays),
            changed_meanwhile(),
        );
    }
    if keep_owner {
        together.caller_stays(caller, keys);
    } else {
        together.add(becomes(Role::Admin, own)?, changed_meanwhile());
        let letter = Letter::new(&own.email, &own.name, Notice::OwnershipTransferred);
        together.letter(keys, &letter.of_tenant(tenant))?;
    }
    Ok(together)
}

fn main() -> ExitCode {
    run::<TenantTransferOwnership>()
}
