//! Members and invitations as clients see them.

use endpoint::prelude::*;
use std::collections::BTreeMap;
use tenant_context::items::{Invitation, InvitationStatus, Invited, Member, MemberStatus};
use tenant_context::{InvitationId, ProjectId, UserId};

/// A member of the tenant.
#[derive(Serialize, JsonSchema)]
pub struct ShownMember {
    /// The user.
    pub user_id: UserId,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// Their role.
    pub role: RoleRef,
    /// Whether they may work.
    pub status: MemberStatus,
    /// The projects they are in.
    pub project_ids: Vec<ProjectId>,
    /// Their role in each of these.
    pub project_roles: BTreeMap<String, ProjectRole>,
    /// When they joined.
    pub joined_at: String,
}

impl From<Member> for ShownMember {
    fn from(member: Member) -> Self {
        let roles = member.project_roles.iter();
        Self {
            user_id: member.user_id,
            name: member.name,
            email: member.email,
            role: member.role,
            status: member.status,
            project_ids: member.project_roles.keys().copied().collect(),
            project_roles: roles.map(|(id, role)| (id.to_string(), *role)).collect(),
            joined_at: member.joined_at,
        }
    }
}

/// An invitation.
#[derive(Serialize, JsonSchema)]
pub struct ShownInvitation {
    /// Its id.
    pub id: InvitationId,
    /// Whom it invites.
    pub email: String,
    /// The role they will have.
    pub role: RoleRef,
    /// The projects they will be in.
    pub project_ids: Vec<ProjectId>,
    /// Where it stands.
    pub status: InvitationStatus,
    /// Who invited.
    pub invited_by: UserId,
    /// When.
    pub created_at: String,
    /// When it ends.
    pub expires_at: String,
    /// Where it is accepted; only if no e-mail was sent, and only when it is issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitation_link: Option<String>,
}

impl ShownInvitation {
    /// As it stands at `now`, without its link.
    pub fn at(now: i64, invitation: Invitation) -> Self {
        let is_over = invitation.expires_at <= now;
        Self {
            id: invitation.id,
            email: invitation.email,
            role: invitation.role,
            project_ids: invitation.project_ids.into_iter().collect(),
            status: match invitation.status {
                // Nobody has needed its seat yet.
                InvitationStatus::Pending if is_over => InvitationStatus::Expired,
                status => status,
            },
            invited_by: invitation.invited_by,
            created_at: invitation.created_at,
            expires_at: time(invitation.expires_at),
            invitation_link: None,
        }
    }

    /// The same with its link.
    #[must_use]
    pub fn with_link(mut self, link: Option<String>) -> Self {
        self.invitation_link = link;
        self
    }
}

impl From<Invited> for ShownInvitation {
    fn from(invited: Invited) -> Self {
        Self {
            id: invited.invitation_id,
            email: invited.email,
            role: invited.role,
            project_ids: invited.project_ids.into_iter().collect(),
            status: InvitationStatus::Pending,
            invited_by: invited.invited_by,
            created_at: invited.created_at,
            expires_at: time(invited.expires_at),
            invitation_link: None,
        }
    }
}

/// Seconds since 1970 in RFC 3339.
pub fn time(seconds: i64) -> String {
    let time = jiff::Timestamp::from_second(seconds).unwrap_or_default();
    format!("{time:.0}")
}
