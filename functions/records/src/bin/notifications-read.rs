//! `POST /v1/projects/{project_id}/notifications/{record_id}/read`: a notification was read, or is to be read again.

use endpoint::prelude::*;
use records::{Caller, Collection, PatchFields, Record, Records};
use records_functions::{kept, shown};
use serde_json::json;
use tenant_context::{ProjectId, RecordId, errors::internal};

struct NotificationsRead;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Path {
    /// The project.
    project_id: ProjectId,
    /// The notification.
    record_id: RecordId,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// Whether it is read; `false` makes it unread again.
    #[serde(default = "yes")]
    read: bool,
}

fn yes() -> bool {
    true
}

impl Endpoint for NotificationsRead {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/projects/{project_id}/notifications/{record_id}/read",
        "Notes that you have read a notification, or that you have not.",
    )
    .permission(
        Permission::new(Resource::Records, Action::Read),
        Access::Write,
    )
    .success(200)
    .idempotent()
    .problems(&[Kind::IllegalStatusChange, Kind::Conflict]);
    type Caller = TenantContext;
    type Path = Path;
    type Query = NoInput;
    type Body = Body;
    type Output = Record;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<Record>, Problem> {
        let project = caller.project(input.path.project_id)?;
        let collection = Collection::named("notifications")
            .ok_or_else(|| internal("notifications", &"are no collection"))?;
        let patch = match input.body.read {
            true => json!({"status": "read", "read_at": endpoint::now()}),
            false => json!({"status": "unread", "read_at": null}),
        };
        let patch: PatchFields =
            serde_json::from_value(patch).map_err(|error| internal("patch", &error))?;
        let by = Caller {
            context: &caller,
            grant: input.grant,
        };
        let records = Records::open(collection, project, by).await?;
        let keep = kept(&caller, shown);
        let record = records
            .keeping(&keep)
            .update(input.path.record_id, None, patch)
            .await?;
        Ok(shown(record))
    }
}

fn main() -> ExitCode {
    run::<NotificationsRead>()
}
