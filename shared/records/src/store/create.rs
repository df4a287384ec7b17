//! New records.

use super::{Records, now, unmet};
use crate::entries::Entries;
use crate::record::{NewFields, Record, StoredRecord};
use crate::validate::{Valid, validate};
use jiff::Timestamp;
use problem::{Kind, Problem};
use tenant_context::{RecordId, Write};

impl Records<'_> {
    /// Creates a record. One call: a plain put, or one transaction that also finds what it names, and the owner, there.
    ///
    /// # Errors
    /// `validation-failed`, `reference-not-found`, or `permission-denied` for a foreign owner.
    pub async fn create(&self, fields: NewFields) -> Result<Record, Problem> {
        let valid = validate(self.collection, fields.0, false)?;
        let owner = self.owner_check(valid.owner)?;
        let stored = self.new_record(valid);
        let targets = self.targets(&stored.fields)?;
        let key = self.list.record(stored.id);
        let others: Vec<Write> = targets.writes().chain(owner).collect();
        let written = if others.is_empty() {
            self.table.create(key, &stored).await
        } else {
            let writes = [vec![Write::create(key, &stored)?], others].concat();
            self.table.transact(writes).await
        };
        written.map_err(|error| {
            error
                .or(|refused| unmet(&targets, &refused, 1).unwrap_or_else(|| Kind::Conflict.into()))
        })?;
        Ok(self.answer(stored))
    }

    /// The record that these fields make.
    pub(super) fn new_record(&self, valid: Valid) -> StoredRecord {
        let id = RecordId::generate();
        let created_at = moment(id);
        let mut stored = StoredRecord {
            id,
            owner_id: valid.owner.unwrap_or(self.user()),
            created_at: created_at.clone(),
            created_by: self.user(),
            updated_at: created_at,
            updated_by: self.user(),
            version: 1,
            fields: valid.set,
            held_by: 0,
            named_by: 0,
            entries: Entries::default(),
        };
        stored.entries = self.entries(&stored);
        stored
    }
}

/// When an id was made: a list by time of creation goes by the ids, and must say the same as the records.
fn moment(id: RecordId) -> String {
    let made = id.uuid().get_timestamp().map(|made| made.to_unix());
    let made = made.and_then(|(seconds, nanos)| {
        let nanos = i32::try_from(nanos).ok()?;
        Timestamp::new(i64::try_from(seconds).ok()?, nanos).ok()
    });
    made.map_or_else(now, |made| format!("{made:.3}"))
}
