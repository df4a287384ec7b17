//! Several new records at once, all or none.

use super::{Records, not_your_own};
use crate::record::{NewFields, Record, StoredRecord};
use crate::references::Targets;
use crate::validate::validate;
use problem::{Kind, Problem};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use tenant_context::{Condition, StoredItem, UserId, Write};

/// How many records a batch holds at most.
const MOST: usize = 25;
/// How many items a transaction may touch.
const MOST_WRITES: usize = 100;

/// New records: 1 to 25.
#[derive(Debug, Clone)]
pub struct Batch(Vec<NewFields>);

impl<'de> Deserialize<'de> for Batch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let records = Vec::<NewFields>::deserialize(deserializer)?;
        if (1..=MOST).contains(&records.len()) {
            Ok(Self(records))
        } else {
            Err(D::Error::custom("is not a list of 1 to 25 records"))
        }
    }
}

impl JsonSchema for Batch {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Batch".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let item = generator.subschema_for::<NewFields>();
        json_schema!({"type": "array", "minItems": 1, "maxItems": MOST, "items": item})
    }
}

impl Records<'_> {
    /// Creates several records, all or none, in one call.
    ///
    /// # Errors
    /// `validation-failed` and `reference-not-found`, with what is wrong in which record; `permission-denied` for a foreign
    /// owner.
    pub async fn create_all(&self, batch: Batch) -> Result<Vec<Record>, Problem> {
        let records = self.checked(batch)?;
        let mut targets = Targets::new(self.collection, &self.project);
        let mut owners: Vec<UserId> = Vec::new();
        let mut writes = Vec::new();
        for record in &records {
            targets.count(&record.fields, 1)?;
            if record.owner_id != self.user() && !owners.contains(&record.owner_id) {
                owners.push(record.owner_id);
            }
            writes.push(Write::create(self.list.record(record.id), record)?);
        }
        if !owners.is_empty() && self.caller.grant != permissions::Grant::All {
            return Err(not_your_own());
        }
        let first = writes.len();
        writes.extend(targets.writes());
        writes.extend(owners.iter().map(|owner| {
            let key = self.caller.context.keys().member(*owner);
            Write::check(key, vec![Condition::equals("status", "active")])
        }));
        if writes.len() > MOST_WRITES {
            let detail = "The records name too many others for one batch: send fewer at once.";
            return Err(Problem::new(Kind::ValidationFailed).detail(detail));
        }
        self.table.transact(writes).await.map_err(|error| {
            error.or(|refused| unmet(&records, &targets, &owners, &refused, first))
        })?;
        Ok(records
            .into_iter()
            .map(|record| self.answer(record))
            .collect())
    }

    /// The records, if all of them are valid; everything that is wrong is said at once.
    fn checked(&self, batch: Batch) -> Result<Vec<StoredRecord>, Problem> {
        let (mut records, mut problem) = (Vec::new(), Problem::new(Kind::ValidationFailed));
        for (position, fields) in batch.0.into_iter().enumerate() {
            match validate(self.collection, fields.0, false) {
                Ok(valid) => records.push(self.new_record(valid)),
                Err(wrong) => {
                    for error in wrong.errors() {
                        let pointer = format!("/records/{position}{}", error.pointer);
                        problem = problem.field(pointer, error.detail.clone());
                    }
                }
            }
        }
        if problem.errors().is_empty() {
            Ok(records)
        } else {
            Err(problem)
        }
    }
}

/// Which records name what is not there.
fn unmet(
    records: &[StoredRecord],
    targets: &Targets<'_>,
    owners: &[UserId],
    refused: &[(usize, Option<StoredItem>)],
    first: usize,
) -> Problem {
    let mut problem = Problem::new(Kind::ReferenceNotFound);
    for (position, _) in refused {
        let Some(position) = position.checked_sub(first) else {
            return Kind::Conflict.into();
        };
        let owner = position
            .checked_sub(targets.len())
            .and_then(|position| owners.get(position));
        for (number, record) in records.iter().enumerate() {
            let fields = targets.fields_at(position, &record.fields);
            let owned = owner.is_some_and(|owner| *owner == record.owner_id);
            for field in fields.into_iter().chain(owned.then_some("owner_id")) {
                problem = problem.field(
                    format!("/records/{number}/{field}"),
                    "names nothing that is in this project",
                );
            }
        }
    }
    problem
}
