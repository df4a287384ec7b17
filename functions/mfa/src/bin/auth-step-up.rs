//! `POST /v1/auth/step-up`: proves once more who is signed in, before something that an unattended session must not do.
//!
//! Who has a second factor proves it: the password alone could have been stolen along with the session.

use endpoint::prelude::*;
use fields::Password;
use mfa::factor::{Proof, SecondFactor};
use mfa::keys::MfaKeys;
use mfa::proof::{Proved, proved};
use sign_in::backoff::{BackOff, Guess};
use sign_in::password::{self, Verdict};
use tenant_context::identity::Identity;
use tenant_context::{Table, UserId};

struct AuthStepUp {
    identity: Identity,
    keys: MfaKeys,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// Your password, unless you have a second factor.
    #[schemars(extend("format" = "password"))]
    password: Option<String>,
    /// The six digits that your authenticator app shows.
    code: Option<String>,
}

/// What is read of the person.
#[derive(Deserialize)]
struct Account {
    password_hash: String,
    #[serde(default)]
    mfa_enabled: bool,
}

impl Endpoint for AuthStepUp {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/auth/step-up",
        "Proves once more who you are, which some actions ask for.",
    )
    .success(204)
    .person()
    .role("AuthStepUpRole")
    .needs(&[Needs::Tables, Needs::MfaKey])
    .memory_mb(password::MEMORY_MB)
    .problems(&[
        Kind::InvalidCredentials,
        Kind::InvalidMfaCode,
        Kind::TooManyRequests,
    ]);
    type Caller = TenantContext;
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
            keys: MfaKeys::from_environment(aws).await?,
        })
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<NoContent>, Problem> {
        let (user, own) = (caller.user_id(), caller.own_keys());
        let table = self.identity.table(Some(user), &input.request.id);
        let account: Option<Account> = table
            .get_some(&own.user(), &["password_hash", "mfa_enabled"])
            .await?;
        let account = account.ok_or(Kind::SessionRevoked)?;
        let back_off = BackOff::new(&self.identity, &table, &input.request.source_ip);
        let now = jiff::Timestamp::now().as_second();
        let Body { password, code } = &input.body;
        let (mut writes, what, guess) = match (account.mfa_enabled, password, code) {
            (true, None, Some(code)) => {
                let guess = back_off.code(&user.to_string()).await?;
                let used = self.use_code(&table, user, code, now).await?;
                (vec![used], Proved::SecondFactor, guess)
            }
            (false, Some(password), None) => {
                let guess = back_off.guess(&user.to_string()).await?;
                check(password, &account)?;
                (Vec::new(), Proved::Password, guess)
            }
            (true, ..) => return Err(only("/code", "/password", password.is_some())),
            (false, ..) => return Err(only("/password", "/code", code.is_some())),
        };
        writes.push(Write::update(
            own.session(caller.session_id()),
            proved(what, now)?,
        ));
        self.store(&table, writes, what, guess).await?;
        Ok(NoContent.into())
    }
}

impl AuthStepUp {
    async fn use_code(
        &self,
        table: &Table,
        user: UserId,
        code: &str,
        now: i64,
    ) -> Result<Write, Problem> {
        let key = self.identity.user_keys(user).second_factor();
        let factor: Option<SecondFactor> = table.get(&key).await?;
        let factor = factor.filter(SecondFactor::is_on);
        let factor = factor.ok_or(Kind::InvalidMfaCode)?;
        let used = factor.prove(&self.keys, user, Proof::Code(code), now)?;
        Ok(Write::update(key, used))
    }

    async fn store(
        &self,
        table: &Table,
        mut writes: Vec<Write>,
        what: Proved,
        guess: Guess,
    ) -> Result<(), Problem> {
        writes.extend(guess.forgiven());
        table.transact(writes).await.map_err(|error| {
            error.or(|refused| match (what, refused.first()) {
                (Proved::SecondFactor, Some((0, _))) => Kind::InvalidMfaCode.into(),
                _ => Kind::SessionRevoked.into(),
            })
        })
    }
}

fn check(password: &str, account: &Account) -> Result<(), Problem> {
    // What can't be a password is nobody's.
    let password: Password = password.parse().map_err(|_| Kind::InvalidCredentials)?;
    match password::verify(&password, Some(&account.password_hash))? {
        Verdict::Wrong => Err(Kind::InvalidCredentials.into()),
        Verdict::Right | Verdict::RightButOld => Ok(()),
    }
}

/// The problem of a body without the one field that counts, or with the one that does not.
fn only(asked: &str, other: &str, has_other: bool) -> Problem {
    let problem = Problem::new(Kind::ValidationFailed).field(asked, "is required");
    if has_other {
        problem.field(other, "is not what proves who you are")
    } else {
        problem
    }
}

fn main() -> ExitCode {
    run::<AuthStepUp>()
}
