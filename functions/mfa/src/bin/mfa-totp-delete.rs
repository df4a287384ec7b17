//! `DELETE /v1/me/mfa/totp`: removes the authenticator app and the recovery codes.
//!
//! It is allowed where a tenant requires a second factor: that tenant is then closed to the person until they have set
//! one up again.

use endpoint::prelude::*;
use futures::stream::{self, TryStreamExt as _};
use mail::outbox::Notice;
use mfa::proof::forgotten;
use mfa_functions::addressee::Addressee;
use sign_in::session::is_live;
use tenant_context::Table;
use tenant_context::identity::Identity;
use tenant_context::items::Session;

/// How many sessions are changed at a time.
const AT_ONCE: usize = 10;
/// The position of the session's write.
const SESSION: usize = 2;

struct MfaTotpDelete {
    identity: Identity,
}

impl Endpoint for MfaTotpDelete {
    const DECLARATION: Declaration = Declaration::delete(
        "/v1/me/mfa/totp",
        "Removes your authenticator app and your recovery codes.",
    )
    .person()
    .step_up()
    .role("MfaTotpDeleteRole")
    .needs(&[Needs::User, Needs::Tables])
    .problems(&[Kind::NotFound]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = NoInput;
    type Output = NoContent;

    #[expect(
        clippy::disallowed_methods,
        reason = "an identity writer: its own role says what it may touch"
    )]
    async fn init(aws: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self {
            identity: Identity::new(aws),
        })
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<NoContent>, Problem> {
        let (own, current) = (caller.own_keys(), caller.session_id());
        let now = jiff::Timestamp::now().as_second();
        let table = &self
            .identity
            .table(Some(caller.user_id()), &input.request.id);
        let addressee = Addressee::of(&caller).await?;
        let others = || forget(&caller, table, now);
        // The others first: what stops half-way can be repeated, and a code makes up for what was forgotten too early.
        others().await?;
        let disabled = Update::new().remove("mfa_enabled").when(Condition::Exists);
        let writes = vec![
            Write::Delete(own.second_factor(), vec![Condition::Has("totp_at")]),
            Write::update(own.user(), disabled),
            Write::update(own.session(current), forgotten(now)),
            addressee.letter(own, Notice::MfaDisabled)?,
        ];
        table.transact(writes).await.map_err(|error| {
            error.or(|refused| match refused.first() {
                Some((SESSION, _)) => Kind::SessionRevoked.into(),
                _ => Kind::NotFound.into(),
            })
        })?;
        // A session that began meanwhile with a code: from here on there is no factor that one could begin with.
        others().await?;
        Ok(NoContent.into())
    }
}

/// Takes the proof of the second factor from the person's other sessions.
async fn forget(caller: &TenantContext, table: &Table, now: i64) -> Result<(), Problem> {
    let (own, current) = (caller.own_keys(), caller.session_id());
    let sessions: Vec<Session> = caller.own_table().await?.all(&own.sessions()).await?;
    let others = sessions.into_iter().filter(|session| {
        session.id != current && session.mfa_at.is_some() && is_live(session, now)
    });
    stream::iter(others.map(|other| Ok::<_, Problem>(other.id)))
        .try_for_each_concurrent(AT_ONCE, async |id| {
            let key = own.session(id);
            match table.update::<Session>(&key, forgotten(now)).await {
                Err(WriteError::Failed(problem)) => Err(problem),
                // One that has ended meanwhile is what was asked for.
                Ok(_) | Err(WriteError::Refused(_)) => Ok(()),
            }
        })
        .await
}

fn main() -> ExitCode {
    run::<MfaTotpDelete>()
}
