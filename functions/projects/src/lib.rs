//! What the endpoints about projects share.

pub mod change;
pub mod members;

use schemars::JsonSchema;
use serde::Deserialize;
use tenant_context::{ProjectId, UserId};

/// `/v1/projects/{project_id}`
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectPath {
    /// The project.
    pub project_id: ProjectId,
}

/// `/v1/projects/{project_id}/members/{user_id}`
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberPath {
    /// The project.
    pub project_id: ProjectId,
    /// The member.
    pub user_id: UserId,
}
