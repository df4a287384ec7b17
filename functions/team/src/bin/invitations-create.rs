//! `POST /v1/invitations`: invites somebody, by e-mail or by a link to hand on.

use endpoint::prelude::*;
use fields::EmailAddress;
use sign_in::link::{Link, LinkKeys, Purpose};
use tenant_context::items::{Invitation, InvitationStatus, Tenant};
use tenant_context::{InvitationId, ProjectId, errors, variable};

/// How long an invitation is good for.
const DAYS: i64 = 7;

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
    /// The projects they will be in, of those that you see.
    #[serde(default)]
    project_ids: Vec<ProjectId>,
    /// Whether the invitation is sent by e-mail. If not, the answer holds the link.
    #[serde(default = "yes")]
    send_email: bool,
}

fn yes() -> bool {
    true
}

/// An invitation.
#[derive(Serialize, JsonSchema)]
struct Created {
    /// Its id.
    id: InvitationId,
    /// Whom it invites.
    email: String,
    /// The role they will have.
    role: RoleRef,
    /// The projects they will be in.
    project_ids: Vec<ProjectId>,
    /// When it ends.
    expires_at: String,
    /// Where it is accepted; only if no e-mail was sent, and only here.
    #[serde(skip_serializing_if = "Option::is_none")]
    invitation_link: Option<String>,
}

impl Endpoint for InvitationsCreate {
    const DECLARATION: Declaration =
        Declaration::post("/v1/invitations", "Invites somebody into the tenant.")
            .permission(
                Permission::new(Resource::Invitations, Action::Create),
                Access::Admin,
            )
            .role("InvitationsCreateRole")
            .needs(&[Needs::Tenant, Needs::LinkKey])
            .problems(&[Kind::SeatLimit, Kind::ReferenceNotFound]);
    type Caller = TenantContext;
    type Path = NoInput;
    type Query = NoInput;
    type Body = Body;
    type Output = Created;

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
    ) -> Result<Reply<Created>, Problem> {
        let Body {
            email,
            role,
            project_ids,
            send_email,
        } = input.body;
        let table = caller.table().await?;
        let tenant: Tenant = table
            .get(&caller.keys().tenant())
            .await?
            .ok_or(Kind::NotFound)?;
        may_give(&caller, &tenant, role, &project_ids)?;
        let id = InvitationId::generate();
        let link = Link::new(Purpose::Invitation, caller.tenant_id().uuid(), id.uuid());
        let end = jiff::Timestamp::now().checked_add(jiff::SignedDuration::from_hours(24 * DAYS));
        let end = end.map_err(|error| errors::internal("expiry", &error))?;
        let invitation = Invitation {
            id,
            email: email.to_string(),
            role,
            project_ids: project_ids.into_iter().collect(),
            status: InvitationStatus::Pending,
            secret_hash: self.links.token(&link).hash(),
            nonce: link.nonce,
            expires_at: end.as_second(),
            invited_by: caller.user_id(),
            created_at: endpoint::now(),
        };
        let seat = vec![Condition::LessThanAttribute("members", "seats")];
        let writes = vec![
            Write::create(caller.keys().invitation(invitation.id), &invitation)?,
            Write::check(caller.keys().tenant(), seat),
        ];
        table
            .transact(writes)
            .await
            .map_err(|error| error.or(|_| Kind::SeatLimit.into()))?;
        let link = self.links.url(&self.console_url, &link);
        let location = format!("/v1/invitations/{}", invitation.id);
        let created = Created {
            id: invitation.id,
            email: invitation.email,
            role,
            project_ids: invitation.project_ids.into_iter().collect(),
            expires_at: format!("{end:.0}"),
            invitation_link: (!send_email).then_some(link),
        };
        Ok(Reply::new(created).location(location))
    }
}

/// Nobody gives a role at or above their own, owners aside, or lets anybody into a project that they don't see.
fn may_give(
    caller: &TenantContext,
    tenant: &Tenant,
    role: RoleRef,
    projects: &[ProjectId],
) -> Result<(), Problem> {
    let Some(given) = tenant.standing(role) else {
        return Err(Problem::new(Kind::ReferenceNotFound).field("/role", "is not a role here"));
    };
    if !caller.standing().may_manage(&given) {
        let detail = "is not below your own";
        return Err(Problem::new(Kind::PermissionDenied)
            .detail("You can't give this role.")
            .field("/role", detail));
    }
    let unseen = projects
        .iter()
        .enumerate()
        .filter(|(_, project)| caller.project_or_archived(**project).is_err());
    let problem = unseen.fold(
        Problem::new(Kind::ReferenceNotFound),
        |problem, (position, _)| {
            problem.field(
                format!("/project_ids/{position}"),
                "is not a project that you see",
            )
        },
    );
    if problem.errors().is_empty() {
        Ok(())
    } else {
        Err(problem)
    }
}

fn main() -> ExitCode {
    run::<InvitationsCreate>()
}
