//! `POST /v1/projects/{project_id}/{collection}`: a new record.

use endpoint::prelude::*;
use records::{Caller, FieldKeys, NewFields, Record, Records};
use records_functions::{CollectionPath, kept, shown};

struct RecordsCreate {
    keys: FieldKeys,
}

impl Endpoint for RecordsCreate {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/projects/{project_id}/{collection}",
        "Creates a record.",
    )
    .permission(
        Permission::new(Resource::Records, Action::Create),
        Access::Write,
    )
    .role("RecordsWriteRole")
    .needs(&[Needs::Tenant, Needs::FieldKey, Needs::Vectors])
    .idempotent()
    .body_limit(256 * 1024)
    .problems(&[
        Kind::VectorLimit,
        Kind::ReferenceNotFound,
        Kind::AlreadyTaken,
    ]);
    type Caller = TenantContext;
    type Path = CollectionPath;
    type Query = NoInput;
    type Body = NewFields;
    type Output = Record;

    async fn init(aws: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self {
            keys: FieldKeys::new(aws),
        })
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
        let records = records.sealing(&self.keys).keeping(&keep);
        let record = records.create(input.body).await?;
        Ok(created(record))
    }
}

fn main() -> ExitCode {
    run::<RecordsCreate>()
}
