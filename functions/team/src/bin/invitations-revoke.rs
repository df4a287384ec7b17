//! `DELETE /v1/invitations/{invitation_id}`: takes an invitation back. Its link dies and its seat is free at once.

use endpoint::prelude::*;
use team_functions::ending::Ending;
use team_functions::inviting::{InvitationPath, manageable};
use tenant_context::items::InvitationStatus;

struct InvitationsRevoke;

impl Endpoint for InvitationsRevoke {
    const DECLARATION: Declaration = Declaration::delete(
        "/v1/invitations/{invitation_id}",
        "Takes an invitation back: its link is no longer good and its seat is free.",
    )
    .permission(
        Permission::new(Resource::Invitations, Action::Delete),
        Access::Admin,
    )
    .problems(&[Kind::NotFound, Kind::Conflict]);
    type Caller = TenantContext;
    type Path = InvitationPath;
    type Query = NoInput;
    type Body = NoInput;
    type Output = NoContent;

    async fn init(_: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self)
    }

    async fn handle(
        &self,
        caller: TenantContext,
        input: Input<Self>,
    ) -> Result<Reply<NoContent>, Problem> {
        let table = caller.table().await?;
        let (invitation, _) = manageable(&caller, &table, input.path.invitation_id).await?;
        match invitation.status {
            InvitationStatus::Pending => {
                let ending = Ending {
                    id: invitation.id,
                    email: &invitation.email,
                    role: invitation.role,
                    expires_at: invitation.expires_at,
                    status: InvitationStatus::Revoked,
                };
                ending.commit(&table, caller.keys()).await?;
            }
            InvitationStatus::Accepted => {
                let detail = "The invitation has been accepted: remove the member instead.";
                return Err(Problem::new(Kind::Conflict).detail(detail));
            }
            // It is no longer good, as was asked for.
            InvitationStatus::Revoked | InvitationStatus::Expired => {}
        }
        Ok(NoContent.into())
    }
}

fn main() -> ExitCode {
    run::<InvitationsRevoke>()
}
