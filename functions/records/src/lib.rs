//! What the records endpoints share: their paths.

pub mod list;

use records::CollectionName;
use schemars::JsonSchema;
use serde::Deserialize;
use tenant_context::{ProjectId, RecordId};

/// `/v1/projects/{project_id}/{collection}`
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectionPath {
    /// The project.
    pub project_id: ProjectId,
    /// The collection.
    pub collection: CollectionName,
}

/// `/v1/projects/{project_id}/{collection}/{record_id}`
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordPath {
    /// The project.
    pub project_id: ProjectId,
    /// The collection.
    pub collection: CollectionName,
    /// The record.
    pub record_id: RecordId,
}
