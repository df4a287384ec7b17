//! `GET /v1/projects/{project_id}/members`: who is in a project.

use endpoint::prelude::*;
use projects_functions::ProjectPath;
use projects_functions::members::{ProjectMember, Seen};
use tenant_context::Page;

struct ProjectMembersList;

impl Endpoint for ProjectMembersList {
    const DECLARATION: Declaration = Declaration::get(
        "/v1/projects/{project_id}/members",
        "Lists the members of a project.",
    )
    .permission(
        Permission::new(Resource::Projects, Action::Read),
        Access::Read,
    )
    .problems(&[Kind::InvalidCursor]);
    type Caller = TenantContext;
    type Path = ProjectPath;
    type Query = Paging;
    type Body = NoInput;
    type Output = List<ProjectMember>;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<List<ProjectMember>>, Problem> {
        let project = caller.project(input.path.project_id)?.id();
        let (list, filter) = (caller.keys().members(), project.to_string());
        let after = input.query.after(&caller, &list, &filter)?;
        // A member's item is read with a dozen others for one unit: less than it takes to look each up by its key.
        let page = caller
            .table()
            .await?
            .list_where(
                &list,
                after.as_deref(),
                input.query.limit(),
                |member: &Seen| member.role_in(project).is_some(),
            )
            .await?;
        let items = page.items.into_iter().filter_map(|member| {
            Some(ProjectMember {
                role: member.role_in(project)?,
                user_id: member.user_id,
                name: member.name,
                status: member.status,
            })
        });
        let page = Page {
            items: items.collect(),
            next: page.next,
        };
        Ok(Reply::new(List::seal::<ProjectMember>(
            page, &caller, &list, &filter,
        )?))
    }
}

fn main() -> ExitCode {
    run::<ProjectMembersList>()
}
