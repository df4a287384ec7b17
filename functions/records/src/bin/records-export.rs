//! `GET /v1/projects/{project_id}/{collection}/export`: the records of a collection as a file.

use endpoint::prelude::*;
use records::{Caller, Format, Records};
use records_functions::CollectionPath;

struct RecordsExport;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Query {
    /// The form of the file.
    #[serde(default)]
    format: Format,
    /// `next-cursor` of the part before.
    cursor: Option<String>,
}

impl Endpoint for RecordsExport {
    const DECLARATION: Declaration = Declaration::get(
        "/v1/projects/{project_id}/{collection}/export",
        "Answers the records of a collection as a file, oldest first: JSON Lines, or CSV in which no cell is a formula. Beyond some 5 MB \
         the headers `next-cursor` and `link` (rel=next) say where the next part is; the parts in a row are the file.",
    )
    .permission(
        Permission::new(Resource::Records, Action::Export),
        Access::Read,
    )
    .problems(&[Kind::InvalidCursor]);
    type Caller = TenantContext;
    type Path = CollectionPath;
    type Query = Query;
    type Body = NoInput;
    type Output = Download;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<Download>, Problem> {
        let (collection, Query { format, cursor }) = (input.path.collection.0, input.query);
        let project = caller.project(input.path.project_id)?;
        let by = Caller {
            context: &caller,
            grant: input.grant,
        };
        let list = collection.records(&project, caller.user_id());
        let (cursors, binding) = (caller.cursors(), format!("export {}", format.as_str()));
        let after = cursor.map(|cursor| cursors.open(&list, &binding, &cursor));
        let records = Records::open(collection, project, by).await?;
        let export = records.export(format, after.transpose()?).await?;
        let name = format!("{}.{}", collection.name, format.as_str());
        let reply = Reply::download(format.media_type(), &name, export.text);
        let Some(next) = export.next else {
            return Ok(reply);
        };
        let cursor = cursors.seal(&list, &binding, &next)?;
        let path = format!(
            "/v1/projects/{}/{}/export?format={}&cursor={cursor}",
            project.id(),
            collection.name,
            format.as_str()
        );
        Ok(reply.goes_on(cursor, &path))
    }
}

fn main() -> ExitCode {
    run::<RecordsExport>()
}
