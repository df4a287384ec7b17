//! `POST /v1/invitations`: invites somebody, by e-mail or by a link to hand on.

use endpoint::prelude::*;
use fields::EmailAddress;
use sign_in::link::{Link, LinkKeys};
use team_functions::inviting::{Inviting, Wanted};
use team_functions::shown::ShownInvitation;
use tenant_context::items::Invitation;
use tenant_context::{ProjectId, variable};

struct InvitationsCreate {
    links: LinkKeys,
    console_url: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// Whom to invite.
    email: EmailAddress,
    /// The role they will have: one below your own, unless you are an owner.
    role: RoleRef,
    /// The projects they will be in, of those that you see. Left out, a role that sees only its own projects gets every
    /// open one that you see; an empty list is none.
    project_ids: Option<Vec<ProjectId>>,
    /// Whether the invitation is sent by e-mail. If not, the answer holds the link.
    #[serde(default = "yes")]
    send_email: bool,
}

fn yes() -> bool {
    true
}

impl Endpoint for InvitationsCreate {
    const DECLARATION: Declaration =
        Declaration::post("/v1/invitations", "Invites somebody into the tenant.")
            .permission(
                Permission::new(Resource::Invitations, Action::Create),
                Access::Admin,
            )
            .idempotent()
            .role("InvitationsCreateRole")
            .needs(&[Needs::Tenant, Needs::LinkKey])
            .problems(&[Kind::SeatLimit, Kind::ReferenceNotFound, Kind::Conflict]);
    type Caller = TenantContext;
    type Path = NoInput;
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
        let table = caller.table().await?;
        let inviting = Inviting::begin(&caller, &table, &self.links).await?;
        let body = input.body;
        let wanted = Wanted {
            email: body.email,
            role: body.role,
            project_ids: body.project_ids,
            send_email: body.send_email,
        };
        let now = jiff::Timestamp::now().as_second();
        let created = |invitation: &Invitation, link: &Link| {
            let location = format!("/v1/invitations/{}", invitation.id);
            let link = (!body.send_email).then(|| self.links.url(&self.console_url, link));
            let shown = ShownInvitation::at(now, invitation.clone()).with_link(link);
            Reply::new(shown).location(location)
        };
        let keep = |invitation: &Invitation, link: &Link| match caller.is_repeatable() {
            true => created(invitation, link).keep(&caller),
            false => Ok(()),
        };
        let (invitation, link) = inviting.invite(wanted, &keep).await?;
        Ok(created(&invitation, &link))
    }
}

fn main() -> ExitCode {
    run::<InvitationsCreate>()
}
