//! A tenant's own items, and the directory's that lead to it.

use crate::ids::{ProjectId, TenantId};
use permissions::{PermissionSet, RoleRef, Standing};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::{BTreeMap, BTreeSet};

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
        serialize_with = "super::set"
    )]
    pub project_ids: BTreeSet<ProjectId>,
    /// Those that only their members and the tenant's admins see.
    #[serde(
        default,
        skip_serializing_if = "BTreeSet::is_empty",
        serialize_with = "super::set"
    )]
    pub private_project_ids: BTreeSet<ProjectId>,
    /// Those that can be read only.
    #[serde(
        default,
        skip_serializing_if = "BTreeSet::is_empty",
        serialize_with = "super::set"
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
