//! `POST /v1/projects/{project_id}/archive`: puts a project into the archive, where it can be read only.

use endpoint::prelude::*;
use projects_functions::{ProjectPath, change};
use tenant_context::items::{Project, ProjectStatus};

struct ProjectsArchive;

impl Endpoint for ProjectsArchive {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/projects/{project_id}/archive",
        "Puts a project into the archive: it can be read only.",
    )
    .success(200)
    .permission(
        Permission::new(Resource::Projects, Action::Update),
        Access::Admin,
    )
    .problems(&[Kind::Conflict]);
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
        let project =
            change::set_status(&caller, input.path.project_id, ProjectStatus::Archived).await?;
        let version = project.version;
        Ok(Reply::new(project).version(version))
    }
}

fn main() -> ExitCode {
    run::<ProjectsArchive>()
}
