//! `GET /v1/permissions`: what roles can carry, and what the fixed ones do. It needs no data.

use endpoint::prelude::*;

struct PermissionsList;

/// The grammar of permissions, and the fixed roles.
#[derive(Serialize, JsonSchema)]
struct PermissionGrammar {
    /// What permissions are about.
    resources: Vec<PermissionsOn>,
    /// What the fixed roles carry.
    roles: Vec<RoleGrants>,
    /// What the roles in a project add to that, inside it.
    project_roles: Vec<ProjectRoleGrants>,
}

/// Something that permissions are about.
#[derive(Serialize, JsonSchema)]
struct PermissionsOn {
    /// The word before the colon.
    name: &'static str,
    /// Whether it is one collection of records; `records` stands for all of them.
    collection: bool,
    /// Every permission about it, `:own` where it can be limited to one's own.
    permissions: Vec<String>,
}

/// What a fixed role carries.
#[derive(Serialize, JsonSchema)]
struct RoleGrants {
    /// The role.
    role: Role,
    /// Its permissions.
    permissions: Vec<String>,
}

/// What a role in a project carries.
#[derive(Serialize, JsonSchema)]
struct ProjectRoleGrants {
    /// The role.
    role: ProjectRole,
    /// Its permissions.
    permissions: Vec<String>,
}

impl Endpoint for PermissionsList {
    const DECLARATION: Declaration = Declaration::get(
        "/v1/permissions",
        "Lists the permissions that roles can carry, and what the fixed roles do.",
    )
    .session(Access::Read);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = NoInput;
    type Output = PermissionGrammar;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        _: TenantContext,
        _: Input<Self>,
    ) -> Result<Reply<PermissionGrammar>, Problem> {
        let fixed = Resource::ALL
            .iter()
            .map(|resource| (resource.as_str(), false));
        let collections = records::collections::ALL
            .iter()
            .map(|collection| (collection.name, true));
        let none = PermissionSet::default();
        Ok(Reply::new(PermissionGrammar {
            resources: fixed.chain(collections).map(about).collect(),
            roles: Role::ALL
                .iter()
                .map(|role| RoleGrants {
                    role: *role,
                    permissions: role.permissions().texts(),
                })
                .collect(),
            project_roles: ProjectRole::ALL
                .iter()
                .map(|role| ProjectRoleGrants {
                    role: *role,
                    permissions: permissions::in_project(&none, Some(*role)).texts(),
                })
                .collect(),
        }))
    }
}

/// The texts that can be parsed are those there are.
fn about((name, collection): (&'static str, bool)) -> PermissionsOn {
    let texts = Action::ALL.iter().flat_map(|action| {
        let text = format!("{name}:{}", action.as_str());
        let own = format!("{text}:own");
        [text, own]
    });
    let is_one = |text: &String| {
        PermissionSet::parse([text.as_str()], |named| collection && named == name).is_ok()
    };
    PermissionsOn {
        name,
        collection,
        permissions: texts.filter(is_one).collect(),
    }
}

fn main() -> ExitCode {
    run::<PermissionsList>()
}
