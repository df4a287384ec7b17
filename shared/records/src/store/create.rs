//! New records.

use super::{Records, now, unmet};
use crate::collection::Scope;
use crate::entries::Entries;
use crate::record::{NewFields, Record, StoredRecord, made_at};
use crate::validate::{Valid, validate};
use problem::{Kind, Problem};
use tenant_context::{RecordId, Write};

impl Records<'_> {
    /// Creates a record. One call: a plain put, or one transaction that also finds what it names, and the owner, there.
    ///
    /// # Errors
    /// `validation-failed`, `reference-not-found`, `permission-denied` for a foreign owner, or `already-taken` where the tenant
    /// can have one alone.
    pub async fn create(&self, fields: NewFields) -> Result<Record, Problem> {
        let mut valid = validate(self.collection, fields.0, false)?;
        let owner = self.owner_check(valid.owner)?;
        let id = self.new_id();
        self.seal(id, &mut valid).await?;
        let embedding = valid.embedding.clone();
        let stored = self.new_record(id, valid);
        let mut targets = self.targets(&stored.fields)?;
        targets.cite(&stored.fields)?;
        let mut knowledge = self.knowledge();
        knowledge.created(&stored, embedding.as_ref())?;
        let key = self.home(stored.owner_id).record(stored.id);
        self.keep([&stored])?;
        let mut others: Vec<Write> = targets.writes().chain(owner).collect();
        let behind = others.len() + 1;
        others.extend(knowledge.writes().await?);
        let written = if others.is_empty() {
            self.table.create(key, &stored).await
        } else {
            let writes = [vec![Write::create(key, &stored)?], others].concat();
            self.table.transact(writes).await
        };
        written.map_err(|error| {
            error.or(|refused| {
                let first = refused.iter().find(|(position, _)| *position == 0);
                first
                    .and_then(|(_, found)| self.already_there(found.as_ref()))
                    .or_else(|| knowledge.unmet(&refused, behind))
                    .or_else(|| unmet(&targets, &refused, 1))
                    .unwrap_or_else(|| Kind::Conflict.into())
            })
        })?;
        Ok(self.answer(stored))
    }

    /// The record that these fields make; the secrets among them are sealed.
    pub(super) fn new_record(&self, id: RecordId, valid: Valid) -> StoredRecord {
        let sealed = valid.secret.into_iter();
        let sealed = sealed.map(|(name, value)| (name.to_owned(), value));
        let mut stored = StoredRecord {
            id,
            owner_id: valid.owner.unwrap_or(self.user()),
            created_by: self.user(),
            updated_at: String::new(),
            updated_by: self.user(),
            version: 1,
            fields: valid.set,
            sealed: self.collection.has_secrets().then(|| sealed.collect()),
            created: None,
            held_by: 0,
            named_by: 0,
            entries: Entries::default(),
        };
        if self.collection.scope == Scope::Tenant {
            stored.created = Some(now());
        }
        stored.updated_at = stored.created.clone().unwrap_or_else(|| made_at(id));
        stored.entries = self.entries(&stored);
        stored
    }
}
