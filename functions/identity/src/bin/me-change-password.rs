//! `POST /v1/me/change-password`: sets a new password, given the present one, and signs out everywhere else.

use endpoint::prelude::*;
use fields::Password;
use identity_functions::new_password::NewPassword;
use mail::outbox::Notice;
use sign_in::backoff::BackOff;
use sign_in::password::{self, Verdict};
use tenant_context::identity::Identity;
use tenant_context::items::{Membership, User};
use tenant_context::settings::Settings;

struct MeChangePassword {
    identity: Identity,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// The present password.
    #[schemars(extend("format" = "password"))]
    current_password: String,
    /// The new one.
    new_password: Password,
}

impl Endpoint for MeChangePassword {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/me/change-password",
        "Sets a new password. Every session but this one ends.",
    )
    .success(204)
    .person()
    .idempotent()
    .role("MeChangePasswordRole")
    .needs(&[Needs::User, Needs::Tables])
    .memory_mb(password::MEMORY_MB)
    .problems(&[
        Kind::InvalidCredentials,
        Kind::Conflict,
        Kind::TooManyRequests,
    ]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = Body;
    type Output = NoContent;

    #[expect(
        clippy::disallowed_methods,
        reason = "a person's own credentials never write a password: this function checks the old one first"
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
        let wrong = || Problem::new(Kind::InvalidCredentials).detail("The password is wrong.");
        let current: Password = (input.body.current_password.parse()).map_err(|_| wrong())?;
        let keys = caller.own_keys();
        let table = self
            .identity
            .table(Some(caller.user_id()), &input.request.id)
            .answering(&caller);
        let back_off = BackOff::new(&self.identity, &table, &input.request.source_ip);
        let guess = back_off.guess(&caller.user_id().to_string()).await?;
        let own_table = caller.own_table().await?;
        let user: User = own_table
            .get(&keys.user())
            .await?
            .ok_or(Kind::SessionRevoked)?;
        if password::verify(&current, Some(&user.password_hash))? == Verdict::Wrong {
            return Err(wrong());
        }
        let new = &input.body.new_password;
        password::refuse_guessable(new, &user.email, "", "/new_password")?;
        let settings = self.identity.tenant_keys(caller.tenant_id()).settings();
        let settings: Option<Settings> =
            table.get_some(&settings, &["password_min_length"]).await?;
        let least = settings.unwrap_or_default().password_min_length;
        password::refuse_short(new, least, "/new_password")?;
        let memberships: Vec<Membership> = own_table.all(&keys.memberships()).await?;
        for membership in &memberships {
            password::refuse_guessable(new, &user.email, &membership.name, "/new_password")?;
        }
        let meanwhile =
            Problem::new(Kind::Conflict).detail("The password was changed by another request.");
        let change = NewPassword {
            hash: password::hash(new)?,
            user,
            proves_address: false,
            spared: Some(caller.session_id()),
            notice: Notice::PasswordChanged,
            besides: guess.forgiven(),
            otherwise: meanwhile,
        };
        let reply = Reply::from(NoContent);
        let keep = || reply.keep(&caller);
        change.set(&self.identity, &table, keep).await?;
        Ok(reply)
    }
}

fn main() -> ExitCode {
    run::<MeChangePassword>()
}
