//! `POST /v1/auth/login`: starts a session for an e-mail address and its password.
//!
//! An address without an account gets the same answer after the same calls and the same hashing work.

use endpoint::prelude::*;
use fields::{EmailAddress, Password};
use sign_in::password::{self, Verdict};
use sign_in::session::Length;
use sign_in::{SignIn, SignedIn};
use tenant_context::identity::Identity;
use tenant_context::items::{EmailOwner, StoredTenantId, User};
use tenant_context::person::Person;
use tenant_context::{TenantId, UserId};

struct AuthLogin {
    identity: Identity,
    sign_in: SignIn,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// The address of the account, in any letter case.
    email: EmailAddress,
    /// Its password.
    #[schemars(length(max = 128), extend("format" = "password"))]
    password: String,
    /// Id or slug of the tenant to work in; without it, that of the last session.
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
    .problems(&[Kind::InvalidCredentials]);
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
        let Body {
            email,
            password,
            tenant,
            remember_me,
        } = &input.body;
        // What can't be a password is nobody's.
        let password: Password = password.parse().map_err(|_| Kind::InvalidCredentials)?;
        let table = self.identity.table(None, &input.request.id);
        let owner: Option<EmailOwner> = table
            .get(&self.identity.email_key(&email.normalised()))
            .await?;
        // Nobody's partition is empty, and asked all the same.
        let user_id = owner.map_or_else(UserId::generate, |owner| owner.user_id);
        let person = Person::read(&table, self.identity.user_keys(user_id)).await?;
        let verdict = password::verify(
            &password,
            person.user.as_ref().map(|user| user.password_hash.as_str()),
        )?;
        let tenant = tenant_for(&person, tenant.as_deref());
        let (Some(user), Some(tenant)) = (&person.user, tenant) else {
            return Err(Kind::InvalidCredentials.into());
        };
        if verdict == Verdict::Wrong {
            return Err(Kind::InvalidCredentials.into());
        }
        let new_hash = (verdict == Verdict::RightButOld)
            .then(|| password::hash(&password))
            .transpose()?;
        let length = Length::asked(*remember_me);
        let (session, answer) = self
            .sign_in
            .begin(user.id, tenant, length, &input.request)?;
        let keys = self.identity.user_keys(user.id);
        let table = self.identity.table(Some(user.id), &input.request.id);
        let unwritten = |error: WriteError| error.or(|_| Kind::InvalidCredentials.into());
        match change(user, tenant, new_hash)? {
            None => table
                .create(keys.session(session.id), &session)
                .await
                .map_err(unwritten)?,
            Some(change) => {
                let writes = vec![
                    Write::create(keys.session(session.id), &session)?,
                    Write::update(keys.user(), change),
                ];
                table.transact(writes).await.map_err(unwritten)?;
            }
        }
        Ok(Reply::new(answer))
    }
}

/// The tenant to work in: the one asked for, if the person belongs to it; else the last one, or the latest they joined.
/// Who belongs to none any more signs in all the same: they can do nothing but accept an invitation.
fn tenant_for(person: &Person, asked: Option<&str>) -> Option<TenantId> {
    let mut memberships = person.memberships.iter();
    if let Some(asked) = asked {
        let found = memberships.find(|membership| {
            membership.slug == asked || membership.tenant_id.0.to_string() == asked
        });
        return found.map(|membership| membership.tenant_id.0);
    }
    let last = person.user.as_ref()?.last_tenant_id;
    if memberships.any(|membership| membership.tenant_id == last) {
        return Some(last.0);
    }
    let latest = person
        .memberships
        .iter()
        .max_by(|a, b| a.joined_at.cmp(&b.joined_at));
    Some(latest.map_or(last.0, |membership| membership.tenant_id.0))
}

/// What the log-in changes in the user's item, if anything.
fn change(
    user: &User,
    tenant: TenantId,
    new_hash: Option<String>,
) -> Result<Option<Update>, Problem> {
    if new_hash.is_none() && user.last_tenant_id.0 == tenant {
        return Ok(None);
    }
    let mut update = Update::new()
        .when(Condition::Exists)
        .set("last_tenant_id", StoredTenantId(tenant))?;
    if let Some(hash) = new_hash {
        // A password that was changed meanwhile stays changed.
        update = update.set("password_hash", hash)?;
        update = update.when(Condition::equals(
            "password_hash",
            user.password_hash.as_str(),
        ));
    }
    Ok(Some(update))
}

fn main() -> ExitCode {
    run::<AuthLogin>()
}
