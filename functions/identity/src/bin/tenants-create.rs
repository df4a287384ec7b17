//! `POST /v1/tenants`: sign-up. Makes tenant, owner, trial, first project and session, all or nothing.

use endpoint::prelude::*;
use fields::{EmailAddress, Name, Password, Slug};
use identity_functions::founding::{Founding, Owner, SLUG};
use identity_functions::links::{self, Recipient};
use mail::outbox::Notice;
use sign_in::link::{LinkKeys, Purpose};
use sign_in::session::Length;
use sign_in::{SignIn, SignedIn, password};
use tenant_context::UserId;
use tenant_context::identity::Identity;
use tenant_context::items::{EmailOwner, User};

struct TenantsCreate {
    identity: Identity,
    sign_in: SignIn,
    links: LinkKeys,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// What the company is called.
    name: Name,
    /// Its short name, unique in the product: it becomes part of a host name.
    slug: Slug,
    /// The owner's address, with which they sign in.
    owner_email: EmailAddress,
    /// The owner's name.
    owner_name: Name,
    /// The owner's password.
    owner_password: Password,
}

impl Endpoint for TenantsCreate {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/tenants",
        "Signs a company up, with its owner and a first project.",
    )
    .idempotent()
    .role("TenantsCreateRole")
    .needs(&[Needs::Tables, Needs::AccessKey, Needs::LinkKey])
    .memory_mb(password::MEMORY_MB)
    .problems(&[Kind::AlreadyTaken]);
    type Caller = Newcomer;
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
            links: LinkKeys::from_environment(aws).await?,
        })
    }

    async fn handle(
        &self,
        caller: Newcomer,
        input: Input<Self>,
    ) -> Result<Reply<SignedIn>, Problem> {
        let Body {
            name,
            slug,
            owner_email,
            owner_name,
            owner_password,
        } = &input.body;
        password::refuse_guessable(
            owner_password,
            owner_email.as_str(),
            name.as_str(),
            "/owner_password",
        )?;
        let founding = Founding::new(name, slug);
        let owner = User::new(
            UserId::generate(),
            owner_name.as_str(),
            owner_email.as_str(),
            password::hash(owner_password)?,
            founding.tenant,
            &endpoint::now(),
        );
        let (session, answer) =
            self.sign_in
                .begin(owner.id, founding.tenant.0, Length::USUAL, &input.request)?;
        let keys = self.identity.user_keys(owner.id);
        let email_key = self.identity.email_key(&owner_email.normalised());
        let founder = Owner {
            id: owner.id,
            name: &owner.name,
            email: &owner.email,
        };
        let mut writes = founding.writes(&self.identity, &founder)?;
        let email = writes.len();
        writes.push(Write::create(email_key, &EmailOwner { user_id: owner.id })?);
        writes.push(Write::create(keys.user(), &owner)?);
        writes.push(Write::create(keys.session(session.id), &session)?);
        let recipient = Recipient {
            user: owner.id,
            name: &owner.name,
            email: &owner.email,
        };
        writes.push(links::notify(keys, &recipient, Notice::Welcome)?);
        writes.extend(links::send(
            &self.links,
            keys,
            &recipient,
            Purpose::VerifyEmail,
        )?);
        let reply = Reply::new(answer).location("/v1/tenant".to_owned());
        reply.keep(&caller)?;
        let table = self.identity.table(Some(owner.id), &input.request.id);
        let table = table.answering(&caller);
        table.transact(writes).await.map_err(|error| {
            error.or(|refused| {
                refused.iter().fold(
                    Problem::new(Kind::AlreadyTaken),
                    |problem, (position, _)| match *position {
                        SLUG => problem.field("/slug", "is in use"),
                        at if at == email => {
                            problem.field("/owner_email", "has an account: sign in with it")
                        }
                        _ => problem,
                    },
                )
            })
        })?;
        Ok(reply)
    }
}

fn main() -> ExitCode {
    run::<TenantsCreate>()
}
