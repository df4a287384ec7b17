//! `DELETE /v1/projects/{project_id}/{collection}/{record_id}`: deletes a record; it is purged after 30 days.

use endpoint::prelude::*;
use records::{Caller, Records};
use records_functions::RecordPath;

struct RecordsDelete;

impl Endpoint for RecordsDelete {
    const DECLARATION: Declaration = Declaration::delete(
        "/v1/projects/{project_id}/{collection}/{record_id}",
        "Deletes a record, which is purged after 30 days; with If-Match, only at that version. Records that name it prevent it, or \
         the fields that do are cleared, as the collection says.",
    )
    .permission(
        Permission::new(Resource::Records, Action::Delete),
        Access::Write,
    )
    .problems(&[
        Kind::InvalidHeader,
        Kind::VersionMismatch,
        Kind::StillReferenced,
        Kind::Conflict,
    ]);
    type Caller = TenantContext;
    type Path = RecordPath;
    type Query = NoInput;
    type Body = NoInput;
    type Output = NoContent;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<NoContent>, Problem> {
        let project = caller.project(input.path.project_id)?;
        let by = Caller {
            context: &caller,
            grant: input.grant,
        };
        let records = Records::open(input.path.collection.0, project, by).await?;
        records
            .delete(input.path.record_id, input.request.if_match)
            .await?;
        Ok(NoContent.into())
    }
}

fn main() -> ExitCode {
    run::<RecordsDelete>()
}
