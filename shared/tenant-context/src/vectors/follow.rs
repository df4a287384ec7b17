//! Keeping the indexes of S3 Vectors in step with the table: for the function that the change stream wakes.
//!
//! Whoever is told that a vector has changed looks at what it is by now, tells the index, and looks again: so it does not matter
//! in which order, or how often, one is told.

use super::indexed::{Entry, IndexedVectors};
use super::{Embeddings, SHARDS, State, TableVectors};
use crate::aws::{InitError, variable};
use crate::context::ProjectScope;
use crate::errors::internal;
use crate::ids::{ProjectId, RecordId, TenantId};
use crate::keys::{RECORD, TenantKeys};
use crate::system::System;
use crate::table::{StoredItem, Table, Write, WriteError};
use crate::{Condition, Update};
use aws_sdk_dynamodb::types::AttributeValue;
use embeddings::Quantised;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use permissions::Access;
use problem::{Kind, Problem};
use uuid::Uuid;

/// How often a vector that keeps changing is looked at.
const TRIES: usize = 5;
/// How many vectors are looked at together: as many items as DynamoDB reads at once.
const TOGETHER: u32 = 100;
/// How many such parts of a project are on their way at once.
const AT_ONCE: usize = 4;

/// A chunk's vector, as the change stream names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VectorOf {
    tenant: TenantId,
    project: ProjectId,
    chunk: RecordId,
}

impl VectorOf {
    /// The vector whose item has these keys.
    pub fn of_keys(pk: &str, sk: &str) -> Option<Self> {
        let (tenant, rest) = pk.strip_prefix("TENANT#")?.split_once("#PROJECT#")?;
        let (project, _) = rest.split_once('#')?;
        let of = Self {
            tenant: TenantId::trusted(tenant.parse().ok()?),
            project: project.parse::<Uuid>().ok()?.into(),
            chunk: sk.strip_prefix(RECORD)?.parse::<Uuid>().ok()?.into(),
        };
        let key = TableVectors::key(&of.scope(), of.chunk);
        // One spelling only, so that no text is read as another key than it is.
        (key.pk == pk && key.sk == sk).then_some(of)
    }

    fn scope(self) -> ProjectScope {
        ProjectScope::trusted(TenantKeys::of(self.tenant), self.project)
    }
}

/// What lets the indexes follow the table.
pub struct Follower {
    system: System,
    /// The bucket of the indexes, where this deployment has one.
    bucket: Option<String>,
}

impl Follower {
    /// With the tenants' credentials that the function may take on.
    ///
    /// # Errors
    /// When the environment does not say which bucket.
    pub fn new(system: System) -> Result<Self, InitError> {
        let bucket = variable("VECTOR_BUCKET_ARN")?;
        Ok(Self {
            system,
            bucket: (!bucket.is_empty()).then_some(bucket),
        })
    }

    /// Makes the index what the table says of this vector. A project that has no index yet gets one, of all its vectors.
    ///
    /// # Errors
    /// When it can't be done now.
    pub async fn settle(&self, vector: VectorOf, request: &str) -> Result<(), Problem> {
        let Some(bucket) = &self.bucket else {
            return Ok(());
        };
        let tenant = self.system.tenant(vector.tenant, Access::Write, request);
        let table = tenant.await?.into_table();
        let project = vector.scope();
        let Some(state) = Embeddings::of(&project).state(&table).await? else {
            return Ok(());
        };
        let index = Index {
            vectors: self.of(vector.tenant, bucket).await?,
            table: &table,
            project: &project,
        };
        if !state.is_indexed(bucket) {
            index.build(&state, bucket).await?;
        }
        // What is gone was in no list that an index is made from, and may be in an index that was begun before.
        index.follow(&[vector.chunk]).await
    }

    /// Takes the index of a project away that is gone.
    ///
    /// # Errors
    /// When it can't be done now.
    pub async fn drop(&self, tenant: TenantId, project: ProjectId) -> Result<(), Problem> {
        match &self.bucket {
            Some(bucket) => {
                let project = ProjectScope::trusted(TenantKeys::of(tenant), project);
                self.of(tenant, bucket).await?.drop(&project).await
            }
            None => Ok(()),
        }
    }

    async fn of(&self, tenant: TenantId, bucket: &str) -> Result<IndexedVectors, Problem> {
        let (aws, lent) = self.system.lent(tenant, Access::Write).await?;
        Ok(IndexedVectors::patient(aws, lent.credentials, bucket))
    }
}

/// A project's index, and the table that it follows.
struct Index<'a> {
    vectors: IndexedVectors,
    table: &'a Table,
    project: &'a ProjectScope,
}

impl Index<'_> {
    /// An index of all vectors that there are. It is searched from then on; until then, the table is.
    async fn build(&self, state: &State, bucket: &str) -> Result<(), Problem> {
        self.vectors.create(self.project, state.dimension).await?;
        stream::iter(0..SHARDS)
            .map(|shard| self.build_from(shard))
            .buffer_unordered(AT_ONCE)
            .try_for_each(async |()| Ok(()))
            .await?;
        let dimension = i64::try_from(state.dimension).unwrap_or(i64::MAX);
        let indexed = Update::new().set("indexed", bucket)?;
        let indexed = indexed.when(Condition::equals("dimension", dimension));
        let write = Write::update(self.project.vectors(), indexed);
        match self.table.transact(vec![write]).await {
            Ok(()) => Ok(()),
            Err(WriteError::Refused(_)) => Err(Kind::Conflict.into()),
            Err(WriteError::Failed(problem)) => Err(problem),
        }
    }

    async fn build_from(&self, shard: u8) -> Result<(), Problem> {
        let partition = self.project.vector_shard(shard, RECORD);
        let mut after: Option<String> = None;
        loop {
            let page = self
                .table
                .query(&partition, after.as_deref(), TOGETHER, false)
                .await?;
            let ids = page.items.iter().filter_map(|item| {
                let id = item.sort_key_after(RECORD)?;
                Some(id.parse::<Uuid>().ok()?.into())
            });
            let ids: Vec<RecordId> = ids.collect();
            self.follow(&ids).await?;
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// Makes the index what the table says of these, and goes on until the table says the same behind it.
    async fn follow(&self, ids: &[RecordId]) -> Result<(), Problem> {
        if ids.is_empty() {
            return Ok(());
        }
        let keys: Vec<_> = ids
            .iter()
            .map(|id| TableVectors::key(self.project, *id))
            .collect();
        let mut before = self.table.stored_all(&keys).await?;
        for _ in 0..TRIES {
            self.tell(ids, &before).await?;
            let now = self.table.stored_all(&keys).await?;
            if now == before {
                return Ok(());
            }
            before = now;
        }
        Err(Kind::Conflict.into())
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::super::shard;
    use super::*;

    #[test]
    fn a_vector_is_found_by_its_item_and_nothing_else_is_one() {
        let of = VectorOf {
            tenant: TenantId::generate(),
            project: ProjectId::generate(),
            chunk: RecordId::generate(),
        };
        let key = TableVectors::key(&of.scope(), of.chunk);
        assert_eq!(VectorOf::of_keys(&key.pk, &key.sk), Some(of));
        let exact = key.sk.replace("RECORD#", "EXACT#");
        assert_eq!(VectorOf::of_keys(&key.pk, &exact), None);
        let chunk = of.scope().records("CHUNKS").record(of.chunk);
        assert_eq!(VectorOf::of_keys(&chunk.pk, &chunk.sk), None);
        let other = format!("{}1", key.pk.strip_suffix(char::is_numeric).unwrap());
        let another = (shard(of.chunk) != 1).then(|| VectorOf::of_keys(&other, &key.sk));
        assert_eq!(another.flatten(), None);
    }
}
