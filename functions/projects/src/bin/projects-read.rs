//! `GET /v1/projects/{project_id}`: one project.

use endpoint::prelude::*;
use tenant_context::ProjectId;
use tenant_context::items::Project;

struct ProjectsRead;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Path {
    project_id: ProjectId,
}

impl Endpoint for ProjectsRead {
    const DECLARATION: Declaration =
        Declaration::get("/v1/projects/{project_id}", "Reads a project.").permission(
            Permission::new(Resource::Projects, Action::Read),
            Access::Read,
        );
    type Caller = TenantContext;
    type Path = Path;
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
        let found = caller
            .table()
            .await?
            .get(&caller.keys().project(project.id()))
            .await?;
        found.map(Reply::new).ok_or_else(|| Kind::NotFound.into())
    }
}

fn main() -> ExitCode {
    run::<ProjectsRead>()
}
