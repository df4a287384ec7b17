//! `POST /v1/auth/verify-email`: proves an address with the link of a letter, the present one or a new one.

use endpoint::prelude::*;
use identity_functions::address::{self, Followed};
use sign_in::backoff::BackOff;
use sign_in::link::LinkToken;
use tenant_context::identity::Identity;

struct AuthVerifyEmail {
    identity: Identity,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// The token in the letter's link.
    token: String,
}

/// What came of it.
#[derive(Serialize, JsonSchema)]
struct Verified {
    /// The address that is proved, and that the account has now.
    email: String,
}

impl Endpoint for AuthVerifyEmail {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/auth/verify-email",
        "Proves an address with the link of a letter. A new address takes the old one's place then.",
    )
    .success(200)
    .role("AuthVerifyEmailRole")
    .needs(&[Needs::Tables])
    .problems(&[
        Kind::LinkInvalid,
        Kind::AlreadyTaken,
        Kind::Conflict,
        Kind::TooManyRequests,
    ]);
    type Caller = Anonymous;
    type Path = NoInput;
    type Query = NoInput;
    type Body = Body;
    type Output = Verified;

    #[expect(
        clippy::disallowed_methods,
        reason = "an identity writer: its own role says what it may touch"
    )]
    async fn init(aws: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self {
            identity: Identity::new(aws),
        })
    }

    async fn handle(&self, _: Anonymous, input: Input<Self>) -> Result<Reply<Verified>, Problem> {
        let token = LinkToken::open(&input.body.token).ok_or(Kind::LinkInvalid)?;
        let keys = self.identity.user_keys(token.owner.into());
        let table = self
            .identity
            .table(Some(token.owner.into()), &input.request.id);
        let back_off = BackOff::new(&self.identity, &table, &input.request.source_ip);
        back_off.request().await?;
        let followed = Followed::find(&table, keys, &token).await?;
        let email = match followed.ok_or(Kind::LinkInvalid)? {
            Followed::Present(kept) => {
                address::prove(&table, keys, &kept).await?;
                kept.email
            }
            Followed::New(kept) => {
                address::switch(&self.identity, &table, keys, &kept).await?;
                kept.email
            }
        };
        Ok(Reply::new(Verified { email }))
    }
}

fn main() -> ExitCode {
    run::<AuthVerifyEmail>()
}
