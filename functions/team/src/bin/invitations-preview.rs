//! `POST /v1/invitations/preview`: what an invitation is about, for who holds its token. It does not say, and does not
//! look up, whether the address has an account.

use endpoint::prelude::*;
use sign_in::link::LinkToken;
use team_functions::giving::role_name;
use team_functions::shown::time;
use tenant_context::UserId;
use tenant_context::identity::Identity;
use tenant_context::items::{InvitationStatus, TenantStatus};

struct InvitationsPreview {
    identity: Identity,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    /// The token in the invitation's link.
    token: String,
}

/// What an invitation is about.
#[derive(Serialize, JsonSchema)]
struct InvitationPreview {
    /// The tenant's name.
    tenant_name: String,
    /// Its short name.
    tenant_slug: String,
    /// Who invites.
    inviter_name: String,
    /// Whom.
    email: String,
    /// The role they will have.
    role: RoleRef,
    /// The role as people read it.
    role_name: String,
    /// When the invitation ends.
    expires_at: String,
}

/// What is read of the invitation.
#[derive(Deserialize)]
struct Seen {
    email: String,
    role: RoleRef,
    status: InvitationStatus,
    secret_hash: String,
    expires_at: i64,
    invited_by: UserId,
}

const OF_INVITATION: &[&str] = &[
    "email",
    "role",
    "status",
    "secret_hash",
    "expires_at",
    "invited_by",
];

/// What is read of the tenant.
#[derive(Deserialize)]
struct Face {
    name: String,
    slug: String,
    status: TenantStatus,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

impl Endpoint for InvitationsPreview {
    const DECLARATION: Declaration = Declaration::post(
        "/v1/invitations/preview",
        "Says what an invitation is about, to who holds its token.",
    )
    .success(200)
    .role("InvitationsPreviewRole")
    .needs(&[Needs::Tables])
    .problems(&[Kind::InvitationInvalid]);
    type Caller = Anonymous;
    type Path = NoInput;
    type Query = NoInput;
    type Body = Body;
    type Output = InvitationPreview;

    #[expect(
        clippy::disallowed_methods,
        reason = "it acts before there is a tenant: its own role says what it may read"
    )]
    async fn init(aws: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self {
            identity: Identity::new(aws),
        })
    }

    async fn handle(
        &self,
        _: Anonymous,
        input: Input<Self>,
    ) -> Result<Reply<InvitationPreview>, Problem> {
        let token = LinkToken::open(&input.body.token).ok_or(Kind::InvitationInvalid)?;
        let keys = self.identity.tenant_keys(self.identity.tenant(token.owner));
        let table = self.identity.table(None, &input.request.id);
        let (invitation_key, tenant_key) = (keys.invitation(token.id.into()), keys.tenant());
        let (seen, tenant) = futures::try_join!(
            table.get_some::<Seen>(&invitation_key, OF_INVITATION),
            table.get_some::<Face>(&tenant_key, &["name", "slug", "status"]),
        )?;
        let (seen, tenant) = seen.zip(tenant).ok_or(Kind::InvitationInvalid)?;
        let now = jiff::Timestamp::now().as_second();
        let is_good = seen.status == InvitationStatus::Pending
            && seen.expires_at > now
            && seen.secret_hash == token.hash()
            && !matches!(
                tenant.status,
                TenantStatus::Cancelled | TenantStatus::Deleted
            );
        if !is_good {
            return Err(Kind::InvitationInvalid.into());
        }
        let inviter_key = keys.member(seen.invited_by);
        let (inviter, role_name) = futures::try_join!(
            table.get_some::<Named>(&inviter_key, &["name"]),
            role_name(&table, keys, seen.role),
        )?;
        Ok(Reply::new(InvitationPreview {
            tenant_name: tenant.name,
            tenant_slug: tenant.slug,
            inviter_name: inviter.ok_or(Kind::InvitationInvalid)?.name,
            email: seen.email,
            role: seen.role,
            role_name: role_name.ok_or(Kind::InvitationInvalid)?,
            expires_at: time(seen.expires_at),
        }))
    }
}

fn main() -> ExitCode {
    run::<InvitationsPreview>()
}
