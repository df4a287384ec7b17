//! `POST /v1/auth/switch-tenant`: goes on in another tenant of the same person, without signing in again.

use endpoint::prelude::*;
use sign_in::{SignIn, SignedIn, session};
use tenant_context::items::{Membership, Session};

struct AuthSwitchTenant {
    sign_in: SignIn,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// A tenant that you belong to.
    tenant_id: String,
}

impl Endpoint for AuthSwitchTenant {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/auth/switch-tenant",
        "Moves this session to another of your tenants.",
    )
    .success(200)
    .person()
    .role("AuthSwitchTenantRole")
    .needs(&[Needs::User, Needs::AccessKey])
    .problems(&[Kind::NotFound]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = Body;
    type Output = SignedIn;

    async fn init(aws: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self {
            sign_in: SignIn::from_environment(aws).await?,
        })
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<SignedIn>, Problem> {
        let own = caller.own_keys();
        let membership_key = own
            .membership_named(&input.body.tenant_id)
            .ok_or(Kind::NotFound)?;
        let session_key = own.session(caller.session_id());
        let table = caller.own_table().await?;
        let (membership, session) = futures::try_join!(
            table.get::<Membership>(&membership_key),
            table.get::<Session>(&session_key)
        )?;
        let tenant = membership.ok_or(Kind::NotFound)?.tenant_id;
        let session = session.ok_or(Kind::SessionRevoked)?;
        let next = self.sign_in.reissue(caller.user_id(), &session)?;
        let moved = session::switch(tenant, &next, jiff::Timestamp::now().as_second())?;
        let writes = vec![
            Write::check(membership_key, vec![Condition::Exists]),
            Write::update(session_key, moved),
            Write::update(
                own.user(),
                Update::new()
                    .set("last_tenant_id", tenant)?
                    .when(Condition::Exists),
            ),
        ];
        table.transact(writes).await.map_err(|error| {
            error.or(
                |refused| match refused.iter().any(|(position, _)| *position == 0) {
                    true => Kind::NotFound.into(),
                    false => Kind::SessionRevoked.into(),
                },
            )
        })?;
        Ok(Reply::new(self.sign_in.answer(&next, tenant.0)?))
    }
}

fn main() -> ExitCode {
    run::<AuthSwitchTenant>()
}
