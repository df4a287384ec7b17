//! `POST /v1/me/change-email`: sends a link to a new address, which takes the old one's place when the link is followed.
//!
//! Whether the address is somebody else's is not told here: whoever can read its letters learns it from the link.

use endpoint::prelude::*;
use fields::{EmailAddress, Password};
use identity_functions::links::{self, Accepted, Recipient};
use identity_functions::member_copies::normalised;
use sign_in::backoff::BackOff;
use sign_in::link::{LinkKeys, Purpose};
use sign_in::password::{self, Verdict};
use tenant_context::identity::Identity;
use tenant_context::items::User;

struct MeChangeEmail {
    identity: Identity,
    links: LinkKeys,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// The new address.
    email: EmailAddress,
    /// Your password. It can be left out by who has just proved who they are (`/v1/auth/step-up`).
    #[schemars(extend("format" = "password"))]
    password: Option<String>,
}

impl Endpoint for MeChangeEmail {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/me/change-email",
        "Sends a link to a new address, which takes the old one's place when the link is followed.",
    )
    .success(202)
    .person()
    .idempotent()
    .role("MeChangeEmailRole")
    .needs(&[Needs::User, Needs::LinkKey])
    .memory_mb(password::MEMORY_MB)
    .problems(&[
        Kind::InvalidCredentials,
        Kind::StepUpRequired,
        Kind::Conflict,
        Kind::TooManyRequests,
    ]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = Body;
    type Output = Accepted;

    #[expect(
        clippy::disallowed_methods,
        reason = "guesses and letters are counted outside of every person's own partition"
    )]
    async fn init(aws: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self {
            identity: Identity::new(aws),
            links: LinkKeys::from_environment(aws).await?,
        })
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<Accepted>, Problem> {
        let keys = caller.own_keys();
        let counts = self
            .identity
            .table(Some(caller.user_id()), &input.request.id);
        let back_off = BackOff::new(&self.identity, &counts, &input.request.source_ip);
        let own_table = caller.own_table().await?;
        let user: Option<User> = own_table.get(&keys.user()).await?;
        let user = user.ok_or(Kind::SessionRevoked)?;
        let mut forgiven = Vec::new();
        match &input.body.password {
            None => {
                caller.require_step_up()?;
                back_off.request().await?;
            }
            Some(password) => {
                let wrong =
                    || Problem::new(Kind::InvalidCredentials).detail("The password is wrong.");
                let password: Password = password.parse().map_err(|_| wrong())?;
                let guess = back_off.guess(&user.id.to_string()).await?;
                forgiven = guess.forgiven();
                if password::verify(&password, Some(&user.password_hash))? == Verdict::Wrong {
                    return Err(wrong());
                }
            }
        }
        let new = &input.body.email;
        if normalised(&user.email)? == new.normalised() {
            return Err(Problem::new(Kind::ValidationFailed).field("/email", "is your address"));
        }
        back_off.further_letter(&new.normalised()).await?;
        let recipient = Recipient {
            user: user.id,
            name: &user.name,
            email: new.as_str(),
        };
        let mut writes = links::send(&self.links, keys, &recipient, Purpose::ChangeEmail)?;
        // The session is what proves who asks: one that was ended meanwhile, as by a new password, proves nothing.
        let session_at = writes.len();
        writes.push(Write::check(
            keys.session(caller.session_id()),
            vec![Condition::Exists, Condition::HasNot("revoked_at")],
        ));
        // A password that was changed meanwhile has ended all changes that were under way.
        writes.push(Write::check(
            keys.user(),
            vec![Condition::equals(
                "password_hash",
                user.password_hash.as_str(),
            )],
        ));
        let reply = Accepted::saying("A letter with a link is on its way to the new address.");
        reply.keep(&caller)?;
        let written = own_table.transact(writes).await;
        written.map_err(|error| {
            error.or(|refused| {
                let is_session = refused.iter().any(|(position, _)| *position == session_at);
                match is_session {
                    true => Kind::SessionRevoked.into(),
                    false => Kind::Conflict.into(),
                }
            })
        })?;
        if !forgiven.is_empty() {
            counts
                .transact(forgiven)
                .await
                .map_err(|error| error.or(|_| Kind::Conflict.into()))?;
        }
        Ok(reply)
    }
}

fn main() -> ExitCode {
    run::<MeChangeEmail>()
}
