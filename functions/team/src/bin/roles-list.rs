//! `GET /v1/roles`: the roles of the tenant, the five fixed ones first. They are few: all of them are one page.

use endpoint::prelude::*;
use team_functions::custom_roles::ShownRole;
use tenant_context::items::CustomRole;

struct RolesList;

impl Endpoint for RolesList {
    const DECLARATION: Declaration = Declaration::get(
        "/v1/roles",
        "Lists the roles of the tenant, fixed and custom, with what they carry.",
    )
    .permission(Permission::new(Resource::Roles, Action::Read), Access::Read);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = NoInput;
    type Output = List<ShownRole>;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        _: Input<Self>,
    ) -> Result<Reply<List<ShownRole>>, Problem> {
        let table = caller.table().await?;
        let custom: Vec<CustomRole> = table.all(&caller.keys().roles()).await?;
        let fixed = Role::ALL.iter().map(|role| ShownRole::from(*role));
        Ok(Reply::new(List {
            items: fixed.chain(custom.into_iter().map(Into::into)).collect(),
            next_cursor: None,
        }))
    }
}

fn main() -> ExitCode {
    run::<RolesList>()
}
