//! `POST /v1/auth/logout`: ends the session that asks.

use endpoint::prelude::*;
use sign_in::session;
use tenant_context::items::Session;

struct AuthLogout;

impl Endpoint for AuthLogout {
    const DECLARATION: Declaration =
        Declaration::post("/v1/auth/logout", "Signs out: ends this session.")
            .success(204)
            .person();
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = NoInput;
    type Output = NoContent;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        _: Input<Self>,
    ) -> Result<Reply<NoContent>, Problem> {
        let end = session::revocation(jiff::Timestamp::now().as_second())?;
        let key = caller.own_keys().session(caller.session_id());
        match caller.own_table().await?.update::<Session>(&key, end).await {
            Err(WriteError::Failed(problem)) => Err(problem),
            // A session that has ended meanwhile is what was asked for.
            Ok(_) | Err(WriteError::Refused(_)) => Ok(NoContent.into()),
        }
    }
}

fn main() -> ExitCode {
    run::<AuthLogout>()
}
