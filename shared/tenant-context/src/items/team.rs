//! Members, invitations and custom roles.

use crate::ids::{InvitationId, ProjectId, RoleId, UserId};
use permissions::{ProjectRole, RoleRef};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A member, `MEMBER#<user>`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Member {
    /// The user.
    pub user_id: UserId,
    /// Name, as of joining or the last change.
    pub name: String,
    /// E-mail address, likewise.
    pub email: String,
    /// Role in the tenant.
    pub role: RoleRef,
    /// Whether the member may work.
    pub status: MemberStatus,
    /// The projects the member is in, with their role there. Always stored, so that one can be set by its path.
    #[serde(default)]
    pub project_roles: BTreeMap<ProjectId, ProjectRole>,
    /// When they joined.
    pub joined_at: String,
}

/// Whether a member may work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemberStatus {
    /// May.
    Active,
    /// May not for the present, and takes no seat.
    Deactivated,
    /// Has left or was removed.
    Removed,
}

/// A custom role, `ROLE#<id>`.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CustomRole {
    /// Its id.
    pub id: RoleId,
    /// Its name, unique in the tenant in any letter case.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// What it carries: `collection:action` or `collection:action:own`.
    pub permissions: Vec<String>,
    /// How many members and pending invitations have it. It can be deleted when nobody has.
    #[serde(default)]
    pub holders: i64,
    /// Counts its changes; goes into `ETag`.
    pub version: u64,
    /// When it was made.
    pub created_at: String,
    /// Who made it.
    pub created_by: UserId,
    /// When it was last changed.
    pub updated_at: String,
    /// Who changed it last.
    pub updated_by: UserId,
}

/// An invitation, `INVITATION#<id>`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// Whom it invites, as written.
    pub email: String,
    /// The role they will have.
    pub role: RoleRef,
    /// The projects they will be in.
    #[serde(
        default,
        skip_serializing_if = "BTreeSet::is_empty",
        serialize_with = "super::set"
    )]
    pub project_ids: BTreeSet<ProjectId>,
    /// Where it stands. One that is past its end holds its seat until that is noticed, as `pending`.
    pub status: InvitationStatus,
    /// SHA-256 of the token's secret, base64url.
    pub secret_hash: String,
    /// What the secret is derived from beside the key; changed when the invitation is sent again.
    pub nonce: uuid::Uuid,
    /// Whether its link was sent to the address and shown to nobody: then following it proves the address.
    #[serde(default)]
    pub mailed: bool,
    /// When it ends, in seconds since 1970.
    pub expires_at: i64,
    /// When it was last sent again, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resent_at: Option<i64>,
    /// Who invited.
    pub invited_by: UserId,
    /// When.
    pub created_at: String,
}

/// Where an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvitationStatus {
    /// Can be accepted until it expires.
    Pending,
    /// Was accepted.
    Accepted,
    /// Was taken back.
    Revoked,
    /// Was not accepted in time.
    Expired,
}

/// A pending invitation by its address, `INVITED#<hash of the address>`: there as long as it is pending, so that an address
/// has one at most, and so that those that wait can be listed without the others.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Invited {
    /// The invitation.
    pub invitation_id: InvitationId,
    /// Whom it invites, as written.
    pub email: String,
    /// The role they will have.
    pub role: RoleRef,
    /// The projects they will be in.
    #[serde(
        default,
        skip_serializing_if = "BTreeSet::is_empty",
        serialize_with = "super::set"
    )]
    pub project_ids: BTreeSet<ProjectId>,
    /// When it ends, in seconds since 1970.
    pub expires_at: i64,
    /// Who invited.
    pub invited_by: UserId,
    /// When.
    pub created_at: String,
}

/// That a custom role has this name, `ROLE_NAME#<hash of the name>`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RoleName {
    /// The role.
    pub role_id: RoleId,
}
