//! Embeddings of a project's chunks, and the search for the nearest.
//!
//! Three kinds of items, written in one transaction with the chunk:
//!
//! - [`Embeddings`] has the embedding as it was given, and what is said of all of a project's: their dimension, which the
//!   first one fixes, and how many there are.
//! - A [`VectorStore`] has what a search looks through. [`TableVectors`] keeps it in the tenant's table.
//!
//! Every call names a [`ProjectScope`], which a verified context alone gives out: so tenant and project are in each key.

mod exact;
mod table;

pub use exact::{Embeddings, State};
pub use table::TableVectors;

use crate::context::ProjectScope;
use crate::ids::RecordId;
use crate::table::Write;
use embeddings::Embedding;
use problem::Problem;
use serde::{Serialize, Serializer};

/// The most embeddings that a project can have: a search looks at each.
pub const MOST_VECTORS: i64 = 20_000;
/// In how many partitions they lie, which are read side by side. Never changes once there are any.
const SHARDS: u8 = 8;

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
    /// What stores a vector, in the transaction of its chunk; `is_new` if there is none of the chunk yet.
    ///
    /// # Errors
    /// `internal` when it can't be stored.
    fn put(
        &self,
        project: &ProjectScope,
        vector: &Vector<'_>,
        is_new: bool,
    ) -> Result<Write, Problem>;

    /// What changes a label of a vector that is there, or takes it away.
    ///
    /// # Errors
    /// `internal` when it can't be stored.
    fn relabel(
        &self,
        project: &ProjectScope,
        id: RecordId,
        labels: &[(&'static str, Option<String>)],
    ) -> Result<Write, Problem>;

    /// What takes a vector away.
    fn remove(&self, project: &ProjectScope, id: RecordId) -> Write;

    /// The chunks whose vectors are about the nearest, the nearest first.
    fn nearest(
        &self,
        project: &ProjectScope,
        wanted: &Wanted<'_>,
    ) -> impl Future<Output = Result<Vec<RecordId>, Problem>> + Send;
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
