//! `POST /v1/projects/{project_id}/{collection}`: a new record.

use endpoint::prelude::*;
use records::{Caller, NewFields, Record, Records};
use records_functions::CollectionPath;

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
        let record = Records::open(collection, project, by)
            .await?
            .create(input.body)
            .await?;
        let location = format!(
            "/v1/projects/{}/{}/{}",
            record.project_id, collection.name, record.id
        );
        let version = record.version;
        Ok(Reply::new(record).location(location).version(version))
    }
}

fn main() -> ExitCode {
    run::<RecordsCreate>()
}
