//! `DELETE /v1/me/sessions`: signs every other device out.

use endpoint::prelude::*;
use futures::stream::{self, TryStreamExt as _};
use sign_in::session::{self, is_live};
use tenant_context::items::Session;

/// How many sessions are ended at a time.
const AT_ONCE: usize = 10;

struct SessionsRevokeAll;

impl Endpoint for SessionsRevokeAll {
    const DECLARATION: Declaration = Declaration::delete(
        "/v1/me/sessions",
        "Signs you out on every device but this one.",
    )
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
        let own = caller.own_keys();
        let table = &caller.own_table().await?;
        let now = jiff::Timestamp::now().as_second();
        let sessions: Vec<Session> = table.all(&own.sessions()).await?;
        let others = sessions
            .into_iter()
            .filter(|s| s.id != caller.session_id() && is_live(s, now));
        stream::iter(others.map(|other| Ok::<_, Problem>(other.id)))
            .try_for_each_concurrent(AT_ONCE, async |id| {
                match table
                    .update::<Session>(&own.session(id), session::revocation(now)?)
                    .await
                {
                    Err(WriteError::Failed(problem)) => Err(problem),
                    // One that has ended meanwhile is what was asked for.
                    Ok(_) | Err(WriteError::Refused(_)) => Ok(()),
                }
            })
            .await?;
        Ok(NoContent.into())
    }
}

fn main() -> ExitCode {
    run::<SessionsRevokeAll>()
}
