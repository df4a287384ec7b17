//! Embeddings of records: what a write does to them, in the same transaction.
//!
//! A record says in `dimension` that it has one. The embedding itself lies apart, so that no list of records reads it; every
//! write of it depends on the record's version, so the two are in step.

use super::Records;
use crate::collection::Collection;
use crate::record::StoredRecord;
use crate::validate::{Given, Valid};
use embeddings::Embedding;
use problem::{Kind, Problem};
use serde_json::{Map, Value};
use tenant_context::errors::internal;
use tenant_context::vectors::{Embeddings, Labels, State, TableVectors, Vector};
use tenant_context::{ProjectScope, StoredItem, Table, Write};

/// What a write does to the embeddings of a project. Its own writes stand behind all others of the transaction.
pub(super) struct Knowledge<'a> {
    collection: &'static Collection,
    project: &'a ProjectScope,
    table: &'a Table,
    writes: Vec<Write>,
    /// How many more there are afterwards.
    more: i64,
    dimension: Option<usize>,
    /// Whether labels are changed.
    relabels: bool,
    /// Where in the body the records stand.
    pub(super) place: String,
    /// Where the embeddings stand.
    pointers: Vec<String>,
}

impl Records<'_> {
    /// Nothing yet.
    pub(super) fn knowledge(&self) -> Knowledge<'_> {
        Knowledge::new(self.collection, &self.project, &self.table)
    }

    /// Whether the change is one of what is looked through, for which one must know whether the record has an embedding.
    pub(super) fn changes_knowledge(&self, valid: &Valid) -> bool {
        let is_label = |name: &str| labels_of(self.collection).any(|label| label == name);
        let mut set = valid.set.keys().map(String::as_str);
        let mut removed = valid.remove.iter().copied();
        self.collection.takes_embedding()
            && (valid.embedding.is_some() || set.any(is_label) || removed.any(is_label))
    }
}

/// The fields by which a search can be narrowed: those by which records are listed.
fn labels_of(collection: &'static Collection) -> impl Iterator<Item = &'static str> {
    let references = collection.references().map(|(field, _)| field.name);
    references.chain(collection.status().map(|field| field.name))
}

/// How many numbers a record's embedding has, if it has one.
pub(super) fn dimension_of(fields: &Map<String, Value>) -> Option<u64> {
    fields.get("dimension").and_then(Value::as_u64)
}

impl<'a> Knowledge<'a> {
    /// Nothing yet.
    pub(super) fn new(
        collection: &'static Collection,
        project: &'a ProjectScope,
        table: &'a Table,
    ) -> Self {
        Self {
            collection,
            project,
            table,
            writes: Vec::new(),
            more: 0,
            dimension: None,
            relabels: false,
            place: String::new(),
            pointers: Vec::new(),
        }
    }
}

impl Knowledge<'_> {
    /// The embedding of a deleted record that had one.
    pub(super) async fn of(&self, record: &StoredRecord) -> Result<Option<Embedding>, Problem> {
        if !self.collection.takes_embedding() || dimension_of(&record.fields).is_none() {
            return Ok(None);
        }
        let embeddings = Embeddings::of(self.project);
        let found = embeddings.read(self.table, &[record.id]).await?.pop();
        let found = found.flatten();
        let found = found.ok_or_else(|| internal("embedding", &"a record's is not there"))?;
        Ok(Some(found))
    }

    /// A new record.
    pub(super) fn created(
        &mut self,
        record: &StoredRecord,
        given: Option<&Given>,
    ) -> Result<(), Problem> {
        if let Some(Given::Embedding(embedding)) = given {
            self.exact(record, embedding, true)?;
            self.found(record, embedding, true)?;
        }
        Ok(())
    }

    /// A changed one.
    pub(super) fn changed(
        &mut self,
        before: &StoredRecord,
        after: &StoredRecord,
        valid: &Valid,
    ) -> Result<(), Problem> {
        let had_one = dimension_of(&before.fields).is_some();
        match &valid.embedding {
            Some(Given::Embedding(embedding)) => {
                self.exact(after, embedding, !had_one)?;
                self.found(after, embedding, !had_one)
            }
            Some(Given::Nothing) if had_one => {
                self.writes
                    .push(Embeddings::of(self.project).remove(before.id));
                self.lost(before);
                Ok(())
            }
            None if had_one => self.relabel(after, valid),
            _ => Ok(()),
        }
    }

    /// A deleted one, which is purged at this moment. It is not found from now on.
    pub(super) fn deleted(&mut self, record: &StoredRecord, purge: i64) -> Result<(), Problem> {
        if self.collection.takes_embedding() && dimension_of(&record.fields).is_some() {
            let end = Embeddings::of(self.project).end_at(record.id, purge)?;
            self.writes.push(end);
            self.lost(record);
        }
        Ok(())
    }

    /// A deleted one that comes back with its embedding.
    pub(super) fn restored(
        &mut self,
        record: &StoredRecord,
        embedding: &Embedding,
    ) -> Result<(), Problem> {
        self.writes
            .push(Embeddings::of(self.project).stay(record.id));
        self.found(record, embedding, true)
    }

    fn exact(
        &mut self,
        record: &StoredRecord,
        embedding: &Embedding,
        is_new: bool,
    ) -> Result<(), Problem> {
        let put = Embeddings::of(self.project).put(record.id, embedding, is_new)?;
        self.writes.push(put);
        Ok(())
    }

    /// The record is found by this embedding.
    fn found(
        &mut self,
        record: &StoredRecord,
        embedding: &Embedding,
        is_new: bool,
    ) -> Result<(), Problem> {
        let dimension = embedding.dimension();
        if let Some(other) = self.dimension.filter(|other| *other != dimension) {
            let detail = format!(
                "has the dimension {dimension}, and another one of this batch {other}: all of a project have one"
            );
            return Err(Problem::new(Kind::ValidationFailed).field("/embedding", detail));
        }
        self.dimension = Some(dimension);
        self.pointers.push(format!("{}/embedding", self.place));
        self.more += i64::from(is_new);
        let vector = Vector {
            id: record.id,
            embedding,
            labels: self.labels(&record.fields),
        };
        let store = TableVectors::new(self.table);
        self.writes.push(store.put(self.project, &vector, is_new)?);
        Ok(())
    }

    fn lost(&mut self, record: &StoredRecord) {
        let store = TableVectors::new(self.table);
        self.writes.push(store.remove(self.project, record.id));
        self.more -= 1;
    }

    fn relabel(&mut self, after: &StoredRecord, valid: &Valid) -> Result<(), Problem> {
        let text = |name| after.fields.get(name).and_then(Value::as_str);
        let touched = labels_of(self.collection).filter(|name| valid.touches(name));
        let labels: Vec<_> = touched
            .map(|name| (name, text(name).map(str::to_owned)))
            .collect();
        if !labels.is_empty() {
            let store = TableVectors::new(self.table);
            let change = store.relabel(self.project, after.id, &labels)?;
            self.writes.push(change);
            self.relabels = true;
        }
        Ok(())
    }

    fn labels(&self, fields: &Map<String, Value>) -> Labels {
        let text = |name| fields.get(name).and_then(Value::as_str);
        let labels = labels_of(self.collection);
        let labels = labels.filter_map(|name| Some((name, text(name)?.to_owned())));
        labels.collect()
    }

    /// The writes, of which the last one counts, where there is anything to count.
    pub(super) async fn writes(&self) -> Result<Vec<Write>, Problem> {
        let mut writes = self.writes.clone();
        let embeddings = Embeddings::of(self.project);
        if self.more != 0 || self.dimension.is_some() {
            writes.push(embeddings.count(self.more, self.dimension)?);
        } else if self.relabels {
            embeddings.relabelled(self.table).await?;
        }
        Ok(writes)
    }

    /// What it means that one of these writes, which began at `behind`, was refused.
    pub(super) fn unmet(
        &self,
        refused: &[(usize, Option<StoredItem>)],
        behind: usize,
    ) -> Option<Problem> {
        let (_, found) = refused.iter().rfind(|(at, _)| *at >= behind)?;
        let state = State::found(found.as_ref());
        let differs = |state: &State| self.dimension.is_some_and(|own| own != state.dimension);
        Some(match (state, self.dimension) {
            (Some(state), Some(own)) if differs(&state) => {
                let pointers = self.pointers.iter().map(String::as_str);
                wrong_dimension(pointers, own, state.dimension)
            }
            (Some(_), _) if self.more > 0 => Kind::VectorLimit.into(),
            _ => Kind::Conflict.into(),
        })
    }
}

/// What to say of embeddings that have not as many numbers as the others.
pub(super) fn wrong_dimension<'p>(
    pointers: impl IntoIterator<Item = &'p str>,
    own: usize,
    others: usize,
) -> Problem {
    let detail = format!("has the dimension {own}; the embeddings of this project have {others}");
    let problem = Problem::new(Kind::ValidationFailed);
    pointers.into_iter().fold(problem, |problem, pointer| {
        problem.field(pointer, detail.clone())
    })
}
