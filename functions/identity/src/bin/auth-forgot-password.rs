//! `POST /v1/auth/forgot-password`: sends a link for a new password, if the address has an account.
//!
//! The answer, the calls behind it and what they cost are the same where it has none: the transaction then is refused
//! for want of the user, and is paid for all the same.
//!
//! Who signed up with somebody else's address keeps nobody out: the real owner comes in by this link, which proves the
//! address and signs everybody else out.

use endpoint::prelude::*;
use fields::EmailAddress;
use identity_functions::links::{self, Accepted, Recipient};
use sign_in::backoff::BackOff;
use sign_in::link::{LinkKeys, Purpose};
use tenant_context::UserId;
use tenant_context::identity::Identity;
use tenant_context::items::{EmailOwner, UserProfile};

struct AuthForgotPassword {
    identity: Identity,
    links: LinkKeys,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// The address of the account.
    email: EmailAddress,
}

impl Endpoint for AuthForgotPassword {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/auth/forgot-password",
        "Sends a link for a new password, if the address has an account. The answer does not tell.",
    )
    .success(202)
    .role("AuthForgotPasswordRole")
    .needs(&[Needs::Tables, Needs::LinkKey])
    .problems(&[Kind::TooManyRequests]);
    type Caller = Anonymous;
    type Path = NoInput;
    type Query = NoInput;
    type Body = Body;
    type Output = Accepted;

    #[expect(
        clippy::disallowed_methods,
        reason = "an identity writer: its own role says what it may touch"
    )]
    async fn init(aws: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self {
            identity: Identity::new(aws),
            links: LinkKeys::from_environment(aws).await?,
        })
    }

    async fn handle(&self, _: Anonymous, input: Input<Self>) -> Result<Reply<Accepted>, Problem> {
        let address = input.body.email.normalised();
        let table = self.identity.table(None, &input.request.id);
        let back_off = BackOff::new(&self.identity, &table, &input.request.source_ip);
        back_off.letter(&address).await?;
        let owner: Option<EmailOwner> = table.get(&self.identity.email_key(&address)).await?;
        let id = owner.map_or_else(UserId::generate, |owner| owner.user_id);
        let keys = self.identity.user_keys(id);
        let profile: Option<UserProfile> = table
            .get_some(&keys.user(), UserProfile::ATTRIBUTES)
            .await?;
        let (name, email) = profile.map_or_else(
            || ("Nobody".to_owned(), address),
            |profile| (profile.name, profile.email),
        );
        let recipient = Recipient {
            user: id,
            name: &name,
            email: &email,
        };
        let mut writes = links::send(&self.links, keys, &recipient, Purpose::ResetPassword)?;
        let is_theirs = vec![Condition::equals("email", email.as_str())];
        writes.push(Write::check(keys.user(), is_theirs));
        match table.transact(writes).await {
            Err(WriteError::Failed(problem)) => Err(problem),
            Ok(()) | Err(WriteError::Refused(_)) => Ok(Accepted::saying(
                "If the address has an account, a letter with a link is on its way.",
            )),
        }
    }
}

fn main() -> ExitCode {
    run::<AuthForgotPassword>()
}
