//! `GET /v1/projects/{project_id}/{collection}/{record_id}`: one record.

use endpoint::prelude::*;
use records::{Caller, Record, Records};
use records_functions::RecordPath;

struct RecordsRead;

impl Endpoint for RecordsRead {
    const DECLARATION: Declaration = Declaration::get(
        "/v1/projects/{project_id}/{collection}/{record_id}",
        "Reads a record.",
    )
    .permission(
        Permission::new(Resource::Records, Action::Read),
        Access::Read,
    );
    type Caller = TenantContext;
    type Path = RecordPath;
    type Query = NoInput;
    type Body = NoInput;
    type Output = Record;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<Record>, Problem> {
        let project = caller.project(input.path.project_id)?;
        let by = Caller {
            context: &caller,
            grant: input.grant,
        };
        let records = Records::open(input.path.collection.0, project, by).await?;
        let record = records.read(input.path.record_id).await?;
        let version = record.version;
        Ok(Reply::new(record).version(version))
    }
}

fn main() -> ExitCode {
    run::<RecordsRead>()
}
