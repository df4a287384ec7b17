//! `PUT /v1/projects/{project_id}/members/{user_id}`: takes a member into a project, or changes their role there.

use endpoint::prelude::*;
use projects_functions::members::{self, ProjectMember};
use projects_functions::{MemberPath, change};

struct ProjectMembersPut;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// Their role in the project: one that carries no more than you may do there.
    role: ProjectRole,
}

impl Endpoint for ProjectMembersPut {
    const DECLARATION: Declaration = Declaration::put(
        "/v1/projects/{project_id}/members/{user_id}",
        "Takes a member into a project, or changes their role there.",
    )
    .permission(
        Permission::new(Resource::Projects, Action::Update),
        Access::Admin,
    )
    .problems(&[Kind::Conflict]);
    type Caller = TenantContext;
    type Path = MemberPath;
    type Query = NoInput;
    type Body = Body;
    type Output = ProjectMember;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<ProjectMember>, Problem> {
        let (project, role) = (caller.project(input.path.project_id)?.id(), input.body.role);
        let is_active = Write::check(
            caller.keys().project(project),
            vec![Condition::equals("status", "active")],
        );
        let place = (project, input.path.user_id);
        let member = members::set_role(&caller, place, Some(role), &[is_active], |found| {
            change::refusal(found, None)
        })
        .await?;
        Ok(Reply::new(ProjectMember {
            user_id: member.user_id,
            name: member.name,
            role,
            status: member.status,
        }))
    }
}

fn main() -> ExitCode {
    run::<ProjectMembersPut>()
}
