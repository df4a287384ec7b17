//! `GET /v1/projects`: the projects that the caller may see.

use endpoint::prelude::*;
use tenant_context::items::Project;

struct ProjectsList;

impl Endpoint for ProjectsList {
    const DECLARATION: Declaration =
        Declaration::get("/v1/projects", "Lists the projects that you may see.")
            .permission(
                Permission::new(Resource::Projects, Action::Read),
                Access::Read,
            )
            .problems(&[Kind::InvalidCursor]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = Paging;
    type Body = NoInput;
    type Output = List<Project>;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<List<Project>>, Problem> {
        let list = caller.keys().projects();
        let after = input.query.after(&caller, &list, "")?;
        let mut page = caller
            .table()
            .await?
            .list(&list, after.as_deref(), input.query.limit(), false)
            .await?;
        // A tenant has tens of projects, so those closed to the caller are few.
        page.items
            .retain(|project: &Project| caller.project(project.id).is_ok());
        Ok(Reply::new(List::seal(page, &caller, &list, "")?))
    }
}

fn main() -> ExitCode {
    run::<ProjectsList>()
}
