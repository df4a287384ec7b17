//! Projects.

use crate::ids::{ProjectId, UserId};
use permissions::ProjectRole;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
