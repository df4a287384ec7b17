//! `GET /v1/projects/{project_id}/inbox`: the caller's messages, calls and notifications in one order.

use endpoint::paging::Limit;
use endpoint::prelude::*;
use records::{Caller, InInbox, Inbox};
use tenant_context::ProjectId;

struct InboxList;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Path {
    /// The project.
    project_id: ProjectId,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Query {
    /// How many at most.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Whether only what waits to be read is shown.
    unread: Option<Only>,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(inline)]
enum Only {
    #[serde(rename = "true")]
    Unread,
    #[serde(rename = "false")]
    All,
}

impl Endpoint for InboxList {
    const DECLARATION: Declaration = Declaration::get(
        "/v1/projects/{project_id}/inbox",
        "Lists your e-mails, text messages and calls of a project, in both directions, and your notifications, the newest first.",
    )
    .permission(
        Permission::new(Resource::Records, Action::Read),
        Access::Read,
    )
    .problems(&[Kind::InvalidCursor]);
    type Caller = TenantContext;
    type Path = Path;
    type Query = Query;
    type Body = NoInput;
    type Output = List<InInbox>;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<List<InInbox>>, Problem> {
        let project = caller.project(input.path.project_id)?;
        let by = Caller {
            context: &caller,
            grant: input.grant,
        };
        let is_unread = matches!(input.query.unread, Some(Only::Unread));
        let paging = Paging {
            limit: input.query.limit,
            cursor: input.query.cursor,
        };
        let inbox = Inbox::new(project, by);
        let list = inbox.list(is_unread);
        let binding = format!("inbox {is_unread}");
        let after = paging.after(&caller, list.records(), &binding)?;
        let page = inbox.page(&list, after.as_deref(), paging.limit()).await?;
        Ok(Reply::new(List::seal(
            page,
            &caller,
            list.records(),
            &binding,
        )?))
    }
}

fn main() -> ExitCode {
    run::<InboxList>()
}
