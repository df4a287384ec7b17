//! What a change does to a record, to its index entries, and to what it names.

use super::Records;
use super::now;
use crate::entries::{Entries, attribute, is_unread};
use crate::field::Field;
use crate::record::StoredRecord;
use crate::references::{Targets, count_at};
use crate::validate::{Valid, stage_of_none};
use problem::{Kind, Problem};
use serde_json::Value;
use tenant_context::errors::internal;
use tenant_context::{Condition, StoredItem, Update};

impl Records<'_> {
    /// What is counted down and up by a change.
    pub(super) fn retarget(
        &self,
        targets: &mut Targets<'_>,
        before: &StoredRecord,
        after: &StoredRecord,
        valid: &Valid,
    ) -> Result<(), Problem> {
        // A stage and what has it are counted together.
        let staged = self
            .collection
            .staged()
            .map(|(stage, name)| (stage.name, name));
        let staged = staged.filter(|(stage, name)| valid.touches(stage) || valid.touches(name));
        let is_counted = |name: &str| {
            valid.touches(name) || staged.is_some_and(|(stage, of)| name == stage || name == of)
        };
        let (mut old, mut new) = (before.fields.clone(), after.fields.clone());
        old.retain(|name, _| is_counted(name));
        new.retain(|name, _| is_counted(name));
        targets.count(&old, -1)?;
        targets.count(&new, 1)
    }

    /// The record after the change.
    pub(super) fn applied(
        &self,
        mut record: StoredRecord,
        valid: &Valid,
    ) -> Result<StoredRecord, Problem> {
        for (name, value) in &valid.set {
            record.fields.insert(name.clone(), value.clone());
        }
        let sealed = record.sealed.get_or_insert_default();
        for (name, value) in &valid.secret {
            sealed.insert((*name).to_owned(), value.clone());
        }
        for name in &valid.remove {
            record.fields.remove(*name);
            sealed.remove(*name);
        }
        record.sealed = record.sealed.filter(|_| self.collection.has_secrets());
        if let Some((stage, reference)) = self.collection.staged()
            && !record.fields.contains_key(reference)
        {
            stage_of_none(stage, &record.fields).map_err(|detail| {
                Problem::new(Kind::ValidationFailed).field(format!("/{}", stage.name), detail)
            })?;
        }
        record.owner_id = valid.owner.unwrap_or(record.owner_id);
        record.updated_at = now();
        record.updated_by = self.user();
        record.version = record.version.saturating_add(1);
        Ok(record)
    }

    /// The change itself, with that of the indexes; `after` is the record as it will be, where that is known.
    pub(super) fn change(
        &self,
        valid: &Valid,
        moment: &str,
        after: Option<&StoredRecord>,
    ) -> Result<Update, Problem> {
        let failed = |error| internal("update", &error);
        let mut update = Update::new().add("version", 1).when(Condition::Exists);
        update = update
            .set("changed", moment)
            .and_then(|update| update.set("updated_by", self.user()))
            .map_err(failed)?;
        let owner = after.map_or(self.user(), |after| after.owner_id);
        let mut entries = Entries::of_set(self.collection, &self.project, owner, &valid.set);
        for (name, value) in &valid.set {
            update = update
                .set(format!("fields.{name}"), value)
                .map_err(failed)?;
        }
        for (name, value) in &valid.secret {
            update = update
                .set(format!("sealed.{name}"), value)
                .map_err(failed)?;
        }
        for name in &valid.remove {
            let is_secret = self.collection.field(name).is_some_and(Field::is_secret);
            let map = if is_secret { "sealed" } else { "fields" };
            update = update.remove(format!("{map}.{name}"));
            if let Some(entry) = attribute(self.collection, name) {
                update = update.remove(entry);
            }
        }
        if let Some(owner) = valid.owner {
            update = update.set("owner_id", owner).map_err(failed)?;
            entries.owner(self.collection, &self.project, owner);
        }
        let status = self.collection.status();
        let sets_status = status.is_some_and(|field| valid.set.contains_key(field.name));
        if self.collection.unread().is_some() && (sets_status || valid.owner.is_some()) {
            let fields = after.map_or(&valid.set, |after| &after.fields);
            if let Some(after) = after {
                entries.inbox(self.collection, &self.project, after);
            }
            if !is_unread(self.collection, fields) {
                update = update.remove("by_unread");
            }
        }
        for (attribute, entry) in entries.into_iter() {
            update = update.set(attribute, entry).map_err(failed)?;
        }
        Ok(update)
    }

    /// The change under the condition that no record stands at a stage which it takes away.
    pub(super) fn keeps_stages(
        &self,
        update: Update,
        before: &StoredRecord,
        after: &StoredRecord,
    ) -> Update {
        let gone = self.stages_gone(before, after);
        gone.into_iter().fold(update, |update, stage| {
            update.when(Condition::absent_or_at_most(count_at(&stage), 0))
        })
    }

    /// Says at which stage that a refused change takes away there are records, if that was why.
    pub(super) fn stages_are_free(
        &self,
        before: &StoredRecord,
        after: &StoredRecord,
        found: Option<&StoredItem>,
    ) -> Result<(), Problem> {
        let Some(found) = found else {
            return Ok(());
        };
        for stage in self.stages_gone(before, after) {
            let counts: serde_json::Map<String, Value> = found.clone().read()?;
            let count = counts.get(&count_at(&stage)).and_then(Value::as_i64);
            if count.is_some_and(|count| count > 0) {
                let detail = format!("leaves out {stage}, where other records stand");
                return Err(Problem::new(Kind::StillReferenced).field("/stages", detail));
            }
        }
        Ok(())
    }

    /// The stages that a change takes away.
    fn stages_gone(&self, before: &StoredRecord, after: &StoredRecord) -> Vec<String> {
        if !self.collection.has_stages() {
            return Vec::new();
        }
        let keys = |record: &StoredRecord| -> Vec<String> {
            let keys = record.fields.get("stage_keys").and_then(Value::as_array);
            let keys = keys.into_iter().flatten().filter_map(Value::as_str);
            keys.map(str::to_owned).collect()
        };
        let kept = keys(after);
        let mut gone = keys(before);
        gone.retain(|stage| !kept.contains(stage));
        gone
    }
}
