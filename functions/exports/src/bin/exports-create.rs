//! `POST /v1/exports`: has a file made of the records of a collection, however many there are.

use endpoint::prelude::*;
use exports_functions::filter::{ExportFilter, in_body};
use exports_functions::item::ExportItem;
use exports_functions::shown::Export;
use fields::Object;
use records::{CollectionName, Format};
use tenant_context::ProjectId;

struct ExportsCreate;

/// What is to be exported.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// The project.
    project_id: ProjectId,
    /// The collection.
    collection: CollectionName,
    /// The form of the file.
    #[serde(default)]
    format: Format,
    /// Only these records; all, if left out.
    #[serde(default)]
    filter: Object<ExportFilter>,
}

impl Endpoint for ExportsCreate {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/exports",
        "Has a file made of the records of a collection, oldest first, however many there are. It is made in the background and can be \
         had for seven days, by you alone.",
    )
    .permission(
        Permission::new(Resource::Records, Action::Export),
        Access::Write,
    )
    .while_suspended()
    .idempotent()
    .problems(&[Kind::NotFound]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = Body;
    type Output = Export;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<Export>, Problem> {
        let Body {
            project_id,
            collection: CollectionName(collection),
            format,
            filter: Object(filter),
        } = input.body;
        let (user, keys) = (caller.user_id(), caller.keys());
        // An archived project can be read, and nothing in it changes.
        let project = caller.project_or_archived(project_id)?;
        let filter = match caller.grant_in(&project, collection.name, Action::Export) {
            Grant::All => filter,
            Grant::Own => filter.narrowed(user)?,
            Grant::None => {
                let permission = Permission::new(Resource::Records, Action::Export);
                tracing::warn!(event = "permission_denied", %permission, "a permission was missing");
                let detail = format!("Your role lacks the permission {permission} there.");
                return Err(Problem::new(Kind::PermissionDenied).detail(detail));
            }
        };
        // What no list serves is refused now.
        let list = filter.of_list().list(collection, &project, user);
        list.map_err(in_body)?;
        let is_own = filter.owner_id == Some(user);
        let of = (project_id, collection.name);
        let item = ExportItem::new(of, format, filter, (user, is_own));
        let (key, id) = (keys.export(user, item.id), item.id);
        let reply = Reply::new(Export::from(item.clone())).location(format!("/v1/exports/{id}"));
        reply.keep(&caller)?;
        let created = caller.table().await?.create(key, &item).await;
        // The id is new: whoever comes again gets another.
        created.map_err(|error| error.or(|_| Kind::Unavailable.into()))?;
        Ok(reply)
    }
}

fn main() -> ExitCode {
    run::<ExportsCreate>()
}
