//! `GET /v1/projects/{project_id}`: one project.

use endpoint::prelude::*;
use projects_functions::ProjectPath;
use tenant_context::items::Project;

struct ProjectsRead;

impl Endpoint for ProjectsRead {
    const DECLARATION: Declaration =
        Declaration::get("/v1/projects/{project_id}", "Reads a project.").permission(
            Permission::new(Resource::Projects, Action::Read),
            Access::Read,
        );
    type Caller = TenantContext;
    type Path = ProjectPath;
    type Query = NoInput;
    type Body = NoInput;
    type Output = Project;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<Project>, Problem> {
        let project = caller.project(input.path.project_id)?;
        let found: Option<Project> = caller
            .table()
            .await?
            .get(&caller.keys().project(project.id()))
            .await?;
        let found = found.ok_or(Kind::NotFound)?;
        let version = found.version;
        Ok(Reply::new(found).version(version))
    }
}

fn main() -> ExitCode {
    run::<ProjectsRead>()
}
