//! `POST /v1/roles`: makes a role of the tenant's own, which carries nothing that its author may not do.

use endpoint::prelude::*;
use fields::{Description, Name};
use team_functions::custom_roles::{self, ShownRole, carried, name_taken, path_in_tenant};
use team_functions::together::Together;
use tenant_context::RoleId;
use tenant_context::items::{CustomRole, RoleName};

struct RolesCreate;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// Its name, unique in the tenant in any letter case.
    name: Name,
    /// What it is for.
    #[serde(default)]
    description: Description,
    /// What it carries: `collection:action` or `collection:action:own`, 100 at most; see `GET /v1/permissions`.
    permissions: Vec<String>,
}

impl Endpoint for RolesCreate {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/roles",
        "Makes a role, which carries at most what its author may do.",
    )
    .permission(
        Permission::new(Resource::Roles, Action::Create),
        Access::Admin,
    )
    .idempotent()
    .problems(&[Kind::AlreadyTaken, Kind::Conflict]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = Body;
    type Output = ShownRole;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<ShownRole>, Problem> {
        let body = input.body;
        let set = carried(&caller, &body.permissions)?;
        let (id, now) = (RoleId::generate(), endpoint::now());
        let role = CustomRole {
            id,
            name: body.name.to_string(),
            description: body.description.to_string(),
            permissions: set.texts(),
            holders: 0,
            version: 1,
            created_at: now.clone(),
            created_by: caller.user_id(),
            updated_at: now,
            updated_by: caller.user_id(),
        };
        let keys = caller.keys();
        let mut together = Together::new();
        let carries = Update::new()
            .set(path_in_tenant(id), set.compact())?
            .when(Condition::Exists)
            .when(Condition::size_below("custom_roles", custom_roles::MOST));
        let too_many = Problem::new(Kind::Conflict).detail(format!(
            "A tenant has at most {} roles of its own.",
            custom_roles::MOST
        ));
        together.add(Write::update(keys.tenant(), carries), too_many);
        together.add(Write::create(keys.role(id), &role)?, Kind::Conflict);
        let name = keys.role_name(&custom_roles::normalised(&role.name));
        let by_name = Write::create(name, &RoleName { role_id: id })?;
        together.add(by_name, name_taken());
        together.caller_stays(&caller, keys);
        let reply = Reply::new(ShownRole::from(role)).version(1);
        let reply = reply.location(format!("/v1/roles/{id}"));
        reply.keep(&caller)?;
        together.commit(&caller.table().await?).await?;
        Ok(reply)
    }
}

fn main() -> ExitCode {
    run::<RolesCreate>()
}
