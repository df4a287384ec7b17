//! `POST /v1/auth/reset-password`: sets a new password with the link of a letter, and signs out everywhere.

use endpoint::prelude::*;
use fields::Password;
use identity_functions::links;
use identity_functions::new_password::NewPassword;
use mail::outbox::Notice;
use sign_in::backoff::BackOff;
use sign_in::link::{LinkToken, Purpose};
use sign_in::password;
use tenant_context::identity::Identity;
use tenant_context::items::{Membership, User, UserToken};

struct AuthResetPassword {
    identity: Identity,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// The token in the letter's link.
    token: String,
    /// The new password.
    password: Password,
}

impl Endpoint for AuthResetPassword {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/auth/reset-password",
        "Sets a new password with the link of a letter. Every session of the person ends.",
    )
    .success(204)
    .role("AuthResetPasswordRole")
    .needs(&[Needs::Tables])
    .memory_mb(password::MEMORY_MB)
    .problems(&[Kind::LinkInvalid, Kind::TooManyRequests]);
    type Caller = Anonymous;
    type Path = NoInput;
    type Query = NoInput;
    type Body = Body;
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

    async fn handle(&self, _: Anonymous, input: Input<Self>) -> Result<Reply<NoContent>, Problem> {
        let invalid = || Problem::new(Kind::LinkInvalid);
        let token = LinkToken::open(&input.body.token).ok_or_else(invalid)?;
        let keys = self.identity.user_keys(token.owner.into());
        let table = self
            .identity
            .table(Some(token.owner.into()), &input.request.id);
        let back_off = BackOff::new(&self.identity, &table, &input.request.source_ip);
        back_off.request().await?;
        let token_key = keys.token(Purpose::ResetPassword.as_str());
        let kept: Option<UserToken> = table.get(&token_key).await?;
        let kept = links::opened(kept, &token).ok_or_else(invalid)?;
        let user: Option<User> = table.get(&keys.user()).await?;
        // A link that was sent to an address which the person has no more proves nothing.
        let user = user.filter(|user| user.email == kept.email);
        let user = user.ok_or_else(invalid)?;
        let memberships: Vec<Membership> = table.all(&keys.memberships()).await?;
        let new = &input.body.password;
        password::refuse_guessable(new, &user.email, "", "/password")?;
        for membership in &memberships {
            password::refuse_guessable(new, &user.email, &membership.name, "/password")?;
        }
        let change = NewPassword {
            hash: password::hash(new)?,
            user,
            proves_address: true,
            spared: None,
            notice: Notice::PasswordReset,
            besides: vec![links::use_up(keys, Purpose::ResetPassword, &kept)],
            otherwise: invalid(),
        };
        change.set(&self.identity, &table, || Ok(())).await?;
        Ok(NoContent.into())
    }
}

fn main() -> ExitCode {
    run::<AuthResetPassword>()
}
