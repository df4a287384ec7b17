//! `POST /v1/projects/{project_id}/{collection}`: a new record.

use endpoint::prelude::*;
use records::{Caller, NewFields, Record, Records};
use records_functions::{CollectionPath, kept, shown};

struct RecordsCreate;

impl Endpoint for RecordsCreate {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/projects/{project_id}/{collection}",
        "Creates a record.",
    )
    .permission(
        Permission::new(Resource::Records, Action::Create),
        Access::Write,
    )
    .idempotent()
    .body_limit(256 * 1024)
    .problems(&[Kind::ReferenceNotFound]);
    type Caller = TenantContext;
    type Path = CollectionPath;
    type Query = NoInput;
    type Body = NewFields;
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
            grant: input.grant,
        };
        let created = |record: Record| {
            let (project, id) = (record.project_id, record.id);
            let location = format!("/v1/projects/{project}/{}/{id}", collection.name);
            shown(record).location(location)
        };
        let keep = kept(&caller, created);
        let records = Records::open(collection, project, by).await?;
        let record = records.keeping(&keep).create(input.body).await?;
        Ok(created(record))
    }
}

fn main() -> ExitCode {
    run::<RecordsCreate>()
}
