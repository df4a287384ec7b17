//! `GET /v1/me/sessions`: where the caller is signed in.

use endpoint::prelude::*;
use sign_in::session::is_live;
use tenant_context::items::Session;
use tenant_context::{SessionId, TenantId};

struct SessionsList;

/// A device on which you are signed in.
#[derive(Serialize, JsonSchema)]
struct OwnSession {
    /// The session.
    id: SessionId,
    /// The tenant that it works in.
    tenant_id: TenantId,
    /// What the device calls itself.
    device: String,
    /// The network it was begun from.
    ip_prefix: String,
    /// When you signed in.
    created_at: String,
    /// When it was last renewed.
    last_seen_at: String,
    /// Whether it is the one that asks.
    current: bool,
}

impl Endpoint for SessionsList {
    const DECLARATION: Declaration = Declaration::get(
        "/v1/me/sessions",
        "Lists the devices on which you are signed in.",
    )
    .person()
    .problems(&[Kind::InvalidCursor]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = Paging;
    type Body = NoInput;
    type Output = List<OwnSession>;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<List<OwnSession>>, Problem> {
        let list = caller.own_keys().sessions();
        let after = input.query.after(&caller, &list, "")?;
        let mut page = caller
            .own_table()
            .await?
            .list(&list, after.as_deref(), input.query.limit(), true)
            .await?;
        // Those that have ended are few: they are removed a day later.
        let now = jiff::Timestamp::now().as_second();
        page.items.retain(|session: &Session| is_live(session, now));
        let page = page.map(|session| OwnSession {
            id: session.id,
            tenant_id: session.tenant_id.0,
            device: session.device,
            ip_prefix: session.ip_prefix,
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            current: session.id == caller.session_id(),
        });
        Ok(Reply::new(List::seal(page, &caller, &list, "")?))
    }
}

fn main() -> ExitCode {
    run::<SessionsList>()
}
