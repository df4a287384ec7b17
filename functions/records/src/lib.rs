//! What the records endpoints share: their paths, and how a record is answered.

pub mod list;

use endpoint::prelude::{Action, Grant, Problem, Reply};
use records::{Collection, CollectionName, Record};
use schemars::JsonSchema;
use serde::Deserialize;
use tenant_context::{ProjectId, RecordId, TenantContext};

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

/// How far a change may reach: its answer shows the record, so no further than reading does.
///
/// # Errors
/// `permission-denied` for who may not read at all.
pub fn as_far_as_seen(
    caller: &TenantContext,
    collection: &Collection,
    grant: Grant,
) -> Result<Grant, Problem> {
    let seen = caller.require_in(collection.name, Action::Read)?;
    Ok(grant.min(seen))
}

/// A record as an answer.
pub fn shown(record: Record) -> Reply<Record> {
    let version = record.version;
    Reply::new(record).version(version)
}

/// Keeps a record's answer for who asks again.
pub fn kept(
    caller: &TenantContext,
    shown: impl Fn(Record) -> Reply<Record>,
) -> impl Fn(Vec<Record>) -> Result<(), Problem> {
    move |records| {
        let mut replies = records.into_iter().map(&shown);
        replies.try_for_each(|reply| reply.keep(caller))
    }
}
