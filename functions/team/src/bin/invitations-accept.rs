//! `POST /v1/invitations/accept`: joins the tenant that has invited, as somebody new or as who is signed in.
//!
//! Who is signed in goes on in the session whose token they showed. Another session would outlive it: signing out would
//! leave a token at large that came of the one signed out.

use endpoint::prelude::*;
use fields::{Name, Password};
use sign_in::link::LinkToken;
use sign_in::session::{self, Length, is_live};
use sign_in::{SignIn, SignedIn, password};
use team_functions::caller_of_public::AccessTokens;
use team_functions::ending::normalised;
use team_functions::joining::{self, Joining};
use tenant_context::identity::Identity;
use tenant_context::items::{EmailOwner, Invitation, Member, Session, Tenant, User};
use tenant_context::settings::Settings;
use tenant_context::{SessionId, Table, UserId};
use tokens::access::Claims;

struct InvitationsAccept {
    identity: Identity,
    sign_in: SignIn,
    access_tokens: AccessTokens,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// The token in the invitation's link.
    token: String,
    /// The name of somebody new. Who has an account sends their access token instead.
    name: Option<Name>,
    /// The password of somebody new.
    password: Option<Password>,
}

impl Endpoint for InvitationsAccept {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/invitations/accept",
        "Accepts an invitation and signs in.",
    )
    .role("InvitationsAcceptRole")
    .needs(&[Needs::Tables, Needs::AccessKey, Needs::AccessPublicKeys])
    .memory_mb(password::MEMORY_MB)
    .problems(&[
        Kind::Unauthenticated,
        Kind::TokenExpired,
        Kind::SessionRevoked,
        Kind::SeatLimit,
        Kind::PermissionDenied,
        Kind::TenantSuspended,
        Kind::Conflict,
        Kind::InvitationInvalid,
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
            access_tokens: AccessTokens::from_environment()?,
        })
    }

    async fn handle(&self, _: Anonymous, input: Input<Self>) -> Result<Reply<SignedIn>, Problem> {
        let claims = self.access_tokens.claims(&input.request)?;
        let token = LinkToken::open(&input.body.token).ok_or(Kind::InvitationInvalid)?;
        let keys = self.identity.tenant_keys(self.identity.tenant(token.owner));
        let (invitation_key, tenant_key) = (keys.invitation(token.id.into()), keys.tenant());
        // A new person's id is made here, so that their changes bear it.
        let user_id = claims
            .as_ref()
            .map_or_else(UserId::generate, |claims| claims.sub.into());
        let table = self.identity.table(Some(user_id), &input.request.id);
        let (invitation, tenant) = futures::try_join!(
            table.get::<Invitation>(&invitation_key),
            table.get::<Tenant>(&tenant_key)
        )?;
        let (Some(invitation), Some(tenant)) = (invitation, tenant) else {
            return Err(Kind::InvitationInvalid.into());
        };
        let now = jiff::Timestamp::now().as_second();
        if !joining::opens(&token, &invitation, now) {
            return Err(Kind::InvitationInvalid.into());
        }
        let joining = Joining {
            identity: &self.identity,
            tenant: &tenant,
            invitation: &invitation,
            now,
        };
        let arrival = match claims {
            Some(claims) => {
                self.signed_in(&table, &joining, &claims, &input.body)
                    .await?
            }
            None => self.new_person(&table, &joining, user_id, &input).await?,
        };
        let Arrival {
            writes,
            otherwise,
            answer,
        } = arrival;
        table
            .transact(writes)
            .await
            .map_err(|error| error.or(|refused| joining::refusal(refused, otherwise)))?;
        let location = format!("/v1/members/{}", answer.user_id);
        Ok(Reply::new(answer).location(location))
    }
}

/// Somebody who is about to join.
struct Arrival {
    writes: Vec<Write>,
    /// What it means that a write was refused which is not the joining's own.
    otherwise: Problem,
    /// For them, once all is written.
    answer: SignedIn,
}

impl InvitationsAccept {
    /// Somebody with an account, who must be the one invited.
    async fn signed_in(
        &self,
        table: &Table,
        joining: &Joining<'_>,
        claims: &Claims,
        body: &Body,
    ) -> Result<Arrival, Problem> {
        if body.name.is_some() || body.password.is_some() {
            let pointer = if body.name.is_some() {
                "/name"
            } else {
                "/password"
            };
            return Err(Problem::new(Kind::ValidationFailed)
                .field(pointer, "is for people without an account"));
        }
        let own = self.identity.user_keys(claims.sub.into());
        let (session_key, user_key) = (own.session(SessionId::from(claims.sid)), own.user());
        let member_key = self
            .identity
            .tenant_keys(joining.tenant_id())
            .member(claims.sub.into());
        let (session, user, earlier) = futures::try_join!(
            table.get::<Session>(&session_key),
            table.get::<User>(&user_key),
            table.get::<Member>(&member_key)
        )?;
        let session = session.filter(|session| is_live(session, joining.now));
        let (session, user) = session.zip(user).ok_or(Kind::SessionRevoked)?;
        if normalised(&user.email)? != normalised(&joining.invitation.email)? {
            let detail = "The invitation is for another e-mail address: sign in with that one.";
            return Err(Problem::new(Kind::PermissionDenied).detail(detail));
        }
        let mut writes = joining.writes(&user, earlier.as_ref())?;
        let last = Update::new()
            .set("last_tenant_id", joining.tenant.id)?
            // The member item copies name and address: a change of those at this moment must not miss it.
            .add("tenants_joined", 1)
            .when(Condition::equals("name", user.name.as_str()))
            .when(Condition::equals("email", user.email.as_str()));
        let last = match joining.invitation.mailed {
            true => last.set("email_verified_at", endpoint::now())?,
            false => last,
        };
        let next = self.sign_in.reissue(user.id, &session)?;
        let moved = session::switch(joining.tenant.id, &next, joining.now)?;
        writes.push(Write::update(session_key, moved));
        writes.push(Write::update(user_key, last));
        Ok(Arrival {
            writes,
            otherwise: Kind::SessionRevoked.into(),
            answer: self.sign_in.answer(&next, joining.tenant_id())?,
        })
    }

    /// Somebody without an account, who gets one. A token that was mailed to the address proves it; one that was handed to
    /// the inviter does not.
    async fn new_person(
        &self,
        table: &Table,
        joining: &Joining<'_>,
        id: UserId,
        input: &Input<Self>,
    ) -> Result<Arrival, Problem> {
        let email_key = self
            .identity
            .email_key(&normalised(&joining.invitation.email)?);
        if table.get::<EmailOwner>(&email_key).await?.is_some() {
            return Err(joining::has_account());
        }
        let (Some(name), Some(password)) = (&input.body.name, &input.body.password) else {
            let given = [
                ("/name", input.body.name.is_some()),
                ("/password", input.body.password.is_some()),
            ];
            let missing = given.iter().filter(|(_, is_given)| !is_given);
            let problem = Problem::new(Kind::ValidationFailed);
            return Err(missing.fold(problem, |problem, (pointer, _)| {
                problem.field(*pointer, "is missing")
            }));
        };
        let email = joining.invitation.email.clone();
        let keys = self.identity.tenant_keys(joining.tenant_id());
        let least = Settings::read(table, keys).await?.password_min_length;
        password::refuse_short(password, least, "/password")?;
        password::refuse_guessable(password, &email, &joining.tenant.name, "/password")?;
        let mut user = User::new(
            id,
            name.as_str(),
            &email,
            password::hash(password)?,
            joining.tenant.id,
            &endpoint::now(),
        );
        user.email_verified_at = joining.invitation.mailed.then(endpoint::now);
        let mut writes = joining.writes(&user, None)?;
        writes.push(Write::create(email_key, &EmailOwner { user_id: id })?);
        let own = self.identity.user_keys(id);
        writes.push(Write::create(own.user(), &user)?);
        let (session, answer) =
            self.sign_in
                .begin(id, joining.tenant_id(), Length::USUAL, &input.request)?;
        writes.push(Write::create(own.session(session.id), &session)?);
        Ok(Arrival {
            writes,
            otherwise: joining::has_account(),
            answer,
        })
    }
}

fn main() -> ExitCode {
    run::<InvitationsAccept>()
}
