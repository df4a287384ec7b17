//! `GET /v1/exports/{export_id}`: how far an export has come, and where it can be had.

use endpoint::prelude::*;
use exports_functions::item::{ExportItem, Status};
use exports_functions::shown::{Export, ExportPath};

struct ExportsRead;

impl Endpoint for ExportsRead {
    const DECLARATION: Declaration = Declaration::get(
        "/v1/exports/{export_id}",
        "Answers how far an export of yours has come. When it is done, a URL from which the file can be had for a quarter of an hour is \
         with it.",
    )
    .permission(
        Permission::new(Resource::Records, Action::Export),
        Access::Read,
    )
    .while_suspended()
    .needs(&[Needs::Tenant, Needs::Exports]);
    type Caller = TenantContext;
    type Path = ExportPath;
    type Query = NoInput;
    type Body = NoInput;
    type Output = Export;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<Export>, Problem> {
        // First, since these credentials must last longer than the table's.
        let exports = caller.exports().await?;
        let key = caller.keys().export(caller.user_id(), input.path.export_id);
        let item: Option<ExportItem> = caller.table().await?.get(&key).await?;
        let item = item.filter(|item| item.is_open_to(&caller));
        let item = item.ok_or_else(|| Problem::new(Kind::NotFound))?;
        let name = format!(
            "{}-{}.{}",
            item.collection,
            item.created_at.get(..10).unwrap_or_default(),
            item.format.as_str()
        );
        let (id, object) = (item.id, item.object);
        let mut shown = Export::from(item);
        if let (Status::Done, Some(object)) = (shown.status, object) {
            let signed = exports.download_url(id, object, &name)?;
            shown.download_url = Some(signed.url);
        }
        Ok(Reply::new(shown))
    }
}

fn main() -> ExitCode {
    run::<ExportsRead>()
}
