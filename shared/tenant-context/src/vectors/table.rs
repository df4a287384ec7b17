//! Vectors in the tenant's table: every one is looked at, a byte for each number, in eight partitions side by side.

use super::{Binary, Labels, SHARDS, Vector, VectorStore, Wanted, shard};
use crate::context::ProjectScope;
use crate::errors;
use crate::expression::{Condition, Update};
use crate::ids::RecordId;
use crate::keys::{Key, Partition, RECORD};
use crate::table::{StoredItem, Table, Write};
use aws_sdk_dynamodb::types::AttributeValue;
use embeddings::{Nearest, Quantised};
use futures::future::try_join_all;
use problem::Problem;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use uuid::Uuid;

/// The vectors that lie in the tenant's table.
#[derive(Clone, Copy)]
pub struct TableVectors<'a> {
    table: &'a Table,
}

impl<'a> TableVectors<'a> {
    /// Those in this table.
    pub fn new(table: &'a Table) -> Self {
        Self { table }
    }

    pub(super) fn key(project: &ProjectScope, id: RecordId) -> Key {
        project.vector_shard(shard(id), RECORD).record(id)
    }

    /// The nearest in one partition. A page of 1 MB is looked through and let go before the next is read.
    async fn nearest_in(
        &self,
        partition: &Partition,
        wanted: &Wanted<'_>,
        like: &Quantised,
    ) -> Result<Nearest<Uuid>, Problem> {
        let mut nearest = Nearest::new(wanted.most);
        let mut query = self
            .table
            .query_of(partition.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", AttributeValue::S(partition.pk.clone()))
            .expression_attribute_values(":prefix", AttributeValue::S(partition.prefix.to_owned()))
            .projection_expression("sk, #vector")
            .expression_attribute_names("#vector", "vector")
            .consistent_read(true);
        if let Some((filter, names, values)) = filter(wanted.labels) {
            query = query.filter_expression(filter);
            for (name, value) in names.into_iter().zip(values) {
                query = query
                    .expression_attribute_names(format!("#{name}"), name)
                    .expression_attribute_values(format!(":{name}"), value);
            }
        }
        let show = |item: StoredItem| {
            let near = near(&item.0, partition.prefix, like);
            let (score, id) = near.ok_or_else(|| {
                errors::internal("vector", &"what is stored has another dimension")
            })?;
            nearest.show(score, id);
            Ok(ControlFlow::Continue(()))
        };
        self.table.each(query, show).await?;
        Ok(nearest)
    }
}

/// How near a stored vector is, and whose it is.
fn near(
    item: &HashMap<String, AttributeValue>,
    prefix: &str,
    like: &Quantised,
) -> Option<(f32, Uuid)> {
    let id = item.get("sk")?.as_s().ok()?.strip_prefix(prefix)?;
    let score = like.cosine(item.get("vector")?.as_b().ok()?.as_ref())?;
    Some((score, id.parse().ok()?))
}

type Filter = (String, Vec<&'static str>, Vec<AttributeValue>);

/// What DynamoDB leaves out of a page. It is read and paid for all the same, and need not be sent.
fn filter(labels: &Labels) -> Option<Filter> {
    let parts: Vec<String> = labels
        .iter()
        .map(|(name, _)| format!("#{name} = :{name}"))
        .collect();
    let names = labels.iter().map(|(name, _)| *name).collect();
    let values = labels
        .iter()
        .map(|(_, value)| AttributeValue::S(value.clone()));
    (!parts.is_empty()).then(|| (parts.join(" AND "), names, values.collect()))
}

impl TableVectors<'_> {
    /// What stores a vector, in the transaction of its chunk; `is_new` if there is none of the chunk yet.
    ///
    /// # Errors
    /// `internal` when it can't be stored.
    pub fn put(
        &self,
        project: &ProjectScope,
        vector: &Vector<'_>,
        is_new: bool,
    ) -> Result<Write, Problem> {
        #[derive(Serialize)]
        struct Item<'a> {
            vector: Binary,
            #[serde(flatten)]
            labels: BTreeMap<&'static str, &'a str>,
        }
        let item = Item {
            vector: Binary(Quantised::of(vector.embedding).to_bytes()),
            labels: (vector.labels.iter())
                .map(|(name, value)| (*name, value.as_str()))
                .collect(),
        };
        let before = match is_new {
            true => Condition::Missing,
            false => Condition::Exists,
        };
        Write::replace(Self::key(project, vector.id), &item, vec![before])
    }

    /// What changes a label of a vector that is there, or takes it away.
    ///
    /// # Errors
    /// `internal` when it can't be stored.
    pub fn relabel(
        &self,
        project: &ProjectScope,
        id: RecordId,
        labels: &[(&'static str, Option<String>)],
    ) -> Result<Write, Problem> {
        let mut update = Update::new().when(Condition::Exists);
        for (name, value) in labels {
            update = match value {
                Some(value) => update.set(*name, value)?,
                None => update.remove(*name),
            };
        }
        Ok(Write::update(Self::key(project, id), update))
    }

    /// What takes a vector away.
    pub fn remove(&self, project: &ProjectScope, id: RecordId) -> Write {
        Write::delete(Self::key(project, id))
    }
}

impl VectorStore for TableVectors<'_> {
    async fn nearest(
        &self,
        project: &ProjectScope,
        wanted: &Wanted<'_>,
    ) -> Result<Vec<RecordId>, Problem> {
        let like = Quantised::of(wanted.embedding);
        let partitions: Vec<Partition> = (0..SHARDS)
            .map(|shard| project.vector_shard(shard, RECORD))
            .collect();
        let searches = partitions
            .iter()
            .map(|partition| self.nearest_in(partition, wanted, &like));
        let mut nearest = Nearest::new(wanted.most);
        for found in try_join_all(searches).await? {
            nearest.join(found);
        }
        Ok(nearest.into_vec().into_iter().map(RecordId::from).collect())
    }
}
