//! `POST /v1/projects/{project_id}/{collection}/{record_id}/restore`: brings a deleted record back.

use endpoint::prelude::*;
use records::{Caller, Record, Records};
use records_functions::{RecordPath, as_far_as_seen, kept, shown};

struct RecordsRestore;

impl Endpoint for RecordsRestore {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/projects/{project_id}/{collection}/{record_id}/restore",
        "Restores a record that was deleted in the last 30 days. Its fields that name records which are gone are cleared.",
    )
    .permission(
        Permission::new(Resource::Records, Action::Delete),
        Access::Write,
    )
    .needs(&[Needs::Tenant, Needs::Vectors])
    .idempotent()
    .success(200)
    .problems(&[Kind::ReferenceNotFound, Kind::VectorLimit, Kind::AlreadyTaken, Kind::Conflict]);
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
        let collection = input.path.collection.0;
        let by = Caller {
            context: &caller,
            grant: as_far_as_seen(&caller, collection, input.grant)?,
        };
        let records = Records::open(collection, project, by).await?;
        let keep = kept(&caller, shown);
        let records = records.keeping(&keep);
        records.restore(input.path.record_id).await.map(shown)
    }
}

fn main() -> ExitCode {
    run::<RecordsRestore>()
}
