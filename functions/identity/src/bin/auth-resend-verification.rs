//! `POST /v1/auth/resend-verification`: sends the link that proves the address once more.

use endpoint::prelude::*;
use identity_functions::links::{self, Accepted, Recipient};
use identity_functions::member_copies::normalised;
use sign_in::backoff::BackOff;
use sign_in::link::{LinkKeys, Purpose};
use tenant_context::identity::Identity;
use tenant_context::items::UserProfile;

struct AuthResendVerification {
    identity: Identity,
    links: LinkKeys,
}

impl Endpoint for AuthResendVerification {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/auth/resend-verification",
        "Sends you the link that proves your address once more. An earlier one is worth nothing then.",
    )
    .success(202)
    .person()
    .idempotent()
    .role("AuthResendVerificationRole")
    .needs(&[Needs::User, Needs::LinkKey])
    .problems(&[Kind::Conflict, Kind::TooManyRequests]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = NoInput;
    type Output = Accepted;

    #[expect(
        clippy::disallowed_methods,
        reason = "who asks for letters is counted outside of every person's own partition"
    )]
    async fn init(aws: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self {
            identity: Identity::new(aws),
            links: LinkKeys::from_environment(aws).await?,
        })
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<Accepted>, Problem> {
        let keys = caller.own_keys();
        let own_table = caller.own_table().await?;
        let profile: Option<UserProfile> = own_table
            .get_some(&keys.user(), UserProfile::ATTRIBUTES)
            .await?;
        let profile = profile.ok_or(Kind::NotFound)?;
        if profile.email_verified {
            return Err(Problem::new(Kind::Conflict).detail("Your address is proved already."));
        }
        let counts = self
            .identity
            .table(Some(caller.user_id()), &input.request.id);
        let back_off = BackOff::new(&self.identity, &counts, &input.request.source_ip);
        back_off.letter(&normalised(&profile.email)?).await?;
        let recipient = Recipient {
            user: caller.user_id(),
            name: &profile.name,
            email: &profile.email,
        };
        let mut writes = links::send(&self.links, keys, &recipient, Purpose::VerifyEmail)?;
        writes.push(Write::check(
            keys.user(),
            vec![Condition::equals("email", profile.email.as_str())],
        ));
        let reply = Accepted::saying("A letter with a link is on its way.");
        reply.keep(&caller)?;
        let written = own_table.transact(writes).await;
        written.map_err(|error| error.or(|_| Kind::Conflict.into()))?;
        Ok(reply)
    }
}

fn main() -> ExitCode {
    run::<AuthResendVerification>()
}
