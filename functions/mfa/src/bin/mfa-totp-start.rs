//! `POST /v1/me/mfa/totp`: begins to set up an authenticator app. It counts once it has shown its first code.
//!
//! Who only has a session must not be able to set up a factor of their own: that takes a fresh proof of who they are.

use endpoint::prelude::*;
use mfa::factor::{self, PENDING_SECONDS, SecondFactor};
use mfa::keys::MfaKeys;
use mfa::totp::TotpSecret;
use mfa_functions::addressee::Addressee;
use tenant_context::identity::Identity;

struct MfaTotpStart {
    identity: Identity,
    keys: MfaKeys,
}

/// What the app needs to know. It is shown this once.
#[derive(Serialize, JsonSchema)]
struct TotpStarted {
    /// The secret in base 32, to be typed into the app.
    secret: String,
    /// The same as `otpauth://` address, to be shown as a QR code.
    otpauth_uri: String,
    /// Seconds within which the app must show its first code.
    expires_in: i64,
}

impl Endpoint for MfaTotpStart {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/me/mfa/totp",
        "Begins to set up an authenticator app as your second factor.",
    )
    .person()
    .step_up()
    .role("MfaTotpStartRole")
    .needs(&[Needs::User, Needs::Tables, Needs::MfaKey])
    .problems(&[Kind::NotFound, Kind::Conflict]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = NoInput;
    type Output = TotpStarted;

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
    ) -> Result<Reply<TotpStarted>, Problem> {
        let user = caller.user_id();
        let addressee = Addressee::of(&caller).await?;
        let secret = TotpSecret::generate()?;
        let start = factor::start(
            &self.keys,
            user,
            &secret,
            jiff::Timestamp::now().as_second(),
        )?;
        let table = self.identity.table(Some(user), &input.request.id);
        let key = caller.own_keys().second_factor();
        let started = table.update::<SecondFactor>(&key, start).await;
        started.map_err(|error| {
            error.or(|_| {
                Problem::new(Kind::Conflict)
                    .detail("An authenticator app is set up already: remove it first.")
            })
        })?;
        let started = TotpStarted {
            secret: secret.base32(),
            otpauth_uri: secret.otpauth_uri("Tenantry", &addressee.email),
            expires_in: PENDING_SECONDS,
        };
        Ok(Reply::new(started).location("/v1/me/mfa/totp".to_owned()))
    }
}

fn main() -> ExitCode {
    run::<MfaTotpStart>()
}
