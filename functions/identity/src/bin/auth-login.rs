//! `POST /v1/auth/login`: starts a session for an e-mail address and its password, or asks for the second factor.
//!
//! An address without an account gets the same answer after the same calls and the same hashing work.

use endpoint::prelude::*;
use fields::{EmailAddress, Host, Password};
use mfa::pending::{LoggedIn, PendingLogin};
use sign_in::backoff::BackOff;
use sign_in::password::{self, Verdict};
use sign_in::session::Length;
use sign_in::{SignIn, log_in};
use tenant_context::UserId;
use tenant_context::identity::Identity;
use tenant_context::items::EmailOwner;
use tenant_context::person::Person;

struct AuthLogin {
    identity: Identity,
    sign_in: SignIn,
    base_domain: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// The address of the account, in any letter case.
    email: EmailAddress,
    /// Its password.
    #[schemars(extend("format" = "password"))]
    password: String,
    /// Id or slug of the tenant to work in; without it, that whose host name was called, else that of the last session.
    tenant: Option<String>,
    /// Lets the session go on for 30 days after each refresh instead of one.
    #[serde(default)]
    remember_me: bool,
}

impl Endpoint for AuthLogin {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/auth/login",
        "Signs in with e-mail address and password.",
    )
    .success(200)
    .role("AuthLoginRole")
    .needs(&[Needs::Tables, Needs::AccessKey])
    .memory_mb(password::MEMORY_MB)
    .problems(&[Kind::InvalidCredentials, Kind::TooManyRequests]);
    type Caller = Anonymous;
    type Path = NoInput;
    type Query = NoInput;
    type Body = Body;
    type Output = LoggedIn;

    #[expect(
        clippy::disallowed_methods,
        reason = "an identity writer: its own role says what it may touch"
    )]
    async fn init(aws: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self {
            identity: Identity::new(aws),
            sign_in: SignIn::from_environment(aws).await?,
            base_domain: endpoint::variable("BASE_DOMAIN")?,
        })
    }

    async fn handle(&self, _: Anonymous, input: Input<Self>) -> Result<Reply<LoggedIn>, Problem> {
        // What can't be a password is nobody's.
        let password: Password =
            (input.body.password.parse()).map_err(|_| Kind::InvalidCredentials)?;
        let email = input.body.email.normalised();
        let table = self.identity.table(None, &input.request.id);
        let back_off = BackOff::new(&self.identity, &table, &input.request.source_ip);
        let guess = back_off.guess(&email).await?;
        let owner: Option<EmailOwner> = table.get(&self.identity.email_key(&email)).await?;
        // Nobody's partition is empty, and asked all the same.
        let user_id = owner.map_or_else(UserId::generate, |owner| owner.user_id);
        let person = Person::read(&table, self.identity.user_keys(user_id)).await?;
        let stored = person.user.as_ref().map(|user| user.password_hash.as_str());
        let verdict = password::verify(&password, stored)?;
        let host = Host::read(&input.request.host, &self.base_domain);
        let tenant = log_in::tenant_for(&person, input.body.tenant.as_deref(), &host);
        let (Some(user), Some(tenant)) = (&person.user, tenant) else {
            return Err(Kind::InvalidCredentials.into());
        };
        if verdict == Verdict::Wrong {
            return Err(Kind::InvalidCredentials.into());
        }
        let new_hash = (verdict == Verdict::RightButOld)
            .then(|| password::hash(&password))
            .transpose()?;
        let remember_me = input.body.remember_me;
        let (mut writes, answer) = if user.mfa_enabled {
            let (pending, due) =
                PendingLogin::begin(user, tenant, remember_me, new_hash.as_deref())?;
            let writes = pending.writes(&self.identity, user, new_hash)?;
            (writes, LoggedIn::MfaDue(due))
        } else {
            let length = Length::asked(remember_me);
            let (session, answer) =
                (self.sign_in).begin(user.id, tenant, length, &input.request)?;
            let sessions = person.sessions;
            let writes = log_in::writes(&self.identity, user, sessions, &session, new_hash)?;
            (writes, LoggedIn::SignedIn(answer))
        };
        writes.extend(guess.forgiven());
        let table = self.identity.table(Some(user.id), &input.request.id);
        // The password was changed at this very moment: the next try tells whether this one is still good.
        let written = table.transact(writes).await;
        written.map_err(|error| error.or(|_| Kind::Unavailable.into()))?;
        Ok(Reply::new(answer))
    }
}

fn main() -> ExitCode {
    run::<AuthLogin>()
}
