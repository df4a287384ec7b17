//! Where a record stands in the indexes.

use crate::collection::{Collection, Scope};
use crate::record::StoredRecord;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use tenant_context::{IndexEntry, Partition, ProjectScope, RecordId, UserId};

/// The index keys of a record, by their attributes.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(transparent)]
pub(crate) struct Entries(BTreeMap<&'static str, IndexEntry>);

impl Entries {
    /// Those of a whole record, but for its last change, by which it is indexed as it is.
    pub(crate) fn of(
        collection: &Collection,
        project: &ProjectScope,
        record: &StoredRecord,
    ) -> Self {
        let mut entries = Self::of_set(collection, project, record.owner_id, &record.fields);
        entries.owner(collection, project, record.owner_id);
        entries.inbox(collection, project, record);
        entries
    }

    /// Those that a change of these fields sets; the owner's and the inbox's are added apart.
    pub(crate) fn of_set(
        collection: &Collection,
        project: &ProjectScope,
        owner: UserId,
        set: &Map<String, Value>,
    ) -> Self {
        let text = |name: &str| set.get(name).and_then(Value::as_str);
        let mut entries = BTreeMap::new();
        // The only record of its kind is found without an index.
        if collection.scope == Scope::Tenant {
            return Self(entries);
        }
        if let Some(label) = collection.label().and_then(|field| text(field.name)) {
            entries.insert("label", Partition::label(label));
        }
        let status = collection.status();
        if let Some(word) = status.and_then(|field| text(field.name)) {
            let records = collection.records(project, owner);
            entries.insert("by_status", records.in_status(word).entry());
        }
        // Whoever's they are: when what they name is deleted, they are found here.
        let records = project.records(collection.part);
        for (position, (field, _)) in collection.references().enumerate() {
            let id = text(field.name).and_then(|id| id.parse::<RecordId>().ok());
            let list = id.and_then(|id| records.naming(position, id));
            let attribute = Partition::reference_attribute(position);
            if let (Some(list), Some(attribute)) = (list, attribute) {
                entries.insert(attribute, list.entry());
            }
        }
        Self(entries)
    }

    pub(crate) fn owner(&mut self, collection: &Collection, project: &ProjectScope, owner: UserId) {
        if collection.scope == Scope::Tenant {
            return;
        }
        let records = collection.records(project, owner);
        self.0.insert("by_owner", records.owned_by(owner).entry());
    }

    /// Where the record stands in its owner's inbox, if it comes there.
    pub(crate) fn inbox(
        &mut self,
        collection: &Collection,
        project: &ProjectScope,
        record: &StoredRecord,
    ) {
        if collection.unread().is_some() {
            let inbox = project.inbox(record.owner_id, false).entry();
            self.0.insert("by_inbox", inbox);
        }
        if is_unread(collection, &record.fields) {
            let unread = project.inbox(record.owner_id, true).entry();
            self.0.insert("by_unread", unread);
        }
    }

    pub(crate) fn into_iter(self) -> impl Iterator<Item = (&'static str, IndexEntry)> {
        self.0.into_iter()
    }
}

/// Whether a record of these fields waits in its owner's inbox.
pub(crate) fn is_unread(collection: &Collection, fields: &Map<String, Value>) -> bool {
    let status = collection.status().and_then(|field| fields.get(field.name));
    let status = status.and_then(Value::as_str);
    let unread = collection.unread().unwrap_or_default();
    status.is_some_and(|status| unread.contains(&status))
}

/// The attribute by which a field is indexed, if it is.
pub(crate) fn attribute(collection: &Collection, name: &str) -> Option<&'static str> {
    let field = collection.field(name)?;
    if field.is_label() {
        return Some("label");
    }
    if field.is_status() {
        return Some("by_status");
    }
    let position = collection.references().position(|(f, _)| f.name == name)?;
    Partition::reference_attribute(position)
}
