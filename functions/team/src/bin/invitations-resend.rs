//! `POST /v1/invitations/{invitation_id}/resend`: issues an invitation's link anew. The old link dies, and the invitation
//! is good for its whole time again, on the word of who sends it.

use endpoint::prelude::*;
use sign_in::link::{Link, LinkKeys, Purpose};
use team_functions::ending::normalised;
use team_functions::inviting::{InvitationPath, Inviting, end, invited, manageable};
use team_functions::shown::ShownInvitation;
use team_functions::together::{Together, changed_meanwhile};
use tenant_context::items::{Invitation, InvitationStatus};
use tenant_context::variable;

/// How many seconds lie between two letters to one address.
const PAUSE: i64 = 60;

struct InvitationsResend {
    links: LinkKeys,
    console_url: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// Whether the invitation is sent by e-mail. If not, the answer holds the link.
    #[serde(default = "yes")]
    send_email: bool,
}

fn yes() -> bool {
    true
}

impl Endpoint for InvitationsResend {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/invitations/{invitation_id}/resend",
        "Sends a pending invitation again, with a new link and for seven days more.",
    )
    .success(200)
    .permission(
        Permission::new(Resource::Invitations, Action::Create),
        Access::Admin,
    )
    .idempotent()
    .role("InvitationsCreateRole")
    .needs(&[Needs::Tenant, Needs::LinkKey])
    .problems(&[Kind::NotFound, Kind::Conflict, Kind::TooManyRequests]);
    type Caller = TenantContext;
    type Path = InvitationPath;
    type Query = NoInput;
    type Body = Body;
    type Output = ShownInvitation;

    async fn init(aws: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self {
            links: LinkKeys::from_environment(aws).await?,
            console_url: variable("CONSOLE_URL")?,
        })
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<ShownInvitation>, Problem> {
        let (table, keys) = (caller.table().await?, caller.keys());
        let (before, role) = manageable(&caller, &table, input.path.invitation_id).await?;
        let now = jiff::Timestamp::now();
        may_be_sent(&before, now.as_second())?;
        let owner = caller.tenant_id().uuid();
        let link = Link::new(Purpose::Invitation, owner, before.id.uuid());
        let after = Invitation {
            secret_hash: self.links.token(&link).hash(),
            nonce: link.nonce,
            mailed: input.body.send_email,
            expires_at: end(now)?,
            resent_at: Some(now.as_second()),
            invited_by: caller.user_id(),
            ..before.clone()
        };
        let mut together = Together::new();
        let renew = Write::replace(
            keys.invitation(after.id),
            &after,
            vec![
                Condition::equals("status", "pending"),
                Condition::equals("nonce", before.nonce.to_string()),
            ],
        )?;
        together.add(renew, changed_meanwhile());
        let by_address = Write::replace(
            keys.invited(&normalised(&after.email)?),
            &invited(&after),
            vec![Condition::equals("invitation_id", after.id.to_string())],
        )?;
        together.add(by_address, changed_meanwhile());
        if input.body.send_email {
            let inviting = Inviting::begin(&caller, &table, &self.links).await?;
            together.letter(keys, &inviting.letter(&after, &role, link))?;
        }
        let link = (!input.body.send_email).then(|| self.links.url(&self.console_url, &link));
        let reply = Reply::new(ShownInvitation::at(now.as_second(), after).with_link(link));
        reply.keep(&caller)?;
        together.commit(&table).await?;
        Ok(reply)
    }
}

fn may_be_sent(invitation: &Invitation, now: i64) -> Result<(), Problem> {
    if invitation.status != InvitationStatus::Pending {
        let detail = "The invitation is no longer pending: invite them anew.";
        return Err(Problem::new(Kind::Conflict).detail(detail));
    }
    let wait = invitation.resent_at.map_or(0, |sent| sent + PAUSE - now);
    match u64::try_from(wait) {
        Ok(seconds) if seconds > 0 => Err(Problem::new(Kind::TooManyRequests)
            .detail("The invitation was sent a moment ago.")
            .retry_after(seconds)),
        _ => Ok(()),
    }
}

fn main() -> ExitCode {
    run::<InvitationsResend>()
}
