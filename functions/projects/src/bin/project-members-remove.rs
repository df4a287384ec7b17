//! `DELETE /v1/projects/{project_id}/members/{user_id}`: takes a member out of a project.

use endpoint::prelude::*;
use projects_functions::{MemberPath, members};

struct ProjectMembersRemove;

impl Endpoint for ProjectMembersRemove {
    const DECLARATION: Declaration = Declaration::delete(
        "/v1/projects/{project_id}/members/{user_id}",
        "Takes a member out of a project; an archived one too.",
    )
    .permission(
        Permission::new(Resource::Projects, Action::Update),
        Access::Admin,
    )
    .problems(&[Kind::Conflict]);
    type Caller = TenantContext;
    type Path = MemberPath;
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
        let project = caller.project_or_archived(input.path.project_id)?.id();
        let place = (project, input.path.user_id);
        members::set_role(&caller, place, None, &[], |_| Kind::Conflict.into()).await?;
        Ok(NoContent.into())
    }
}

fn main() -> ExitCode {
    run::<ProjectMembersRemove>()
}
