//! The items of core partitions and of the directory, as they are stored. Their keys are in [`crate::keys`].
//!
//! Times are RFC 3339 in UTC, except those that DynamoDB (`ttl`) or a condition compares, which are seconds since 1970.

use crate::ids::{InvitationId, ProjectId, SessionId, TenantId, UserId};
use permissions::Role;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// A tenant's id in a stored item: the only place it can be read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredTenantId(pub TenantId);

impl Serialize for StoredTenantId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for StoredTenantId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let uuid = text
            .strip_prefix(TenantId::PREFIX)
            .and_then(|uuid| uuid.parse().ok());
        uuid.map(|uuid| Self(TenantId::trusted(uuid)))
            .ok_or_else(|| D::Error::custom("is not a tenant id"))
    }
}

/// Where a tenant stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TenantStatus {
    /// Not paid yet, and for a limited time.
    Trial,
    /// In good standing.
    Active,
    /// Stopped: nothing can be read but billing and export.
    Suspended,
    /// Ended by its owner; waits for deletion.
    Cancelled,
    /// Being deleted.
    Deleted,
}

/// The tenant's profile, `TENANT`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tenant {
    /// Its id.
    pub id: StoredTenantId,
    /// Its name.
    pub name: String,
    /// Its short name, unique in the product.
    pub slug: String,
    /// Where it stands in its life.
    pub status: TenantStatus,
    /// The plan's name.
    pub plan: String,
    /// When the trial ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trial_ends_at: Option<String>,
    /// How many active members the subscription allows.
    pub seats: i64,
    /// How many active members there are; never more than `seats`.
    pub members: i64,
    /// How many of them are owners; never 0.
    pub owners: i64,
    /// All its projects: kept here so that the authorizer knows them without a further read.
    #[serde(
        default,
        skip_serializing_if = "BTreeSet::is_empty",
        serialize_with = "set"
    )]
    pub project_ids: BTreeSet<ProjectId>,
    /// When it signed up.
    pub created_at: String,
}

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
    pub role: Role,
    /// Whether the member may work.
    pub status: MemberStatus,
    /// The projects the member is in.
    #[serde(
        default,
        skip_serializing_if = "BTreeSet::is_empty",
        serialize_with = "set"
    )]
    pub project_ids: BTreeSet<ProjectId>,
    /// When they joined.
    pub joined_at: String,
}

/// Whether a member may work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemberStatus {
    /// May.
    Active,
    /// Has left or was removed.
    Removed,
}

/// A project, `PROJECT#<project>`.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: String,
    /// Who made it.
    pub created_by: UserId,
}

/// An invitation, `INVITATION#<id>`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// Whom it invites, as written.
    pub email: String,
    /// The role they will have.
    pub role: Role,
    /// The projects they will be in.
    #[serde(
        default,
        skip_serializing_if = "BTreeSet::is_empty",
        serialize_with = "set"
    )]
    pub project_ids: BTreeSet<ProjectId>,
    /// `pending`, `accepted` or `revoked`.
    pub status: InvitationStatus,
    /// SHA-256 of the token's secret, base64url.
    pub secret_hash: String,
    /// When it ends, in seconds since 1970.
    pub expires_at: i64,
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
}

/// A user, `USER` in the directory.
#[derive(Clone, Serialize, Deserialize)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Their address, as written.
    pub email: String,
    /// Argon2id in PHC string format.
    pub password_hash: String,
    /// The tenant of their last sign-in.
    pub last_tenant_id: StoredTenantId,
    /// When they first came.
    pub created_at: String,
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// What everyone but sign-in may see of a user.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
pub struct UserProfile {
    /// Their id.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// When they first came.
    pub created_at: String,
}

impl UserProfile {
    /// Its attributes: to be read without the rest of the item.
    pub const ATTRIBUTES: &[&str] = &["id", "name", "email", "created_at"];
}

/// A session, `SESSION#<session>` in the user's partition.
#[derive(Clone, Serialize, Deserialize)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// The tenant it works in.
    pub tenant_id: StoredTenantId,
    /// SHA-256 of the refresh token's secret, base64url.
    pub refresh_hash: String,
    /// The hash before the last rotation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_hash: Option<String>,
    /// When the token was last rotated, in seconds since 1970.
    pub rotated_at: i64,
    /// How many seconds the session is extended by at each refresh.
    pub length_seconds: i64,
    /// The client's own name for itself, shortened.
    pub device: String,
    /// The first part of the address it came from.
    pub ip_prefix: String,
    /// When it began.
    pub created_at: String,
    /// When it was last refreshed.
    pub last_seen_at: String,
    /// When it ends, in seconds since 1970.
    pub expires_at: i64,
    /// When the item can be removed, in seconds since 1970.
    pub ttl: i64,
    /// When it was revoked. Absent until then: conditions ask whether the attribute is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<String>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// That a user belongs to a tenant, `TENANT#<t>` in the user's partition.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Membership {
    /// The tenant.
    pub tenant_id: StoredTenantId,
    /// Its name when the user joined or it last changed.
    pub name: String,
    /// Its short name, likewise.
    pub slug: String,
    /// When the user joined.
    pub joined_at: String,
}

/// Who has an address, `EMAIL`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EmailOwner {
    /// The user.
    pub user_id: UserId,
}

/// Which tenant has a slug, `SLUG`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SlugOwner {
    /// The tenant.
    pub tenant_id: StoredTenantId,
    /// Its name, for the log-in page.
    pub tenant_name: String,
    /// The slug.
    pub slug: String,
}

/// What anyone may learn of a [`SlugOwner`].
#[derive(Debug, Clone, Deserialize)]
pub struct TenantFace {
    /// The tenant's name.
    pub tenant_name: String,
    /// Its slug.
    pub slug: String,
}

impl TenantFace {
    /// Its attributes, the only ones that the public look-up's role may read.
    pub const ATTRIBUTES: &[&str] = &["tenant_name", "slug"];
}

/// Stored as a set of texts, so that two requests can add to it at once.
fn set<S: serde::Serializer>(ids: &BTreeSet<ProjectId>, serializer: S) -> Result<S::Ok, S::Error> {
    let texts: BTreeSet<String> = ids.iter().map(ToString::to_string).collect();
    serde_dynamo::string_set::serialize(&texts, serializer)
}
