//! Where a record stands in the indexes.

use crate::collection::Collection;
use crate::record::StoredRecord;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use tenant_context::{IndexEntry, Partition, RecordId, UserId};

/// The index keys of a record, by their attributes.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(transparent)]
pub(crate) struct Entries(BTreeMap<&'static str, IndexEntry>);

impl Entries {
    /// Those of a whole record.
    pub(crate) fn of(collection: &Collection, list: &Partition, record: &StoredRecord) -> Self {
        let mut entries = Self::default();
        entries.change(&record.updated_at);
        entries.owner(list, record.owner_id);
        for (attribute, entry) in of_fields(collection, list, &record.fields) {
            entries.0.insert(attribute, entry);
        }
        entries
    }

    /// Those that a change of these fields sets; the owner's and the change's own are added apart.
    pub(crate) fn of_set(
        collection: &Collection,
        list: &Partition,
        set: &Map<String, Value>,
    ) -> Self {
        Self(of_fields(collection, list, set).collect())
    }

    pub(crate) fn owner(&mut self, list: &Partition, owner: UserId) {
        self.0.insert("by_owner", list.owned_by(owner).entry());
    }

    pub(crate) fn change(&mut self, moment: &str) {
        self.0.insert("changed", Partition::change(moment));
    }

    pub(crate) fn into_iter(self) -> impl Iterator<Item = (&'static str, IndexEntry)> {
        self.0.into_iter()
    }
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

fn of_fields(
    collection: &Collection,
    list: &Partition,
    fields: &Map<String, Value>,
) -> impl Iterator<Item = (&'static str, IndexEntry)> {
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    let label = collection.label().and_then(|field| {
        let label = text(field.name)?;
        Some(("label", Partition::label(label)))
    });
    let status = collection.status().and_then(|field| {
        let words = field.words();
        let word = text(field.name).and_then(|text| words.into_iter().find(|w| *w == text))?;
        Some(("by_status", list.in_status(word).entry()))
    });
    let references = collection.references().enumerate();
    let references = references.filter_map(move |(position, (field, _))| {
        let id: RecordId = text(field.name)?.parse().ok()?;
        let entry = list.naming(position, id)?.entry();
        Some((Partition::reference_attribute(position)?, entry))
    });
    let references: Vec<_> = references.collect();
    label.into_iter().chain(status).chain(references)
}
