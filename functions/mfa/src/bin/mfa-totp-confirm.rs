//! `POST /v1/me/mfa/totp/confirm`: turns the authenticator app on with the first code it shows.

use endpoint::prelude::*;
use mail::outbox::Notice;
use mfa::factor::SecondFactor;
use mfa::keys::MfaKeys;
use mfa::proof::{Proved, proved};
use mfa::recovery;
use mfa_functions::addressee::Addressee;
use mfa_functions::recovery_codes::RecoveryCodes;
use sign_in::backoff::BackOff;
use tenant_context::identity::Identity;

struct MfaTotpConfirm {
    identity: Identity,
    keys: MfaKeys,
}

/// The position of the session's write.
const SESSION: usize = 2;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// The six digits that the app shows.
    code: String,
}

impl Endpoint for MfaTotpConfirm {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/me/mfa/totp/confirm",
        "Turns your authenticator app on with its first code, and gives you recovery codes.",
    )
    .success(200)
    .person()
    .idempotent()
    .role("MfaTotpConfirmRole")
    .needs(&[Needs::User, Needs::Tables, Needs::MfaKey])
    .problems(&[
        Kind::InvalidMfaCode,
        Kind::NotFound,
        Kind::Conflict,
        Kind::TooManyRequests,
    ]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = Body;
    type Output = RecoveryCodes;

    #[expect(
        clippy::disallowed_methods,
        reason = "an identity writer: its own role says what it may touch"
    )]
    async fn init(aws: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self {
            identity: Identity::new(aws),
            keys: MfaKeys::from_environment(aws).await?,
        })
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<RecoveryCodes>, Problem> {
        let (user, own) = (caller.user_id(), caller.own_keys());
        let now = jiff::Timestamp::now().as_second();
        let table = self.identity.table(Some(user), &input.request.id);
        let table = table.answering(&caller);
        let back_off = BackOff::new(&self.identity, &table, &input.request.source_ip);
        // A code that nobody has been shown turns a factor on for somebody else: guesses at it count as any.
        let guess = back_off.code(&user.to_string()).await?;
        let factor_key = own.second_factor();
        let (factor, addressee) = futures::try_join!(
            table.get::<SecondFactor>(&factor_key),
            Addressee::of(&caller)
        )?;
        let factor = factor.filter(|factor| factor.is_pending(now));
        let factor = factor.ok_or_else(nothing_to_confirm)?;
        let (recovery_codes, hashes) = recovery::generate(&self.keys, user)?;
        let confirm = factor.confirm(&self.keys, user, &input.body.code, &hashes, now)?;
        let enabled = Update::new()
            .set("mfa_enabled", true)?
            .when(Condition::Exists);
        let mut writes = vec![
            Write::update(factor_key, confirm),
            Write::update(own.user(), enabled),
            Write::update(
                own.session(caller.session_id()),
                proved(Proved::Enrolment, now)?,
            ),
            addressee.letter(own, Notice::MfaEnabled)?,
        ];
        writes.extend(guess.forgiven());
        let reply = Reply::new(RecoveryCodes { recovery_codes });
        reply.keep(&caller)?;
        table.transact(writes).await.map_err(|error| {
            error.or(|refused| match refused.first() {
                Some((SESSION, _)) => Kind::SessionRevoked.into(),
                _ => nothing_to_confirm(),
            })
        })?;
        Ok(reply)
    }
}

fn nothing_to_confirm() -> Problem {
    Problem::new(Kind::Conflict)
        .detail("No authenticator app waits for its first code: begin anew.")
}

fn main() -> ExitCode {
    run::<MfaTotpConfirm>()
}
