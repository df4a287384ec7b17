//! `DELETE /v1/roles/{role_id}`: removes a custom role that nobody has.

use endpoint::prelude::*;
use team_functions::custom_roles::{self, RolePath, custom, path_in_tenant};
use team_functions::ending::free_expired;
use team_functions::giving::{GivenRole, stored_permissions};
use team_functions::together::{Together, changed_meanwhile, delete_when};
use tenant_context::items::CustomRole;

struct RolesDelete;

impl Endpoint for RolesDelete {
    const DECLARATION: Declaration = Declaration::delete(
        "/v1/roles/{role_id}",
        "Removes a custom role. It can't be while members or pending invitations have it.",
    )
    .permission(
        Permission::new(Resource::Roles, Action::Delete),
        Access::Admin,
    )
    .problems(&[Kind::NotFound, Kind::Conflict]);
    type Caller = TenantContext;
    type Path = RolePath;
    type Query = NoInput;
    type Body = NoInput;
    type Output = NoContent;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<NoContent>, Problem> {
        let id = custom(input.path.role_id)?;
        let (table, keys) = (caller.table().await?, caller.keys());
        let found: Option<CustomRole> = table.get(&keys.role(id)).await?;
        let role = found.ok_or(Kind::NotFound)?;
        let held = stored_permissions(&role.permissions);
        GivenRole::of(&role, held).manageable_by(&caller)?;
        if role.holders > 0 {
            // Invitations that nobody took up in time hold it no longer.
            free_expired(&table, keys, jiff::Timestamp::now().as_second()).await?;
        }
        let mut together = Together::new();
        let in_use = Problem::new(Kind::Conflict).detail(
            "Members or pending invitations have this role: give them another one, or revoke them, first.",
        );
        let nobody = Condition::equals("holders", 0);
        together.add(delete_when(keys.role(id), nobody), in_use);
        let gone = Update::new()
            .remove(path_in_tenant(id))
            .when(Condition::Exists);
        together.add(Write::update(keys.tenant(), gone), Kind::Conflict);
        let by_name = keys.role_name(&custom_roles::normalised(&role.name));
        let is_this = Condition::equals("role_id", id.to_string());
        together.add(delete_when(by_name, is_this), changed_meanwhile());
        together.caller_stays(&caller, keys);
        together.commit(&table).await?;
        Ok(NoContent.into())
    }
}

fn main() -> ExitCode {
    run::<RolesDelete>()
}
