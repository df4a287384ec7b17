//! `POST /v1/projects/{project_id}/search`: the chunks that are nearest to a meaning.

use endpoint::prelude::*;
use records::{Caller, Collection, Found, Records, Search};
use tenant_context::ProjectId;

struct RecordsSearch;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Path {
    /// The project.
    project_id: ProjectId,
}

/// What was found.
#[derive(Serialize, JsonSchema)]
struct FoundChunks {
    /// The chunks, the nearest first.
    items: Vec<Found>,
}

impl Endpoint for RecordsSearch {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/projects/{project_id}/search",
        "Finds the chunks whose embeddings are nearest to the one that is given, by the cosine of the angle between them.",
    )
    .permission(
        Permission::new(Resource::Records, Action::Read),
        Access::Read,
    )
    .needs(&[Needs::Tenant, Needs::Vectors])
    .about("chunks")
    .success(200)
    .body_limit(128 * 1024)
    .memory_mb(1024);
    type Caller = TenantContext;
    type Path = Path;
    type Query = NoInput;
    type Body = Search;
    type Output = FoundChunks;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<FoundChunks>, Problem> {
        let project = caller.project(input.path.project_id)?;
        let by = Caller {
            context: &caller,
            grant: input.grant,
        };
        let chunks = Records::open(Collection::chunks(), project, by).await?;
        let items = chunks.search(&input.body).await?;
        Ok(Reply::new(FoundChunks { items }))
    }
}

fn main() -> ExitCode {
    run::<RecordsSearch>()
}
