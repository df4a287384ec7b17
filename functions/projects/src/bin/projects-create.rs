//! `POST /v1/projects`: a new project, whose creator leads it.

use endpoint::prelude::*;
use fields::{Description, Name};
use plans::Plan;
use tenant_context::items::{Project, Visibility};
use tenant_context::{ProjectId, Table};

/// How often it is tried when the plan changes at the same moment.
const TRIES: usize = 3;
/// The position of the tenant's write, which is refused when there are as many as may be.
const TENANT: usize = 1;

struct ProjectsCreate;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// What it is called.
    name: Name,
    /// What it is for.
    #[serde(default)]
    description: Description,
    /// Who sees it.
    #[serde(default)]
    visibility: Visibility,
}

/// What is read of the tenant.
#[derive(Deserialize)]
struct Subscribed {
    plan: String,
}

impl Endpoint for ProjectsCreate {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/projects",
        "Creates a project; its creator becomes its lead.",
    )
    .permission(
        Permission::new(Resource::Projects, Action::Create),
        Access::Admin,
    )
    .idempotent()
    .problems(&[Kind::PlanLimit, Kind::NotAMember]);
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
        let Body {
            name,
            description,
            visibility,
        } = input.body;
        let project = Project {
            description: description.to_string(),
            visibility,
            ..Project::new(
                ProjectId::generate(),
                name.as_str(),
                caller.user_id(),
                &endpoint::now(),
            )
        };
        let table = caller.table().await?;
        for _ in 0..TRIES {
            if let Some(reply) = create(&caller, &table, &project).await? {
                return Ok(reply);
            }
        }
        Err(Kind::Unavailable.into())
    }
}

/// The project, or nothing if the plan that limits them was changed after it was read.
async fn create(
    caller: &TenantContext,
    table: &Table,
    project: &Project,
) -> Result<Option<Reply<Project>>, Problem> {
    let subscribed: Option<Subscribed> = table.get_some(&caller.keys().tenant(), &["plan"]).await?;
    let subscribed = subscribed.ok_or(Kind::NotFound)?;
    let plan = Plan::named(&subscribed.plan).unwrap_or(Plan::Free);
    let known = Update::new().insert("project_ids", project.id.to_string());
    let known = match project.visibility {
        Visibility::Open => known,
        Visibility::Private => known.insert("private_project_ids", project.id.to_string()),
    };
    let known = known
        // The plan whose limit is meant: a smaller one must have the present projects fit, and they are judged with this one.
        .when(Condition::equals("plan", subscribed.plan.as_str()))
        .when(Condition::size_below("project_ids", plan.projects()));
    let leads = Update::new()
        .set(format!("project_roles.{}", project.id), ProjectRole::Lead)?
        .when(Condition::equals("status", "active"));
    let writes = vec![
        Write::create(caller.keys().project(project.id), project)?,
        Write::update(caller.keys().tenant(), known),
        Write::update(caller.keys().member(caller.user_id()), leads),
    ];
    let (location, version) = (format!("/v1/projects/{}", project.id), project.version);
    let reply = Reply::new(project.clone())
        .location(location)
        .version(version);
    reply.keep(caller)?;
    let refused = match table.transact(writes).await {
        Ok(()) => return Ok(Some(reply)),
        Err(WriteError::Failed(problem)) => return Err(problem),
        Err(WriteError::Refused(refused)) => refused,
    };
    match refused.into_iter().next() {
        Some((TENANT, found)) => {
            let found: Subscribed = found.ok_or(Kind::NotFound)?.read()?;
            if found.plan != subscribed.plan {
                return Ok(None);
            }
            Err(Problem::new(Kind::PlanLimit).detail(format!(
                "The plan {} allows {} projects, archived ones included.",
                plan.as_str(),
                plan.projects()
            )))
        }
        _ => Err(Kind::NotAMember.into()),
    }
}

fn main() -> ExitCode {
    run::<ProjectsCreate>()
}
