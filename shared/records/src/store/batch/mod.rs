//! Several changes at once, all or none: what can be asked for.

mod apply;
mod plan;
mod refused;

use crate::record::{NewFields, PatchFields, Record};
use fields::Object;
use permissions::Grant;
use problem::{Kind, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenant_context::RecordId;

/// How many operations a batch holds at most.
const MOST: usize = 25;

/// Up to 25 operations: `records` are new ones, `operations` are of every kind. One of the two is given.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// New records.
    #[schemars(length(min = 1, max = 25))]
    records: Option<Vec<NewFields>>,
    /// What is to be done, each to another record.
    #[schemars(length(min = 1, max = 25))]
    operations: Option<Vec<Operation>>,
}

/// One operation.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Operation {
    /// Creates a record of these fields.
    Create(NewFields),
    /// Changes a record.
    Update(Object<Change>),
    /// Deletes a record that no other one names.
    Delete(Object<Named>),
}

/// The change of a record.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The record.
    pub(crate) id: RecordId,
    /// The version that the change is meant for; whichever it is, if left out.
    pub(crate) version: Option<u64>,
    /// What changes, as a JSON Merge Patch.
    pub(crate) fields: PatchFields,
}

/// A record.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// The record.
    pub(crate) id: RecordId,
    /// The version that is meant; whichever it is, if left out.
    pub(crate) version: Option<u64>,
}

/// What became of an operation.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Outcome {
    /// The record as it is now.
    Record(Box<Record>),
    /// It is deleted.
    Deleted {
        /// The record.
        id: RecordId,
        /// When.
        deleted_at: String,
    },
}

/// How far the caller's permissions reach for each kind of operation.
#[derive(Debug, Clone, Copy)]
pub struct Grants {
    /// For new records.
    pub create: Grant,
    /// For changes.
    pub update: Grant,
    /// For deletions.
    pub delete: Grant,
}

impl Batch {
    /// The operations, and the place of the first in the body.
    ///
    /// # Errors
    /// `validation-failed` when there are none or too many.
    pub fn operations(self) -> Result<(&'static str, Vec<Operation>), Problem> {
        let wrong = |pointer: &'static str, detail: &'static str| {
            Problem::new(Kind::ValidationFailed).field(pointer, detail)
        };
        let (place, operations) = match (self.records, self.operations) {
            (Some(records), None) => (
                "/records",
                records.into_iter().map(Operation::Create).collect(),
            ),
            (None, Some(operations)) => ("/operations", operations),
            (None, None) => return Err(wrong("/records", "is required, or operations are")),
            (Some(_), Some(_)) => return Err(wrong("/operations", "is given beside records")),
        };
        if (1..=MOST).contains(&Vec::len(&operations)) {
            Ok((place, operations))
        } else {
            Err(wrong(place, "is not a list of 1 to 25"))
        }
    }
}
