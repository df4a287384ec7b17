//! `POST /v1/projects`: a new project.

use endpoint::prelude::*;
use fields::Name;
use tenant_context::ProjectId;
use tenant_context::items::Project;

/// How many projects a tenant may have. All of them stand in the tenant's item, which every request reads: 50 keep it
/// within one read unit.
const MOST: usize = 50;

struct ProjectsCreate;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// What it is called.
    name: Name,
}

impl Endpoint for ProjectsCreate {
    const DECLARATION: Declaration = Declaration::post("/v1/projects", "Creates a project.")
        .permission(
            Permission::new(Resource::Projects, Action::Create),
            Access::Admin,
        )
        .problems(&[Kind::PlanLimit]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = Body;
    type Output = Project;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<Project>, Problem> {
        let project = Project::new(
            ProjectId::generate(),
            input.body.name.as_str(),
            caller.user_id(),
            &endpoint::now(),
        );
        let known = Update::new().insert("project_ids", project.id.to_string());
        let known = known
            .when(Condition::Exists)
            .when(Condition::size_below("project_ids", MOST));
        let writes = vec![
            Write::create(caller.keys().project(project.id), &project)?,
            Write::update(caller.keys().tenant(), known),
        ];
        let table = caller.table().await?;
        table
            .transact(writes)
            .await
            .map_err(|error| error.or(|_| Kind::PlanLimit.into()))?;
        let location = format!("/v1/projects/{}", project.id);
        Ok(Reply::new(project).location(location))
    }
}

fn main() -> ExitCode {
    run::<ProjectsCreate>()
}
