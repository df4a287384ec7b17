//! `PATCH /v1/projects/{project_id}/{collection}/{record_id}`: changes a record by a JSON Merge Patch.

use endpoint::prelude::*;
use records::{Caller, FieldKeys, PatchFields, Record, Records};
use records_functions::{RecordPath, as_far_as_seen, kept, shown};

struct RecordsUpdate {
    keys: FieldKeys,
}

impl Endpoint for RecordsUpdate {
    const DECLARATION: Declaration = Declaration::patch(
        "/v1/projects/{project_id}/{collection}/{record_id}",
        "Changes a record by a JSON Merge Patch (RFC 7396); with If-Match, only at that version.",
    )
    .permission(
        Permission::new(Resource::Records, Action::Update),
        Access::Write,
    )
    .role("RecordsWriteRole")
    .needs(&[Needs::Tenant, Needs::FieldKey, Needs::Vectors])
    .idempotent()
    .body_limit(256 * 1024)
    .problems(&[
        Kind::InvalidHeader,
        Kind::VersionMismatch,
        Kind::ReferenceNotFound,
        Kind::IllegalStatusChange,
        Kind::StillReferenced,
        Kind::VectorLimit,
        Kind::Conflict,
    ]);
    type Caller = TenantContext;
    type Path = RecordPath;
    type Query = NoInput;
    type Body = PatchFields;
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
            grant: as_far_as_seen(&caller, collection, input.grant)?,
        };
        let records = Records::open(collection, project, by).await?;
        let keep = kept(&caller, shown);
        let record = records
            .sealing(&self.keys)
            .keeping(&keep)
            .update(input.path.record_id, input.request.if_match, input.body)
            .await?;
        Ok(shown(record))
    }
}

fn main() -> ExitCode {
    run::<RecordsUpdate>()
}
