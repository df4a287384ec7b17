//! `POST /v1/projects/{project_id}/{collection}/batch`: several changes at once.

use endpoint::prelude::*;
use records::{Batch, Caller, FieldKeys, Grants, Operation, Outcome, Records};
use records_functions::{CollectionPath, as_far_as_seen};

struct RecordsBatch {
    keys: FieldKeys,
}

impl Endpoint for RecordsBatch {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/projects/{project_id}/{collection}/batch",
        "Creates, changes and deletes up to 25 records, all or none; what is wrong is named by its place in the list.",
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
        Kind::VersionMismatch,
        Kind::ReferenceNotFound,
        Kind::IllegalStatusChange,
        Kind::StillReferenced,
        Kind::VectorLimit,
        Kind::AlreadyTaken,
        Kind::Conflict,
    ]);
    type Caller = TenantContext;
    type Path = CollectionPath;
    type Query = NoInput;
    type Body = Batch;
    type Output = List<Outcome>;

    async fn init(aws: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self {
            keys: FieldKeys::new(aws),
        })
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<List<Outcome>>, Problem> {
        let project = caller.project(input.path.project_id)?;
        let collection = input.path.collection.0;
        let (place, operations) = input.body.operations()?;
        let of = |action, is: fn(&Operation) -> bool| match operations.iter().any(is) {
            true => caller.require_in(collection.name, action),
            false => Ok(Grant::None),
        };
        let mut update = of(Action::Update, |one| matches!(one, Operation::Update(_)))?;
        if update != Grant::None {
            update = as_far_as_seen(&caller, collection, update)?;
        }
        let grants = Grants {
            create: input.grant,
            update,
            delete: of(Action::Delete, |one| matches!(one, Operation::Delete(_)))?,
        };
        let by = Caller {
            context: &caller,
            grant: input.grant,
        };
        let records = Records::open(collection, project, by).await?;
        let records = records.sealing(&self.keys);
        let keep = |items: &[Outcome]| match caller.is_repeatable() {
            true => listed(items.to_vec()).keep(&caller),
            false => Ok(()),
        };
        let done = records.apply(place, operations, grants, keep).await?;
        Ok(listed(done))
    }
}

fn listed(items: Vec<Outcome>) -> Reply<List<Outcome>> {
    Reply::new(List {
        items,
        next_cursor: None,
    })
}

fn main() -> ExitCode {
    run::<RecordsBatch>()
}
