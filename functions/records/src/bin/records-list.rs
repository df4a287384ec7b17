//! `GET /v1/projects/{project_id}/{collection}`: a page of the records of a collection.

use endpoint::prelude::*;
use records::{Caller, Order, Record, Records};
use records_functions::CollectionPath;

struct RecordsList;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Query {
    /// How many records at most.
    #[serde(default)]
    limit: endpoint::paging::Limit,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// The order; the newest come first unless it says otherwise.
    #[serde(default)]
    sort: Sort,
}

#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
enum Sort {
    #[serde(rename = "created_at")]
    CreatedAt,
    #[default]
    #[serde(rename = "-created_at")]
    CreatedAtBackwards,
}

impl Endpoint for RecordsList {
    const DECLARATION: Declaration = Declaration::get(
        "/v1/projects/{project_id}/{collection}",
        "Lists the records of a collection.",
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
        let project = caller.project(input.path.project_id)?;
        let by = Caller {
            context: &caller,
            grant: input.grant,
        };
        let records = Records::open(input.path.collection.0, project, by).await?;
        let (order, filter) = match input.query.sort {
            Sort::CreatedAt => (Order::OldestFirst, "created_at"),
            Sort::CreatedAtBackwards => (Order::NewestFirst, "-created_at"),
        };
        let paging = Paging {
            limit: input.query.limit,
            cursor: input.query.cursor,
        };
        let after = paging.after(&caller, records.partition(), filter)?;
        let page = records
            .list(after.as_deref(), paging.limit(), order)
            .await?;
        Ok(Reply::new(List::seal(
            page,
            &caller,
            records.partition(),
            filter,
        )?))
    }
}

fn main() -> ExitCode {
    run::<RecordsList>()
}
