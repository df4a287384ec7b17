//! An export as it is stored.

use crate::filter::ExportFilter;
use endpoint::prelude::*;
use jiff::Timestamp;
use records::Format;
use std::collections::BTreeMap;
use tenant_context::exports::Part;
use tenant_context::{ExportId, ProjectId, UserId};

/// How long an export can be had, in seconds: the bucket's rule says the same in days.
const LIFE: i64 = 7 * 24 * 3600;

/// Where an export stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Status {
    /// Nobody has begun with it.
    Queued,
    /// It is being made.
    Running,
    /// It can be had.
    Done,
    /// It could not be made.
    Failed,
    /// It is too old to be had.
    Expired,
}

/// The statuses in which it is still worked at.
pub const UNFINISHED: &[&str] = &["queued", "running"];

/// Why it could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Failure {
    /// Time and again something did not answer; another one may succeed.
    Interrupted,
    /// It is more than one file can be; narrow it by a filter.
    TooLarge,
}

/// The stored item.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExportItem {
    /// Its id.
    pub id: ExportId,
    /// Where it stands.
    pub status: Status,
    /// The project.
    pub project_id: ProjectId,
    /// The collection, by its name.
    pub collection: String,
    /// The form.
    pub format: Format,
    /// Which records.
    pub filter: ExportFilter,
    /// Whether who has asked for it might export only what is their own.
    pub is_own: bool,
    /// How many records it has so far.
    pub records: u64,
    /// How many bytes.
    pub bytes: u64,
    /// When it was asked for.
    pub created_at: String,
    /// By whom.
    pub created_by: UserId,
    /// When it was done, or had failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<String>,
    /// Why it has failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// Until when there is anything of it.
    pub expires_at: String,
    /// The same for DynamoDB, which removes the item then.
    pub ttl: i64,
    /// Which step is next. Each is made once: with the next one, the item is another.
    pub step: u64,
    /// How often a step was begun. The number of an attempt is its part's, and its object's.
    pub attempt: u32,
    /// The attempt that has moved it on last.
    pub accepted: u32,
    /// After which record it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Whether all records are read.
    pub is_read: bool,
    /// The attempt that has begun its object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<u32>,
    /// S3's id of the upload that becomes the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload: Option<String>,
    /// The parts of it, by their numbers.
    #[serde(default)]
    pub parts: BTreeMap<String, Part>,
}

impl ExportItem {
    /// One that nobody has begun with.
    pub fn new(
        (project_id, collection): (ProjectId, &str),
        format: Format,
        filter: ExportFilter,
        (created_by, is_own): (UserId, bool),
    ) -> Self {
        let now = Timestamp::now();
        let ttl = now.as_second() + LIFE;
        let expires_at = Timestamp::from_second(ttl).unwrap_or(now);
        Self {
            id: ExportId::generate(),
            status: Status::Queued,
            project_id,
            collection: collection.to_owned(),
            format,
            filter,
            is_own,
            records: 0,
            bytes: 0,
            created_at: format!("{now:.3}"),
            created_by,
            finished_at: None,
            failure: None,
            expires_at: format!("{expires_at:.3}"),
            ttl,
            step: 0,
            attempt: 0,
            accepted: 0,
            after: None,
            is_read: false,
            object: None,
            upload: None,
            parts: BTreeMap::new(),
        }
    }

    /// The attempt that began its upload in parts, with that upload's id.
    pub fn upload(&self) -> Option<(u32, &str)> {
        Some((self.object?, self.upload.as_deref()?))
    }

    /// Whether there is nothing of it any more, though the item may still be there: DynamoDB takes its time.
    pub fn has_expired(&self) -> bool {
        self.ttl <= Timestamp::now().as_second()
    }

    /// Whether the caller may see it now: it is theirs, and they could ask for it again.
    pub fn is_open_to(&self, caller: &TenantContext) -> bool {
        let Ok(project) = caller.project_or_archived(self.project_id) else {
            return false;
        };
        match caller.grant_in(&project, &self.collection, Action::Export) {
            Grant::All => true,
            Grant::Own => self.is_own,
            Grant::None => false,
        }
    }
}
