//! Embeddings of a project's chunks, and the search for the nearest.
//!
//! Three kinds of items, written in one transaction with the chunk:
//!
//! - [`Embeddings`] has the embedding as it was given, and what is said of all of a project's: their dimension, which the
//!   first one fixes, and how many there are.
//! - [`TableVectors`] have what a search looks through.
//!
//! A [`VectorStore`] is asked for the nearest: the table itself, or, where the deployment says so, Amazon S3 Vectors
//! ([`IndexedVectors`]), whose indexes follow the table ([`Follower`]).
//!
//! Every call names a [`ProjectScope`], which a verified context alone gives out: so tenant and project are in each key.

mod build;
mod exact;
mod follow;
mod in_step;
mod indexed;
mod lease;
mod named;
mod table;

pub use exact::{Embeddings, State};
pub use follow::Follower;
pub use indexed::IndexedVectors;
pub use named::{VectorOf, VectorsOf};
pub use table::TableVectors;

use crate::context::{ProjectScope, TenantContext};
use crate::ids::RecordId;
use crate::table::Table;
use embeddings::Embedding;
use problem::{Kind, Problem};
use serde::{Serialize, Serializer};
use std::sync::OnceLock;
use std::time::Duration;

/// The most embeddings that a project can have where the table is searched: a search looks at each.
pub const MOST_VECTORS: i64 = 20_000;
/// The most where an index of all of them is: its own limit.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-limitations.html>
pub const MOST_INDEXED: i64 = 2_000_000_000;
/// The most that an index gives at once.
const MOST_NEAR: usize = 100;
/// In how many partitions they lie, which are read side by side. Never changes once there are any.
pub(crate) const SHARDS: u8 = 8;

/// What searches can be narrowed by: fields of the chunk, and their values.
pub type Labels = Vec<(&'static str, String)>;

/// A vector that is to be found.
pub struct Vector<'a> {
    /// The chunk.
    pub id: RecordId,
    /// Its embedding.
    pub embedding: &'a Embedding,
    /// What it can be found by.
    pub labels: Labels,
}

/// What is looked for.
pub struct Wanted<'a> {
    /// The embedding to which the nearest are wanted.
    pub embedding: &'a Embedding,
    /// Only vectors with these labels.
    pub labels: &'a Labels,
    /// How many at most.
    pub most: usize,
}

/// Where vectors are looked through.
pub trait VectorStore {
    /// The chunks whose vectors are about the nearest, the nearest first.
    fn nearest(
        &self,
        project: &ProjectScope,
        wanted: &Wanted<'_>,
    ) -> impl Future<Output = Result<Vec<RecordId>, Problem>> + Send;
}

/// The store of a project.
pub enum Searched<'a> {
    /// The tenant's table.
    Table(TableVectors<'a>),
    /// An index of S3 Vectors, and the table in case that it is not there.
    Index(IndexedVectors, TableVectors<'a>),
}

impl<'a> Searched<'a> {
    /// The index, where there is one of all the project's vectors; else the table.
    ///
    /// # Errors
    /// When there are no credentials to be had.
    pub async fn of(
        context: &TenantContext,
        table: &'a Table,
        state: &State,
    ) -> Result<Self, Problem> {
        match bucket().filter(|bucket| state.is_indexed(bucket)) {
            None => Ok(Self::Table(TableVectors::new(table))),
            Some(bucket) => {
                let (aws, lent) = context.lent(Duration::ZERO).await?;
                let index = IndexedVectors::new(aws, lent.credentials, bucket);
                Ok(Self::Index(index, TableVectors::new(table)))
            }
        }
    }
}

impl Searched<'_> {
    /// Whether it may have what the table has no more, for a moment.
    pub fn may_be_behind(&self) -> bool {
        matches!(self, Self::Index(..))
    }
}

impl VectorStore for Searched<'_> {
    async fn nearest(
        &self,
        project: &ProjectScope,
        wanted: &Wanted<'_>,
    ) -> Result<Vec<RecordId>, Problem> {
        match self {
            Self::Table(table) => table.nearest(project, wanted).await,
            Self::Index(index, table) => match index.nearest(project, wanted).await {
                Err(problem) if problem.kind() == Kind::NotFound => {
                    table.nearest(project, wanted).await
                }
                found => found,
            },
        }
    }
}

/// Whether this deployment searches indexes of S3 Vectors.
pub fn are_indexed() -> bool {
    static CHOSEN: OnceLock<bool> = OnceLock::new();
    *CHOSEN.get_or_init(|| std::env::var("VECTOR_STORE").is_ok_and(|store| store == "s3vectors"))
}

/// The bucket of the indexes that this deployment searches, for the functions that are told.
fn bucket() -> Option<&'static str> {
    static BUCKET: OnceLock<Option<String>> = OnceLock::new();
    let bucket = BUCKET.get_or_init(|| {
        let bucket = std::env::var("VECTOR_BUCKET_ARN").ok();
        bucket.filter(|bucket| are_indexed() && !bucket.is_empty())
    });
    bucket.as_deref()
}

/// In which partition a chunk's vector lies. The last byte of an id is a matter of chance.
fn shard(id: RecordId) -> u8 {
    let [.., last] = id.uuid().into_bytes();
    last % SHARDS
}

/// Bytes, stored as such.
struct Binary(Vec<u8>);

impl Serialize for Binary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}
