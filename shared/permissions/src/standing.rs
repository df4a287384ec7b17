//! What somebody is in a tenant: a role, and what it carries. Who may manage whom is decided here and nowhere else.

use crate::{Grant, PermissionSet, Role};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// What stands before the UUID of a custom role.
const PREFIX: &str = "rol_";

/// A role by its name: a fixed one (`manager`) or a custom one of the tenant (`rol_<uuid>`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RoleRef {
    /// One of the five.
    Fixed(Role),
    /// One that the tenant has made.
    Custom(Uuid),
}

/// The text names no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownRole;

impl fmt::Display for UnknownRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is neither a fixed role nor of the form rol_<uuid>")
    }
}

impl std::error::Error for UnknownRole {}

impl From<Role> for RoleRef {
    fn from(role: Role) -> Self {
        Self::Fixed(role)
    }
}

impl PartialEq<Role> for RoleRef {
    fn eq(&self, role: &Role) -> bool {
        *self == Self::Fixed(*role)
    }
}

impl fmt::Display for RoleRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(role) => role.fmt(f),
            Self::Custom(id) => write!(f, "{PREFIX}{}", id.hyphenated()),
        }
    }
}

impl FromStr for RoleRef {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        if let Some(role) = Role::parse(text) {
            return Ok(Self::Fixed(role));
        }
        let id = text
            .strip_prefix(PREFIX)
            .and_then(|id| Uuid::try_parse(id).ok())
            .map(Self::Custom)
            .ok_or(UnknownRole)?;
        // One spelling only, as for every id.
        if id.to_string() == text {
            Ok(id)
        } else {
            Err(UnknownRole)
        }
    }
}

impl Serialize for RoleRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RoleRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

impl JsonSchema for RoleRef {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "RoleRef".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
        json_schema!({
            "type": "string",
            "pattern": format!("^({}|rol_[0-9a-f]{{8}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{12}})$", names.join("|")),
        })
    }
}

/// A role with what it carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    role: RoleRef,
    permissions: PermissionSet,
}

impl Standing {
    /// A fixed role.
    pub fn fixed(role: Role) -> Self {
        Self {
            role: role.into(),
            permissions: role.permissions(),
        }
    }

    /// A custom role with its permissions.
    pub fn custom(id: Uuid, permissions: PermissionSet) -> Self {
        Self {
            role: RoleRef::Custom(id),
            permissions,
        }
    }

    /// The role.
    pub fn role(&self) -> RoleRef {
        self.role
    }

    /// What it carries.
    pub fn permissions(&self) -> &PermissionSet {
        &self.permissions
    }

    /// The role rule: who may give a role, change somebody in it, or take it away.
    ///
    /// Owners may everything, to owners too. Among the fixed roles the rank decides. With a custom role on either side
    /// it is what they may do: one manages those who may do less than oneself, and nothing that one may not do.
    pub fn may_manage(&self, other: &Self) -> bool {
        match (self.role, other.role) {
            (RoleRef::Fixed(Role::Owner), _) => true,
            (RoleRef::Fixed(own), RoleRef::Fixed(others)) => own > others,
            _ => {
                other.permissions.is_within(&self.permissions)
                    && !self.permissions.is_within(&other.permissions)
            }
        }
    }
}

/// A role within one project, beside the role in the tenant.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ProjectRole {
    /// Reads its records.
    Reader,
    /// Reads, adds, changes and exports its records, and deletes own.
    Contributor,
    /// Everything about its records; changes the project and its members.
    Lead,
}

impl ProjectRole {
    /// Every project role, highest first.
    pub const ALL: &[ProjectRole] = &[
        ProjectRole::Lead,
        ProjectRole::Contributor,
        ProjectRole::Reader,
    ];

    /// The word in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            ProjectRole::Reader => "reader",
            ProjectRole::Contributor => "contributor",
            ProjectRole::Lead => "lead",
        }
    }

    /// The project role with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.as_str() == text)
    }

    /// How far a permission reaches by this role, inside its project.
    pub const fn may(self, permission: crate::Permission) -> Grant {
        use crate::Action::{Create, Delete, Export, Manage, Read, Update};
        use crate::Resource::{Projects, Records};
        match (self, permission.resource, permission.action) {
            (_, Projects | Records, Read) => Grant::All,
            (Self::Contributor, Records, Create | Update | Export) => Grant::All,
            (Self::Contributor, Records, Delete) => Grant::Own,
            (Self::Lead, Records, _) | (Self::Lead, Projects, Update | Manage) => Grant::All,
            _ => Grant::None,
        }
    }
}

impl fmt::Display for ProjectRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What somebody may do in one project: tenant role ∪ project role. They are joined here and nowhere else.
pub fn in_project(tenant: &PermissionSet, project: Option<ProjectRole>) -> PermissionSet {
    let mut joined = tenant.clone();
    if let Some(role) = project {
        for permission in crate::Permission::all() {
            match role.may(permission) {
                Grant::None => {}
                grant => joined.add(permission, grant),
            }
        }
    }
    joined
}

#[cfg(test)]
#[path = "standing_tests.rs"]
mod tests;
