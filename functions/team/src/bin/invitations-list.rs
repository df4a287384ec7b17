//! `GET /v1/invitations`: the invitations, newest first; or those that wait to be accepted.

use endpoint::paging::Limit;
use endpoint::prelude::*;
use team_functions::shown::ShownInvitation;
use tenant_context::items::{Invitation, Invited};

struct InvitationsList;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Query {
    /// How many items at most.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// `pending`: only those that can be accepted, in no particular order.
    status: Option<InvitationFilter>,
}

/// What can be asked for: each is a list of its own.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum InvitationFilter {
    /// Those that can be accepted.
    Pending,
}

impl Endpoint for InvitationsList {
    const DECLARATION: Declaration = Declaration::get(
        "/v1/invitations",
        "Lists the invitations, newest first, or those that wait to be accepted.",
    )
    .permission(
        Permission::new(Resource::Invitations, Action::Read),
        Access::Read,
    )
    .problems(&[Kind::InvalidCursor]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = Query;
    type Body = NoInput;
    type Output = List<ShownInvitation>;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<List<ShownInvitation>>, Problem> {
        let table = caller.table().await?;
        let now = jiff::Timestamp::now().as_second();
        let paging = Paging {
            limit: input.query.limit,
            cursor: input.query.cursor,
        };
        let list = match input.query.status {
            Some(InvitationFilter::Pending) => {
                let list = caller.keys().all_invited();
                let after = paging.after(&caller, &list, "pending")?;
                let is_good = |invited: &Invited| invited.expires_at > now;
                let page = table
                    .list_where(&list, after.as_deref(), paging.limit(), is_good)
                    .await?;
                List::seal(page, &caller, &list, "pending")?
            }
            None => {
                let list = caller.keys().invitations();
                let after = paging.after(&caller, &list, "")?;
                let page = table
                    .list(&list, after.as_deref(), paging.limit(), true)
                    .await?
                    .map(|invitation: Invitation| ShownInvitation::at(now, invitation));
                List::seal(page, &caller, &list, "")?
            }
        };
        Ok(Reply::new(list))
    }
}

fn main() -> ExitCode {
    run::<InvitationsList>()
}
