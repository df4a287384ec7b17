//! `PATCH /v1/roles/{role_id}`: changes a custom role. What it carries counts on the next request of all who have it.

use endpoint::prelude::*;
use fields::{Description, Name, present};
use team_functions::custom_roles::{
    self, RolePath, ShownRole, carried, custom, name_taken, path_in_tenant,
};
use team_functions::giving::{GivenRole, stored_permissions};
use team_functions::together::{Together, changed_meanwhile, delete_when};
use tenant_context::items::{CustomRole, RoleName};

struct RolesUpdate;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// Another name, unique in the tenant in any letter case.
    #[serde(default, deserialize_with = "present")]
    name: Option<Name>,
    /// What it is for.
    #[serde(default, deserialize_with = "present")]
    description: Option<Description>,
    /// All that it is to carry.
    #[serde(default, deserialize_with = "present")]
    permissions: Option<Vec<String>>,
}

impl Endpoint for RolesUpdate {
    const DECLARATION: Declaration = Declaration::patch(
        "/v1/roles/{role_id}",
        "Changes a custom role; with If-Match, only at that version.",
    )
    .permission(
        Permission::new(Resource::Roles, Action::Update),
        Access::Admin,
    )
    .problems(&[
        Kind::InvalidHeader,
        Kind::NotFound,
        Kind::VersionMismatch,
        Kind::AlreadyTaken,
        Kind::Conflict,
    ]);
    type Caller = TenantContext;
    type Path = RolePath;
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
        let id = custom(input.path.role_id)?;
        let (table, keys) = (caller.table().await?, caller.keys());
        let found: Option<CustomRole> = table.get(&keys.role(id)).await?;
        let before = found.ok_or(Kind::NotFound)?;
        let held = stored_permissions(&before.permissions);
        GivenRole::of(&before, held.clone()).manageable_by(&caller)?;
        if input
            .request
            .if_match
            .is_some_and(|version| version != before.version)
        {
            return Err(Kind::VersionMismatch.into());
        }
        let set = match &input.body.permissions {
            Some(texts) => carried(&caller, texts)?,
            None => held,
        };
        // The role stays below the caller's own: whoever changes one could not have it changed by its members.
        GivenRole::of(&before, set.clone())
            .manageable_by(&caller)
            .map_err(|problem| problem.field("/permissions", "would not be below your own"))?;
        let mut after = before.clone();
        let body = input.body;
        after.name = body.name.map_or(after.name, |name| name.to_string());
        after.description = body
            .description
            .map_or(after.description, |text| text.to_string());
        after.permissions = set.texts();
        after.version += 1;
        after.updated_at = endpoint::now();
        after.updated_by = caller.user_id();

        let mut together = Together::new();
        // Attribute by attribute: who gains or loses the role meanwhile changes its count.
        let change = Update::new()
            .set("name", &after.name)?
            .set("description", &after.description)?
            .set("permissions", &after.permissions)?
            .set("version", after.version)?
            .set("updated_at", &after.updated_at)?
            .set("updated_by", after.updated_by)?
            .when(Condition::equals(
                "version",
                i64::try_from(before.version).unwrap_or(i64::MAX),
            ));
        let refused = match input.request.if_match {
            Some(_) => Kind::VersionMismatch.into(),
            None => changed_meanwhile(),
        };
        together.add(Write::update(keys.role(id), change), refused);
        let carries = Update::new()
            .set(path_in_tenant(id), set.compact())?
            .when(Condition::Exists);
        together.add(Write::update(keys.tenant(), carries), Kind::Conflict);
        let [old, new] = [&before.name, &after.name].map(|name| custom_roles::normalised(name));
        if old != new {
            let by_name = Write::create(keys.role_name(&new), &RoleName { role_id: id })?;
            together.add(by_name, name_taken());
            let is_this = Condition::equals("role_id", id.to_string());
            together.add(
                delete_when(keys.role_name(&old), is_this),
                changed_meanwhile(),
            );
        }
        together.caller_stays(&caller, keys);
        together.commit(&table).await?;
        let version = after.version;
        Ok(Reply::new(after.into()).version(version))
    }
}

fn main() -> ExitCode {
    run::<RolesUpdate>()
}
