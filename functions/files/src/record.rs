//! The record of a file, as far as its bytes are concerned.

use endpoint::prelude::*;
use serde_json::{Map, Value};
use tenant_context::{Key, ProjectId, ProjectScope, RecordId, UserId, Uuid};

/// The collection, as it stands in partition keys.
const PART: &str = "FILES";

/// `/v1/projects/{project_id}/files/{record_id}/…`
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FilePath {
    /// The project.
    pub project_id: ProjectId,
    /// The file.
    pub record_id: RecordId,
}

/// What is stored of a file.
#[derive(Debug, Deserialize)]
pub struct FileItem {
    /// Who owns it.
    pub owner_id: UserId,
    /// Grows with each change.
    pub version: i64,
    fields: Map<String, Value>,
}

impl FileItem {
    /// Where it is stored.
    pub fn key(project: &ProjectScope, file: RecordId) -> Key {
        project.records(PART).record(file)
    }

    /// The stored record. One call.
    ///
    /// # Errors
    /// `not-found` when it is not there.
    pub async fn read(
        caller: &TenantContext,
        project: &ProjectScope,
        file: RecordId,
    ) -> Result<Self, Problem> {
        let found = caller.table().await?.get(&Self::key(project, file)).await?;
        found.ok_or_else(|| Kind::NotFound.into())
    }

    /// A field that is a text.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.fields.get(field).and_then(Value::as_str)
    }

    /// How many bytes it has.
    pub fn size(&self) -> Option<u64> {
        self.fields.get("size_bytes").and_then(Value::as_u64)
    }

    /// The upload whose bytes it has.
    pub fn upload(&self) -> Option<Uuid> {
        self.text("upload_id")?.parse().ok()
    }
}
