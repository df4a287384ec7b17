//! `POST /v1/auth/refresh`: gives a new access token, and a new refresh token in the place of the one used.
//!
//! The re-use of an older token ends the session; a repetition within 10 seconds gets the same answer.

use endpoint::prelude::*;
use sign_in::session::{self, Stale};
use sign_in::{SignIn, SignedIn};
use tenant_context::identity::Identity;
use tenant_context::items::Session;

struct AuthRefresh {
    identity: Identity,
    sign_in: SignIn,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// The refresh token of the last answer.
    refresh_token: String,
}

impl Endpoint for AuthRefresh {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/auth/refresh",
        "Renews a session with its refresh token.",
    )
    .success(200)
    .role("AuthRefreshRole")
    .needs(&[Needs::Tables, Needs::AccessKey])
    .problems(&[Kind::InvalidRefreshToken]);
    type Caller = Anonymous;
    type Path = NoInput;
    type Query = NoInput;
    type Body = Body;
    type Output = SignedIn;

    #[expect(
        clippy::disallowed_methods,
        reason = "an identity writer: its own role says what it may touch"
    )]
    async fn init(aws: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self {
            identity: Identity::new(aws),
            sign_in: SignIn::from_environment(aws).await?,
        })
    }

    async fn handle(&self, _: Anonymous, input: Input<Self>) -> Result<Reply<SignedIn>, Problem> {
        let used = self
            .sign_in
            .open(&input.body.refresh_token)
            .ok_or(Kind::InvalidRefreshToken)?;
        let next = self.sign_in.successor(&used);
        let now = jiff::Timestamp::now().as_second();
        let table = self.identity.table(Some(used.user), &input.request.id);
        let key = self.identity.user_keys(used.user).session(used.session);
        let refused = match table
            .update::<Session>(&key, session::rotation(&used, &next, now)?)
            .await
        {
            Ok(session) => return Ok(Reply::new(self.sign_in.answer(&next, session.tenant_id.0)?)),
            Err(WriteError::Failed(problem)) => return Err(problem),
            Err(WriteError::Refused(refused)) => refused,
        };
        let stored = refused
            .into_iter()
            .find_map(|(_, item)| item)
            .map(|item| item.read::<Session>())
            .transpose()?;
        match (
            session::judge_stale(stored.as_ref(), &used, &next, now),
            stored,
        ) {
            (Stale::Repeat, Some(session)) => {
                Ok(Reply::new(self.sign_in.answer(&next, session.tenant_id.0)?))
            }
            (Stale::Reused, _) => {
                tracing::warn!(event = "refresh_token_reused", session_id = %used.session, "a used refresh token came again");
                match table
                    .update::<Session>(&key, session::revocation(now)?)
                    .await
                {
                    Err(WriteError::Failed(problem)) => Err(problem),
                    Ok(_) | Err(WriteError::Refused(_)) => Err(Kind::InvalidRefreshToken.into()),
                }
            }
            _ => Err(Kind::InvalidRefreshToken.into()),
        }
    }
}

fn main() -> ExitCode {
    run::<AuthRefresh>()
}
