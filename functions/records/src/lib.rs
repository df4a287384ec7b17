//! What the records endpoints share: their paths, and how a record is answered.

pub mod list;

use endpoint::prelude::{Problem, Reply};
use records::{CollectionName, Record};
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
