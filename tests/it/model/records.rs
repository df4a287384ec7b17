//! The model: what records there are in one project, and what follows from what is done to them.

use super::form::{Content, is_malformed};
use super::shapes::{Reference, SHAPES, Shape};
use super::{objects, totals};
use serde_json::{Map, Value, json};
use tests::Kind;

/// How many records above its goal a move looks at.
const DEPTH: usize = 20;

/// A record as it should be.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) id: String,
    pub(super) shape: usize,
    pub(super) owner: String,
    pub(super) created_at: String,
    pub(super) created_by: String,
    /// Unknown where the record changed with another one, until it is seen.
    pub(super) updated_at: Option<String>,
    pub(super) updated_by: String,
    pub(super) version: u64,
    pub(super) fields: Map<String, Value>,
    pub(super) is_deleted: bool,
}

/// The records of one project, in the order in which they were made.
#[derive(Default)]
pub(super) struct Records {
    pub(super) id: String,
    pub(super) all: Vec<Record>,
}

impl Record {
    /// Sees the record in an answer: it is as it should be.
    #[track_caller]
    pub(super) fn see(&mut self, project: &str, seen: &Value) {
        let updated_at = seen["updated_at"].as_str().unwrap().to_owned();
        let known = self.updated_at.get_or_insert(updated_at);
        let mut expected = self.fields.clone();
        let frame = json!({
            "id": self.id, "project_id": project, "owner_id": self.owner, "created_at": self.created_at,
            "created_by": self.created_by, "updated_at": known, "updated_by": self.updated_by, "version": self.version,
        });
        expected.extend(frame.as_object().unwrap().clone());
        assert_eq!(*seen, Value::Object(expected));
    }

    pub(super) fn text(&self, field: &str) -> Option<&str> {
        self.fields.get(field)?.as_str()
    }
}

impl Records {
    /// The place of a record that is there.
    pub(super) fn find(&self, shape: usize, id: &str) -> Option<usize> {
        let mut all = self.all.iter();
        all.position(|record| record.shape == shape && record.id == id && !record.is_deleted)
    }

    pub(super) fn find_deleted(&self, shape: usize, id: &str) -> Option<usize> {
        let mut all = self.all.iter();
        all.position(|record| record.shape == shape && record.id == id && record.is_deleted)
    }

    /// Whether this user sees a record, as far as it is a matter of whose it is.
    pub(super) fn is_seen(&self, place: usize, user: &str) -> bool {
        let record = &self.all[place];
        !SHAPES[record.shape].is_own || record.owner == user
    }

    /// What there is of a collection.
    pub(super) fn live(&self, shape: usize) -> Vec<&Record> {
        let all = self.all.iter();
        all.filter(|record| record.shape == shape && !record.is_deleted)
            .collect()
    }

    /// Why fields can't be written, into a new record or into one that is there. No reason: they can.
    pub(super) fn against(
        &self,
        shape: &Shape,
        content: &Content<'_>,
        into: Option<usize>,
    ) -> Vec<Kind> {
        let mut against = Vec::new();
        let fields = content.fields;
        if is_malformed(shape, content, into.is_some()) {
            against.push(Kind::ValidationFailed);
        }
        if let Some(owner) = fields.get("owner_id").and_then(Value::as_str)
            && owner != content.by
        {
            if content.is_limited {
                against.push(Kind::PermissionDenied);
            }
            if !content.owners.iter().any(|known| known == owner) {
                against.push(Kind::ReferenceNotFound);
            }
        }
        for reference in shape.references {
            let Some(named) = fields.get(reference.field).and_then(Value::as_str) else {
                continue;
            };
            if self.find(reference.target, named).is_none() {
                against.push(Kind::ReferenceNotFound);
            }
        }
        if let Some(into) = into {
            against.extend(self.against_change(shape, fields, &self.all[into]));
        }
        against
    }

    fn against_change(
        &self,
        shape: &Shape,
        fields: &Map<String, Value>,
        record: &Record,
    ) -> Vec<Kind> {
        let mut against = Vec::new();
        if let Some(status) = shape.status.as_ref().filter(|status| status.is_ordered)
            && let Some(to) = fields.get(status.field).and_then(Value::as_str)
            && let Some(from) = record.text(status.field)
        {
            let (_, next) = status.words.iter().find(|(word, _)| *word == from).unwrap();
            if from != to && !next.contains(&to) {
                against.push(Kind::IllegalStatusChange);
            }
        }
        if let Some(tree) = shape.tree()
            && let Some(above) = fields.get(tree.field).and_then(Value::as_str)
        {
            let line = self.line(record.shape, tree, above);
            if line.len() > DEPTH || line.contains(&record.id.as_str()) || above == record.id {
                against.push(Kind::ValidationFailed);
            }
        }
        against
    }

    /// A record and all above it.
    pub(super) fn line<'a>(
        &'a self,
        shape: usize,
        tree: &Reference,
        from: &'a str,
    ) -> Vec<&'a str> {
        let mut line = vec![from];
        let mut last = from;
        while let Some(place) = self.find(shape, last)
            && let Some(above) = self.all[place].text(tree.field)
        {
            line.push(above);
            last = above;
        }
        line
    }

    /// Writes fields into a record; null takes one away, and an object changes as it says.
    pub(super) fn write(record: &mut Record, fields: &Map<String, Value>) {
        for (name, value) in fields {
            if name == "owner_id" {
                value.as_str().unwrap().clone_into(&mut record.owner);
            } else if value.is_null() {
                record.fields.remove(name);
            } else if let Some(patch) = value.as_object() {
                let object = record.fields.entry(name.clone()).or_insert(Value::Null);
                objects::merge(object, patch);
            } else {
                if name == "lines" {
                    record.fields.extend(totals::of(value).unwrap());
                }
                record.fields.insert(name.clone(), value.clone());
            }
        }
    }

    /// Where a record is named, by the kind of field.
    pub(super) fn named(&self, place: usize, cleared: bool) -> Vec<(usize, &'static str)> {
        let target = &self.all[place];
        let mut named = Vec::new();
        for (number, record) in self.all.iter().enumerate() {
            for reference in SHAPES[record.shape].references {
                let is_so = reference.target == target.shape && reference.cleared == cleared;
                if is_so && !record.is_deleted && record.text(reference.field) == Some(&target.id) {
                    named.push((number, reference.field));
                }
            }
        }
        named
    }

    /// Deletes a record, and clears the fields that name it.
    pub(super) fn delete(&mut self, place: usize, by: &str) {
        for (number, field) in self.named(place, true) {
            let record = &mut self.all[number];
            record.fields.remove(field);
            record.version += 1;
            record.updated_at = None;
            by.clone_into(&mut record.updated_by);
        }
        self.all[place].is_deleted = true;
    }

    /// The fields of a deleted record that name what is gone: whether it can't be without one of them, and which they are.
    pub(super) fn gone(&self, place: usize) -> (bool, Vec<&'static str>) {
        let record = &self.all[place];
        let references = SHAPES[record.shape].references.iter();
        let gone: Vec<&Reference> = references
            .filter(|reference| {
                let named = record.text(reference.field);
                named.is_some_and(|named| self.find(reference.target, named).is_none())
            })
            .collect();
        let is_needed = gone.iter().any(|reference| !reference.cleared);
        (
            is_needed,
            gone.iter().map(|reference| reference.field).collect(),
        )
    }
}
