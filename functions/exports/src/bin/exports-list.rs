//! `GET /v1/exports`: the caller's exports of the last seven days.

use endpoint::prelude::*;
use exports_functions::item::ExportItem;
use exports_functions::shown::Export;

struct ExportsList;

impl Endpoint for ExportsList {
    const DECLARATION: Declaration = Declaration::get(
        "/v1/exports",
        "Lists the exports that you have asked for in the last seven days, oldest first.",
    )
    .permission(
        Permission::new(Resource::Records, Action::Export),
        Access::Read,
    )
    .while_suspended()
    .problems(&[Kind::InvalidCursor]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = Paging;
    type Body = NoInput;
    type Output = List<Export>;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<List<Export>>, Problem> {
        let (paging, list) = (input.query, caller.keys().exports(caller.user_id()));
        let after = paging.after(&caller, &list, "")?;
        let table = caller.table().await?;
        // A person has a few: those of which they may not have the records any more are passed over where they stand.
        let shown = |item: &ExportItem| item.is_open_to(&caller);
        let page = table.list_where(&list, after.as_deref(), paging.limit(), shown);
        let page = page.await?.map(Export::from);
        Ok(Reply::new(List::seal(page, &caller, &list, "")?))
    }
}

fn main() -> ExitCode {
    run::<ExportsList>()
}
