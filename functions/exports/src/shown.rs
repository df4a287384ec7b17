//! An export as it is answered.

use crate::filter::ExportFilter;
use crate::item::{ExportItem, Failure, Status};
use endpoint::prelude::*;
use records::Format;
use tenant_context::{ExportId, ProjectId, UserId};

/// `/v1/exports/{export_id}`
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportPath {
    /// The export.
    pub export_id: ExportId,
}

/// A file that is made of records, and how far it has come.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Export {
    /// Its id.
    pub id: ExportId,
    /// What it is of: the records of a `collection`.
    pub kind: &'static str,
    /// Where it stands.
    pub status: Status,
    /// The collection.
    pub collection: String,
    /// The project.
    pub project_id: ProjectId,
    /// The form of the file.
    pub format: Format,
    /// Which records were asked for.
    pub filter: ExportFilter,
    /// How many records are in it so far.
    pub records: u64,
    /// How many bytes.
    pub bytes: u64,
    /// When it was asked for.
    pub created_at: String,
    /// By whom.
    pub created_by: UserId,
    /// When it was done, or had failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<String>,
    /// Why it could not be made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// Until when it can be had.
    pub expires_at: String,
    /// Where the file can be had with `GET`, for a quarter of an hour; ask again for a fresh one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub download_url: Option<String>,
}

impl From<ExportItem> for Export {
    fn from(item: ExportItem) -> Self {
        Self {
            kind: "collection",
            status: match item.has_expired() {
                true => Status::Expired,
                false => item.status,
            },
            id: item.id,
            collection: item.collection,
            project_id: item.project_id,
            format: item.format,
            filter: item.filter,
            records: item.records,
            bytes: item.bytes,
            created_at: item.created_at,
            created_by: item.created_by,
            finished_at: item.finished_at,
            failure: item.failure,
            expires_at: item.expires_at,
            download_url: None,
        }
    }
}
