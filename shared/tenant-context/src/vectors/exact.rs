//! Embeddings as they were given, and what is said of all of a project's.

use super::lease::Building;
use super::{Binary, MOST_INDEXED, MOST_VECTORS, are_indexed, bucket, shard};
use crate::context::ProjectScope;
use crate::errors::internal;
use crate::expression::{Condition, Update};
use crate::ids::RecordId;
use crate::keys::{EXACT, Key};
use crate::table::{StoredItem, Table, Write, WriteError};
use aws_sdk_dynamodb::types::AttributeValue;
use embeddings::Embedding;
use problem::Problem;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The embeddings of a project.
pub struct Embeddings<'a> {
    project: &'a ProjectScope,
}

/// What is said of all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct State {
    /// How many numbers each has.
    pub dimension: usize,
    /// How many there are.
    #[serde(rename = "vectors")]
    pub count: i64,
    /// The bucket of S3 Vectors that has an index of all of them.
    pub indexed: Option<String>,
    /// The index that is being made.
    pub(super) building: Option<Building>,
    /// Chunks whose vectors have gone while it is, since its last page.
    #[serde(default)]
    pub(super) gone: BTreeSet<String>,
}

impl State {
    /// The state that a refused write has found.
    pub fn found(item: Option<&StoredItem>) -> Option<Self> {
        item?.clone().read().ok()
    }

    /// Whether this bucket has an index of them.
    pub(super) fn is_indexed(&self, bucket: &str) -> bool {
        self.indexed.as_deref() == Some(bucket)
    }

    /// The index that is being made in this bucket.
    pub(super) fn building_in(&self, bucket: &str) -> Option<&Building> {
        self.building.as_ref().filter(|known| known.is_in(bucket))
    }
}

impl<'a> Embeddings<'a> {
    /// Those of this project.
    pub fn of(project: &'a ProjectScope) -> Self {
        Self { project }
    }

    fn key(&self, id: RecordId) -> Key {
        self.project.vector_shard(shard(id), EXACT).record(id)
    }

    /// What is said of all of them; nothing before the first.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn state(&self, table: &Table) -> Result<Option<State>, Problem> {
        table.get(&self.project.vectors()).await
    }

    /// What counts so many more, or fewer, and demands that those which are written have the project's dimension, or gives it to
    /// the project where they are its first. More demand that there is room. Where no index follows, one that there was is over.
    ///
    /// # Errors
    /// `internal` when it can't be stored.
    pub fn count(&self, more: i64, dimension: Option<usize>) -> Result<Write, Problem> {
        let mut update = match are_indexed() {
            true => Update::new(),
            false => without_index(),
        };
        if more != 0 {
            update = update.add("vectors", more);
        }
        if more > 0 {
            update = update.when(room(more, bucket()));
        }
        if let Some(dimension) = dimension {
            let number = i64::try_from(dimension).unwrap_or(i64::MAX);
            update = update.set("dimension", number)?;
            update = update.when(Condition::absent_or_equals("dimension", number));
        }
        Ok(Write::update(self.project.vectors(), update))
    }

    /// Before labels of vectors are changed and nothing is counted: where no index follows, one that there was is over. Costs a
    /// read unit there, and a write once.
    ///
    /// # Errors
    /// When a call fails.
    pub async fn relabelled(&self, table: &Table) -> Result<(), Problem> {
        if are_indexed() {
            return Ok(());
        }
        let state = self.state(table).await?;
        if !state.is_some_and(|state| state.indexed.is_some() || state.building.is_some()) {
            return Ok(());
        }
        self.forget_index(table).await
    }

    /// There is no index of them, whatever was said before.
    ///
    /// # Errors
    /// When the call fails.
    pub(super) async fn forget_index(&self, table: &Table) -> Result<(), Problem> {
        let update = without_index().when(Condition::Exists);
        let write = Write::update(self.project.vectors(), update);
        match table.transact(vec![write]).await {
            // Refused: nothing is said of them any more.
            Ok(()) | Err(WriteError::Refused(_)) => Ok(()),
            Err(WriteError::Failed(problem)) => Err(problem),
        }
    }

    /// What stores an embedding; `is_new` if there is none of the chunk yet.
    ///
    /// # Errors
    /// `internal` when it can't be stored.
    pub fn put(&self, id: RecordId, embedding: &Embedding, is_new: bool) -> Result<Write, Problem> {
        #[derive(Serialize)]
        struct Item {
            embedding: Binary,
        }
        let item = Item {
            embedding: Binary(embedding.to_bytes()),
        };
        let before = match is_new {
            true => Condition::Missing,
            false => Condition::Exists,
        };
        Write::replace(self.key(id), &item, vec![before])
    }

    /// What takes an embedding away.
    pub fn remove(&self, id: RecordId) -> Write {
        Write::delete(self.key(id))
    }

    /// What lets an embedding end at this moment, in seconds since 1970, together with its deleted chunk.
    ///
    /// # Errors
    /// `internal` when it can't be stored.
    pub fn end_at(&self, id: RecordId, moment: i64) -> Result<Write, Problem> {
        let update = Update::new().set("ttl", moment)?.when(Condition::Exists);
        Ok(Write::update(self.key(id), update))
    }

    /// What lets it stay after all.
    pub fn stay(&self, id: RecordId) -> Write {
        let update = Update::new().remove("ttl").when(Condition::Exists);
        Write::update(self.key(id), update)
    }

    /// Up to 100 embeddings, in the order of the chunks.
    ///
    /// # Errors
    /// When the call fails, or one that is stored is none.
    pub async fn read(
        &self,
        table: &Table,
        ids: &[RecordId],
    ) -> Result<Vec<Option<Embedding>>, Problem> {
        let keys: Vec<Key> = ids.iter().map(|id| self.key(*id)).collect();
        let items = table.stored_all(&keys).await?.into_iter();
        let embeddings = items.map(|item| item.map(embedding_in).transpose());
        embeddings.collect()
    }
}

/// No index is whole, and none is being made: what is written now, none is told of. If indexes are searched again, it is made
/// anew.
fn without_index() -> Update {
    let update = Update::new().remove("indexed");
    update.remove("building").remove("gone")
}

/// That there is room for so many more: what the table can search, until the bucket that is searched has an index of all.
fn room(more: i64, bucket: Option<&str>) -> Condition {
    let at_most = |most: i64| Condition::absent_or_at_most("vectors", most - more);
    match bucket {
        None => at_most(MOST_VECTORS),
        Some(bucket) => {
            let indexed = Condition::equals("indexed", bucket);
            Condition::Either(
                vec![at_most(MOST_VECTORS)],
                vec![indexed, at_most(MOST_INDEXED)],
            )
        }
    }
}

fn embedding_in(mut item: StoredItem) -> Result<Embedding, Problem> {
    let embedding = match item.0.remove("embedding") {
        Some(AttributeValue::B(bytes)) => Embedding::from_bytes(bytes.as_ref()),
        _ => None,
    };
    embedding.ok_or_else(|| internal("embedding", &"what is stored is none"))
}

#[cfg(test)]
#[path = "exact_tests.rs"]
mod tests;
