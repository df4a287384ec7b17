//! The control: an ordinary endpoint compiles. Were the others refused for a reason of their surroundings, so were this one.

use endpoint::prelude::*;
use tenant_context::items::Project;
use tenant_context::{ProjectId, RecordId};

struct ProjectsTouch;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Path {
    project_id: ProjectId,
}

impl Endpoint for ProjectsTouch {
    const DECLARATION: Declaration = Declaration::get("/v1/projects/{project_id}/touch", "Reads.")
        .permission(Permission::new(Resource::Projects, Action::Read), Access::Read);
    type Caller = TenantContext;
    type Path = Path;
    type Query = NoInput;
    type Body = NoInput;
    type Output = Project;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(&self, caller: TenantContext, input: Input<Self>) -> Result<Reply<Project>, Problem> {
        let project = caller.project(input.path.project_id)?;
        let _record = project.records("CONTACTS").record(RecordId::generate());
        let found = caller.table().await?.get(&caller.keys().project(project.id())).await?;
        found.map(Reply::new).ok_or_else(|| Kind::NotFound.into())
    }
}

fn main() -> ExitCode {
    run::<ProjectsTouch>()
}
