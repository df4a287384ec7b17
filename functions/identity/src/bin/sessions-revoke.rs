//! `DELETE /v1/me/sessions/{session_id}`: signs one device out.

use endpoint::prelude::*;
use sign_in::session;
use tenant_context::SessionId;
use tenant_context::items::Session;

struct SessionsRevoke;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Path {
    /// One of your sessions.
    session_id: SessionId,
}

impl Endpoint for SessionsRevoke {
    const DECLARATION: Declaration = Declaration::delete(
        "/v1/me/sessions/{session_id}",
        "Signs you out on one device: its session ends at once.",
    )
    .person();
    type Caller = TenantContext;
    type Path = Path;
    type Query = NoInput;
    type Body = NoInput;
    type Output = NoContent;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<NoContent>, Problem> {
        let end = session::revocation(jiff::Timestamp::now().as_second())?;
        let key = caller.own_keys().session(input.path.session_id);
        let ended = caller.own_table().await?.update::<Session>(&key, end).await;
        ended.map_err(|error| error.or(|_| Kind::NotFound.into()))?;
        Ok(NoContent.into())
    }
}

fn main() -> ExitCode {
    run::<SessionsRevoke>()
}
