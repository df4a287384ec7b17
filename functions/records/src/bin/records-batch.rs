//! `POST /v1/projects/{project_id}/{collection}/batch`: several new records at once.

use endpoint::prelude::*;
use records::{Batch, Caller, Record, Records};
use records_functions::CollectionPath;

struct RecordsBatch;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// The new records.
    records: Batch,
}

impl Endpoint for RecordsBatch {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/projects/{project_id}/{collection}/batch",
        "Creates up to 25 records, all or none; what is wrong is named by the record's place in the list.",
    )
    .permission(
        Permission::new(Resource::Records, Action::Create),
        Access::Write,
    )
    .body_limit(256 * 1024)
    .problems(&[Kind::ReferenceNotFound, Kind::Conflict]);
    type Caller = TenantContext;
    type Path = CollectionPath;
    type Query = NoInput;
    type Body = Body;
    type Output = List<Record>;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<List<Record>>, Problem> {
        let project = caller.project(input.path.project_id)?;
        let by = Caller {
            context: &caller,
            grant: input.grant,
        };
        let records = Records::open(input.path.collection.0, project, by).await?;
        let items = records.create_all(input.body.records).await?;
        Ok(Reply::new(List {
            items,
            next_cursor: None,
        }))
    }
}

fn main() -> ExitCode {
    run::<RecordsBatch>()
}
