//! New records.

use super::{Records, unmet};
use crate::entries::Entries;
use crate::record::{NewFields, Record, StoredRecord, made_at};
use crate::validate::{Valid, validate};
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
        let key = self.home(stored.owner_id).record(stored.id);
        self.keep([&stored])?;
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
        let mut stored = StoredRecord {
            id: RecordId::generate(),
            owner_id: valid.owner.unwrap_or(self.user()),
            created_by: self.user(),
            updated_at: String::new(),
            updated_by: self.user(),
            version: 1,
            fields: valid.set,
            held_by: 0,
            named_by: 0,
            entries: Entries::default(),
        };
        stored.updated_at = made_at(stored.id);
        stored.entries = self.entries(&stored);
        stored
    }
}
