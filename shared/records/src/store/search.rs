//! Records that are nearest to a meaning.

use super::knowledge::{dimension_of, wrong_dimension};
use super::{Records, not_yours_to_read};
use crate::record::{Record, StoredRecord};
use embeddings::Embedding;
use fields::Object;
use permissions::Grant;
use problem::{Kind, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenant_context::vectors::{Embeddings, Labels, Searched, VectorStore as _, Wanted};
use tenant_context::{Key, RecordId};

/// How many records a search finds at most.
const MOST: usize = 50;
/// How many vectors are compared exactly at most: what one call reads.
const MOST_EXACT: usize = 100;

/// What is looked for.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// The embedding of what is looked for, made as those of the chunks are.
    embedding: Embedding,
    /// How many chunks at most.
    #[serde(default = "ten")]
    #[schemars(range(min = 1, max = 50))]
    limit: usize,
    /// Only chunks for which all of these hold.
    #[serde(default)]
    filters: Object<Narrowed>,
    /// Only chunks that are at least so near.
    #[schemars(range(min = -1, max = 1))]
    min_score: Option<f64>,
}

/// What a search can be narrowed by.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Narrowed {
    /// Only chunks of this kind of source.
    #[schemars(extend("examples" = ["manual"]))]
    source_type: Option<String>,
    /// Only chunks from this file.
    file_id: Option<RecordId>,
    /// Only chunks from this document.
    document_id: Option<RecordId>,
}

/// A record that was found.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Found {
    /// The chunk.
    chunk: Record,
    /// How near it is: the cosine of the angle between the two embeddings, 1 where they have the same direction.
    score: f64,
}

fn ten() -> usize {
    10
}

impl Records<'_> {
    /// The live records whose embeddings are nearest, the nearest first. Four calls, one after the other: what is said of
    /// all embeddings; all vectors, a byte a number, in parts side by side; the embeddings of those that seem nearest; the
    /// records themselves. An index that is behind may be asked twice.
    ///
    /// # Errors
    /// `validation-failed` when the embedding has another dimension than the project's, or what is asked for is no filter;
    /// `permission-denied` for who may read their own chunks alone, since the nearest of all may be others'.
    pub async fn search(&self, search: &Search) -> Result<Vec<Found>, Problem> {
        if self.caller.grant != Grant::All {
            return Err(not_yours_to_read());
        }
        let labels = self.checked(search)?;
        let embeddings = Embeddings::of(&self.project);
        let Some(state) = embeddings.state(&self.table).await? else {
            return Ok(Vec::new());
        };
        let own = search.embedding.dimension();
        if own != state.dimension {
            return Err(wrong_dimension(["/embedding"], own, state.dimension));
        }
        if state.count == 0 {
            return Ok(Vec::new());
        }
        let store = Searched::of(self.caller.context, &self.table, &state).await?;
        let mut wanted = Wanted {
            embedding: &search.embedding,
            labels: &labels,
            most: MOST_EXACT.min(2 * search.limit + 10),
        };
        loop {
            let near = store.nearest(&self.project, &wanted).await?;
            let there_may_be_more = near.len() >= wanted.most && wanted.most < MOST_EXACT;
            let (found, gone) = self.best(near, search, &labels).await?;
            let is_short = found.len() < search.limit && gone > 0;
            // Where many were deleted a moment ago, an index gives them in the place of others. The table does not.
            if !(is_short && there_may_be_more && store.may_be_behind()) {
                return Ok(found);
            }
            wanted.most = MOST_EXACT;
        }
    }

    /// The best of the candidates, and how many of those that were looked at are gone.
    async fn best(
        &self,
        near: Vec<RecordId>,
        search: &Search,
        labels: &Labels,
    ) -> Result<(Vec<Found>, usize), Problem> {
        let (ranked, mut gone) = self.ranked(near, search).await?;
        let mut found = Vec::new();
        // Usually the first few are all; where one was changed a moment ago, the next takes its place.
        for some in ranked.chunks(search.limit) {
            let left = search.limit - found.len();
            let live = self.live(some, labels).await?;
            gone += some.len() - live.len();
            found.extend(live.into_iter().take(left));
            if found.len() == search.limit {
                break;
            }
        }
        Ok((found, gone))
    }

    /// What is to be looked for, if it can be.
    fn checked(&self, search: &Search) -> Result<Labels, Problem> {
        let wrong = |pointer: &'static str, detail: String| {
            Err(Problem::new(Kind::ValidationFailed).field(pointer, detail))
        };
        if !(1..=MOST).contains(&search.limit) {
            return wrong("/limit", format!("is not a whole number from 1 to {MOST}"));
        }
        let is_cosine = |score: &f64| (-1.0..=1.0).contains(score);
        if !search.min_score.as_ref().is_none_or(is_cosine) {
            return wrong("/min_score", "is not a number from -1 to 1".to_owned());
        }
        let Object(filters) = &search.filters;
        if let (Some(word), Some(field)) = (&filters.source_type, self.collection.status())
            && !field.has_word(word)
        {
            let words = field.words().join(", ");
            return wrong("/filters/source_type", format!("is none of {words}"));
        }
        let id = |id: RecordId| id.to_string();
        let labels = [
            ("source_type", filters.source_type.clone()),
            ("file_id", filters.file_id.map(id)),
            ("document_id", filters.document_id.map(id)),
        ];
        let labels = labels.into_iter();
        Ok(labels.filter_map(|(n, v)| Some((n, v?))).collect())
    }

    /// Those that are near enough, by their exact scores, and how many have no embedding any more.
    async fn ranked(
        &self,
        near: Vec<RecordId>,
        search: &Search,
    ) -> Result<(Vec<(RecordId, f64)>, usize), Problem> {
        if near.is_empty() {
            return Ok((Vec::new(), 0));
        }
        let embeddings = Embeddings::of(&self.project);
        let exact = embeddings.read(&self.table, &near).await?;
        let gone = exact.iter().filter(|embedding| embedding.is_none()).count();
        let least = search.min_score.unwrap_or(-1.0);
        let mut ranked: Vec<(RecordId, f64)> = near
            .into_iter()
            .zip(exact)
            .filter_map(|(id, embedding)| Some((id, search.embedding.cosine(&embedding?))))
            .filter(|(_, score)| *score >= least)
            .collect();
        ranked.sort_by(|(id, score), (other, others)| {
            others.total_cmp(score).then_with(|| id.cmp(other))
        });
        Ok((ranked, gone))
    }

    /// The records of those that are there and have an embedding and these labels: a vector may have been read a moment
    /// before its record was changed.
    async fn live(
        &self,
        ranked: &[(RecordId, f64)],
        labels: &Labels,
    ) -> Result<Vec<Found>, Problem> {
        let keys: Vec<Key> = (ranked.iter())
            .map(|(id, _)| self.list.record(*id))
            .collect();
        let records: Vec<Option<StoredRecord>> = self.table.get_all(&keys).await?;
        let found = ranked
            .iter()
            .zip(records)
            .filter_map(|((_, score), record)| {
                let record = record?;
                let has = |name: &str, value: &str| {
                    record.fields.get(name).and_then(Value::as_str) == Some(value)
                };
                let is_it = dimension_of(&record.fields).is_some()
                    && labels.iter().all(|(name, value)| has(name, value));
                is_it.then(|| Found {
                    chunk: self.answer(record),
                    score: (score * 1e6).round() / 1e6,
                })
            });
        Ok(found.collect())
    }
}
