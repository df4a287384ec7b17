//! The items of core partitions and of the directory, as they are stored. Their keys are in [`crate::keys`].
//!
//! Times are RFC 3339 in UTC, except those that DynamoDB (`ttl`) or a condition compares, which are seconds since 1970.

use crate::ids::{InvitationId, ProjectId, RoleId, SessionId, TenantId, UserId};
use permissions::{PermissionSet, ProjectRole, RoleRef, Standing};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::{BTreeMap, BTreeSet};
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
    /// How many seats are spoken for: active members, and invitations that wait to be accepted. Never more than `seats`.
    /// A number of its own, since a condition can compare two attributes and not add them up.
    #[serde(default)]
    pub seats_taken: i64,
    /// All its projects: kept here so that the authorizer knows them without a further read.
    #[serde(
        default,
        skip_serializing_if = "BTreeSet::is_empty",
        serialize_with = "set"
    )]
    pub project_ids: BTreeSet<ProjectId>,
    /// Those that only their members and the tenant's admins see.
    #[serde(
        default,
        skip_serializing_if = "BTreeSet::is_empty",
        serialize_with = "set"
    )]
    pub private_project_ids: BTreeSet<ProjectId>,
    /// Those that can be read only.
    #[serde(
        default,
        skip_serializing_if = "BTreeSet::is_empty",
        serialize_with = "set"
    )]
    pub archived_project_ids: BTreeSet<ProjectId>,
    /// What each custom role carries, in compact form, by `rol_…`: here too, so that a changed role counts at once.
    #[serde(default)]
    pub custom_roles: BTreeMap<String, String>,
    /// Whether its members must have given a second factor.
    #[serde(default)]
    pub mfa_required: bool,
    /// How long after its beginning a session is good for this tenant, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_max_seconds: Option<i64>,
    /// When it signed up.
    pub created_at: String,
}

impl Tenant {
    /// A role of this tenant with what it carries, if there is one of this name.
    pub fn standing(&self, role: RoleRef) -> Option<Standing> {
        match role {
            RoleRef::Fixed(role) => Some(Standing::fixed(role)),
            RoleRef::Custom(id) => {
                let carried = self.custom_roles.get(&role.to_string())?;
                Some(Standing::custom(id, PermissionSet::from_compact(carried)))
            }
        }
    }
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

/// A project, `PROJECT#<project>`.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Who sees it.
    #[serde(default)]
    pub visibility: Visibility,
    /// Whether it can be changed.
    #[serde(default)]
    pub status: ProjectStatus,
    /// What its new records begin with. Absent while nothing is set.
    #[serde(default, skip_serializing_if = "ProjectSettings::is_empty")]
    pub settings: ProjectSettings,
    /// Counts its changes; goes into `ETag`.
    #[serde(default = "first_version")]
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

impl Project {
    /// A new project, open to all who may read projects.
    pub fn new(id: ProjectId, name: &str, by: UserId, now: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            description: String::new(),
            visibility: Visibility::Open,
            status: ProjectStatus::Active,
            settings: ProjectSettings::default(),
            version: first_version(),
            created_at: now.to_owned(),
            created_by: by,
            updated_at: now.to_owned(),
            updated_by: by,
        }
    }
}

fn first_version() -> u64 {
    1
}

/// What new records of a project begin with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ProjectSettings {
    /// The currency of amounts, by its ISO 4217 code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_currency: Option<String>,
}

impl ProjectSettings {
    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A deleted project, `DELETED_PROJECT#<project>`: out of reach at once, and kept for some time so that it can be put back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeletedProject {
    /// As it was.
    #[serde(flatten)]
    pub project: Project,
    /// Who was in it, with their role there.
    pub members: BTreeMap<UserId, ProjectRole>,
    /// When it was deleted.
    pub deleted_at: String,
    /// Who deleted it.
    pub deleted_by: UserId,
    /// When it is removed for good, in seconds since 1970.
    pub ttl: i64,
}

/// Who sees a project.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Whoever may read projects, and its members.
    #[default]
    Open,
    /// Its members, and the tenant's admins.
    Private,
}

/// Whether a project can be changed.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ProjectStatus {
    /// It can.
    #[default]
    Active,
    /// It can be read only.
    Archived,
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
        serialize_with = "set"
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
        serialize_with = "set"
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
    /// How many sessions they have begun. A change of password holds it fast, so that no session begins with the old one
    /// while all are being ended.
    #[serde(default)]
    pub sessions_begun: i64,
    /// How many tenants they have joined or founded. Each holds a copy of name and address: a change of those holds it fast,
    /// so that nobody copies what is being changed.
    #[serde(default)]
    pub tenants_joined: i64,
    /// When the address was proved to be theirs. Absent until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_verified_at: Option<String>,
    /// Whether a log-in asks for a second factor. Written together with the factor's own item, which is out of reach of
    /// the person's credentials; they can't write this attribute either.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mfa_enabled: bool,
    /// When they first came.
    pub created_at: String,
}

impl User {
    /// A person who has just come, with their first session begun. The address is still to be proved.
    pub fn new(
        id: UserId,
        name: &str,
        email: &str,
        password_hash: String,
        tenant: StoredTenantId,
        now: &str,
    ) -> Self {
        Self {
            id,
            name: name.to_owned(),
            email: email.to_owned(),
            password_hash,
            last_tenant_id: tenant,
            sessions_begun: 1,
            tenants_joined: 1,
            email_verified_at: None,
            mfa_enabled: false,
            created_at: now.to_owned(),
        }
    }
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
    /// Whether the address was proved to be theirs.
    #[serde(
        rename(deserialize = "email_verified_at", serialize = "email_verified"),
        default,
        deserialize_with = "is_there"
    )]
    pub email_verified: bool,
    /// Whether a log-in asks for a second factor.
    #[serde(default)]
    pub mfa_enabled: bool,
    /// The language they want to be addressed in (BCP 47), if they have said so.
    #[serde(default)]
    pub locale: Option<String>,
    /// The time zone they live in (IANA), if they have said so.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// When they first came.
    pub created_at: String,
}

impl UserProfile {
    /// Its attributes: to be read without the rest of the item.
    pub const ATTRIBUTES: &[&str] = &[
        "id",
        "name",
        "email",
        "email_verified_at",
        "mfa_enabled",
        "locale",
        "time_zone",
        "created_at",
    ];
}

fn is_there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.is_some())
}

/// The link that was last sent to a user for a purpose, `TOKEN#<purpose>`: one of each lives, and a new one takes its place.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UserToken {
    /// What the link names.
    pub id: uuid::Uuid,
    /// SHA-256 of the link's secret, base64url.
    pub secret_hash: String,
    /// The address that it was sent to.
    pub email: String,
    /// When it ends, in seconds since 1970.
    pub expires_at: i64,
    /// When the item can be removed, in seconds since 1970.
    pub ttl: i64,
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
    /// When a second factor was given in it, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mfa_at: Option<i64>,
    /// When the person last proved in it who they are, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stepped_up_at: Option<i64>,
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

/// Which tenant has proved a domain to be its own, `DOMAIN` in the directory.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DomainOwner {
    /// The tenant.
    pub tenant_id: StoredTenantId,
    /// The domain.
    pub domain: String,
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
