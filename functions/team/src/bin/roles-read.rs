//! `GET /v1/roles/{role_id}`: one role, fixed or custom.

use endpoint::prelude::*;
use team_functions::custom_roles::{RolePath, ShownRole};
use tenant_context::items::CustomRole;

struct RolesRead;

impl Endpoint for RolesRead {
    const DECLARATION: Declaration =
        Declaration::get("/v1/roles/{role_id}", "Reads a role of the tenant.")
            .permission(Permission::new(Resource::Roles, Action::Read), Access::Read)
            .problems(&[Kind::NotFound]);
    type Caller = TenantContext;
    type Path = RolePath;
    type Query = NoInput;
    type Body = NoInput;
    type Output = ShownRole;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<ShownRole>, Problem> {
        match input.path.role_id {
            RoleRef::Fixed(role) => Ok(Reply::new(role.into())),
            RoleRef::Custom(id) => {
                let table = caller.table().await?;
                let found: Option<CustomRole> = table.get(&caller.keys().role(id.into())).await?;
                let role = found.ok_or(Kind::NotFound)?;
                let version = role.version;
                Ok(Reply::new(role.into()).version(version))
            }
        }
    }
}

fn main() -> ExitCode {
    run::<RolesRead>()
}
