//! `GET /v1/projects`: the projects that the caller may see.

use endpoint::paging::Limit;
use endpoint::prelude::*;
use tenant_context::items::{Project, ProjectStatus};

struct ProjectsList;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Query {
    /// How many projects at most.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only those that are active, or only those that are archived.
    status: Option<ProjectStatus>,
}

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
    type Query = Query;
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
        let Query {
            limit,
            cursor,
            status,
        } = input.query;
        let paging = Paging { limit, cursor };
        let filter = match status {
            None => "",
            Some(ProjectStatus::Active) => "active",
            Some(ProjectStatus::Archived) => "archived",
        };
        let list = caller.keys().projects();
        let after = paging.after(&caller, &list, filter)?;
        // A tenant has tens of projects: those closed to the caller are passed over where they stand.
        let page = caller
            .table()
            .await?
            .list_where(
                &list,
                after.as_deref(),
                paging.limit(),
                |project: &Project| {
                    status.is_none_or(|status| project.status == status)
                        && caller.project_or_archived(project.id).is_ok()
                },
            )
            .await?;
        Ok(Reply::new(List::seal(page, &caller, &list, filter)?))
    }
}

fn main() -> ExitCode {
    run::<ProjectsList>()
}
