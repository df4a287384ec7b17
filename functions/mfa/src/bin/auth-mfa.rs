//! `POST /v1/auth/mfa`: finishes a log-in with its second factor.
//!
//! Each try is counted before anything of it is checked, in the log-in itself and, for codes of an app, in what the
//! account may try at all. Nothing is told apart of why a log-in can't be finished.

use endpoint::prelude::*;
use mail::outbox::Notice;
use mfa::factor::{Proof, SecondFactor};
use mfa::keys::MfaKeys;
use mfa::pending::{MfaToken, PendingLogin};
use mfa_functions::addressee::Addressee;
use sign_in::backoff::BackOff;
use sign_in::session::Length;
use sign_in::{SignIn, SignedIn, log_in};
use tenant_context::identity::Identity;
use tenant_context::person::Person;

struct AuthMfa {
    identity: Identity,
    sign_in: SignIn,
    keys: MfaKeys,
}

/// The position of the second factor's write, which is refused when the code was used meanwhile.
const FACTOR: usize = 0;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// What the log-in answered.
    mfa_token: String,
    /// The six digits that the authenticator app shows.
    code: Option<String>,
    /// A recovery code in its place.
    recovery_code: Option<String>,
}

impl Endpoint for AuthMfa {
    const DECLARATION: Declaration =
        Declaration::post("/v1/auth/mfa", "Finishes a log-in with its second factor.")
            .success(200)
            .role("AuthMfaRole")
            .needs(&[Needs::Tables, Needs::AccessKey, Needs::MfaKey])
            .problems(&[
                Kind::InvalidMfaCode,
                Kind::InvalidMfaToken,
                Kind::TooManyRequests,
            ]);
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
            keys: MfaKeys::from_environment(aws).await?,
        })
    }

    async fn handle(&self, _: Anonymous, input: Input<Self>) -> Result<Reply<SignedIn>, Problem> {
        let (body, request) = (&input.body, &input.request);
        let proof = Proof::one_of(body.code.as_deref(), body.recovery_code.as_deref())?;
        let now = jiff::Timestamp::now().as_second();
        let anonymous = self.identity.table(None, &request.id);
        let back_off = BackOff::new(&self.identity, &anonymous, &request.source_ip);
        let token = MfaToken::open(&body.mfa_token).ok_or(Kind::InvalidMfaToken)?;
        let login_key = self.identity.pending_login_key(token.id);
        let tried = anonymous.update(&login_key, token.attempt(now)).await;
        let pending: PendingLogin = tried.map_err(|error| error.or(|_| over()))?;
        let user_id = pending.user_id;
        let guess = match proof {
            Proof::Code(_) => Some(back_off.code(&user_id.to_string()).await?),
            Proof::RecoveryCode(_) => {
                back_off.request().await?;
                None
            }
        };
        let keys = self.identity.user_keys(user_id);
        let factor_key = keys.second_factor();
        let table = self.identity.table(Some(user_id), &request.id);
        let (person, factor) = futures::try_join!(
            Person::read(&table, keys),
            table.get::<SecondFactor>(&factor_key)
        )?;
        let (Some(user), Some(factor)) = (person.user, factor.filter(SecondFactor::is_on)) else {
            return Err(over());
        };
        if !pending.is_of(&user.password_hash) {
            return Err(over());
        }
        let used = factor.prove(&self.keys, user_id, proof, now)?;
        let length = Length::asked(pending.remember_me);
        let (mut session, answer) =
            (self.sign_in).begin(user_id, pending.tenant_id.0, length, request)?;
        session.mfa_at = Some(now);
        let mut writes = vec![Write::update(factor_key, used), Write::delete(login_key)];
        writes.extend(log_in::writes(
            &self.identity,
            &user,
            person.sessions,
            &session,
            None,
        )?);
        if matches!(proof, Proof::RecoveryCode(_)) {
            let left = factor.recovery_hashes.count().saturating_sub(1);
            let left = u32::try_from(left).unwrap_or_default();
            let addressee = Addressee {
                name: user.name,
                email: user.email,
            };
            writes.push(addressee.letter(keys, Notice::RecoveryCodeUsed { left })?);
        }
        writes.extend(guess.into_iter().flat_map(|guess| guess.forgiven()));
        table.transact(writes).await.map_err(|error| {
            error.or(|refused| match refused.first() {
                Some((FACTOR, _)) => Kind::InvalidMfaCode.into(),
                _ => over(),
            })
        })?;
        Ok(Reply::new(answer))
    }
}

/// The log-in is finished, too old, tried too often, or never was; or the account is not as it was when it began.
fn over() -> Problem {
    Kind::InvalidMfaToken.into()
}

fn main() -> ExitCode {
    run::<AuthMfa>()
}
