//! Single vectors of an index, brought in step with the table.

use super::TableVectors;
use super::indexed::{Entry, IndexedVectors};
use crate::context::ProjectScope;
use crate::errors::internal;
use crate::ids::RecordId;
use crate::table::{StoredItem, Table};
use aws_sdk_dynamodb::types::AttributeValue;
use embeddings::Quantised;
use futures::stream::{self, StreamExt as _};
use problem::{Kind, Problem};

/// How often a vector that keeps changing is looked at.
const TRIES: usize = 5;
/// How many vectors are looked at together: as many items as DynamoDB reads at once.
pub(super) const TOGETHER: usize = 100;
/// How many such parts of a project are on their way at once. An index takes 2,500 vectors a second.
pub(super) const AT_ONCE: usize = 4;

/// A project's index, and the table that it follows.
pub(super) struct Index<'a> {
    pub(super) vectors: IndexedVectors,
    pub(super) table: &'a Table,
    pub(super) project: &'a ProjectScope,
}

impl Index<'_> {
    /// Makes the index what the table says of these, up to 100, and goes on until the table says the same behind it. Gives
    /// those of which the table has nothing.
    pub(super) async fn follow(&self, ids: &[RecordId]) -> Result<Vec<RecordId>, Problem> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let items = self.look(ids).await?;
        self.follow_from(ids, items).await
    }

    /// The same for any number that were just read, in parts side by side.
    pub(super) async fn follow_all(
        &self,
        read: Vec<(RecordId, StoredItem)>,
    ) -> Result<(), Problem> {
        let parts = read.chunks(TOGETHER).map(|part| {
            let part = part.iter().cloned();
            part.map(|(id, item)| (id, Some(item))).unzip()
        });
        let parts: Vec<(Vec<RecordId>, Vec<Option<StoredItem>>)> = parts.collect();
        let done: Vec<Result<(), Problem>> = stream::iter(parts)
            .map(|(ids, items)| async move { self.follow_from(&ids, items).await.map(drop) })
            .buffer_unordered(AT_ONCE)
            // Each to its end: none may tell the index anything once this has given up.
            .collect()
            .await;
        done.into_iter().collect()
    }

    async fn follow_from(
        &self,
        ids: &[RecordId],
        mut before: Vec<Option<StoredItem>>,
    ) -> Result<Vec<RecordId>, Problem> {
        for _ in 0..TRIES {
            self.tell(ids, &before).await?;
            let now = self.look(ids).await?;
            if now == before {
                let gone = ids.iter().zip(now).filter(|(_, item)| item.is_none());
                return Ok(gone.map(|(id, _)| *id).collect());
            }
            before = now;
        }
        Err(Kind::Conflict.into())
    }

    async fn look(&self, ids: &[RecordId]) -> Result<Vec<Option<StoredItem>>, Problem> {
        let keys = ids.iter().map(|id| TableVectors::key(self.project, *id));
        self.table.stored_all(&keys.collect::<Vec<_>>()).await
    }

    async fn tell(&self, ids: &[RecordId], items: &[Option<StoredItem>]) -> Result<(), Problem> {
        let (mut there, mut gone) = (Vec::new(), Vec::new());
        for (id, item) in ids.iter().zip(items) {
            match item {
                Some(item) => there.push(entry(*id, item)?),
                None => gone.push(*id),
            }
        }
        if !there.is_empty() {
            self.vectors.put(self.project, &there).await?;
        }
        if !gone.is_empty() {
            self.vectors.remove(self.project, &gone).await?;
        }
        Ok(())
    }
}

/// What an index holds of a vector: its numbers at a byte each, since only the direction counts, and what it is found by.
fn entry(id: RecordId, item: &StoredItem) -> Result<Entry, Problem> {
    let numbers = match item.0.get("vector") {
        Some(AttributeValue::B(bytes)) => Quantised::numbers(bytes.as_ref()),
        _ => None,
    };
    let labels = item.0.iter().filter_map(|(name, value)| match value {
        AttributeValue::S(text) if name != "pk" && name != "sk" => {
            Some((name.clone(), text.clone()))
        }
        _ => None,
    });
    Ok(Entry {
        id,
        numbers: numbers.ok_or_else(|| internal("vector", &"what is stored is none"))?,
        labels: labels.collect(),
    })
}
