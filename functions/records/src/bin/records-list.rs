//! `GET /v1/projects/{project_id}/{collection}`: a page of the records of a collection.

use endpoint::prelude::*;
use records::{Caller, Record, Records};
use records_functions::CollectionPath;
use records_functions::list::Query;

struct RecordsList;

impl Endpoint for RecordsList {
    const DECLARATION: Declaration = Declaration::get(
        "/v1/projects/{project_id}/{collection}",
        "Lists the records of a collection. One filter is served at a time, an owner, a status, a reference or the beginning of \
         the name; the first three go together with times of creation.",
    )
    .permission(
        Permission::new(Resource::Records, Action::Read),
        Access::Read,
    )
    .problems(&[Kind::InvalidCursor]);
    type Caller = TenantContext;
    type Path = CollectionPath;
    type Query = Query;
    type Body = NoInput;
    type Output = List<Record>;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<List<Record>>, Problem> {
        let collection = input.path.collection.0;
        let project = caller.project(input.path.project_id)?;
        let by = Caller {
            context: &caller,
            grant: input.grant,
        };
        let (paging, filter) = input.query.parts();
        let filter = filter.within(collection, input.grant, caller.user_id())?;
        let (list, order) = filter.list(collection, &project, caller.user_id())?;
        let binding = filter.binding();
        let after = paging.after(&caller, list.records(), &binding)?;
        let page = Records::open(collection, project, by)
            .await?
            .list(&list, after.as_deref(), paging.limit(), order)
            .await?;
        let records = list.records();
        Ok(Reply::new(List::seal(page, &caller, records, &binding)?))
    }
}

fn main() -> ExitCode {
    run::<RecordsList>()
}
