//! Vectors in Amazon S3 Vectors: an index a project, searched by the service's own estimate of what is near.
//!
//! It is in no transaction. What lies in the table is what counts, and the index follows it a moment later ([`super::Follower`]).
//! A search reads the embeddings and chunks that it shows from the table, so an index that is behind can miss a chunk and
//! can't show one that is gone.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors.html>

use super::{Labels, MOST_NEAR, VectorStore, Wanted};
use crate::aws::Aws;
use crate::context::ProjectScope;
use crate::errors::{internal, problem};
use crate::ids::RecordId;
use aws_sdk_dynamodb::config::Credentials;
use aws_sdk_s3vectors::Client;
use aws_sdk_s3vectors::config::Builder;
use aws_sdk_s3vectors::config::timeout::TimeoutConfig;
use aws_sdk_s3vectors::error::ProvideErrorMetadata as _;
use aws_sdk_s3vectors::types::{DataType, DistanceMetric, PutInputVector, VectorData};
use aws_smithy_types::Document;
use embeddings::Embedding;
use problem::{Kind, Problem};
use std::collections::HashMap;
use std::time::Duration;

/// The letters of base32 (RFC 4648, section 6), as the names of indexes may have them.
const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// How long an answer to a write of a hundred vectors is waited for.
const PATIENCE: Duration = Duration::from_secs(8);

/// The indexes of one tenant, under that tenant's credentials.
pub struct IndexedVectors {
    client: Client,
    bucket: String,
}

/// A vector as an index holds it.
pub(super) struct Entry {
    pub(super) id: RecordId,
    pub(super) numbers: Vec<f32>,
    pub(super) labels: Vec<(String, String)>,
}

impl IndexedVectors {
    pub(super) fn new(aws: &Aws, credentials: Credentials, bucket: &str) -> Self {
        Self::of(aws.sdk().into(), credentials, bucket)
    }

    /// The same, which waits longer for an answer: for large writes, where nobody waits for the function.
    pub(super) fn patient(aws: &Aws, credentials: Credentials, bucket: &str) -> Self {
        let patience = TimeoutConfig::builder().operation_attempt_timeout(PATIENCE);
        let config = Builder::from(aws.sdk()).timeout_config(patience.build());
        Self::of(config, credentials, bucket)
    }

    fn of(config: Builder, credentials: Credentials, bucket: &str) -> Self {
        Self {
            client: Client::from_conf(config.credentials_provider(credentials).build()),
            bucket: bucket.to_owned(),
        }
    }

    fn index(&self, project: &ProjectScope) -> String {
        format!("{}/index/{}", self.bucket, name(project))
    }

    /// Makes a project's index, after an earlier one was taken away. `unavailable` while one of its name is there all the same:
    /// one that is just going, or one that an attempt has made whose answer was lost. Then all of it is done again later.
    /// `plan-limit` when the bucket has as many as it can.
    pub(super) async fn create(
        &self,
        project: &ProjectScope,
        dimension: usize,
    ) -> Result<(), Problem> {
        let dimension = i32::try_from(dimension).map_err(|error| internal("dimension", &error))?;
        let made = self
            .client
            .create_index()
            .vector_bucket_arn(&self.bucket)
            .index_name(name(project))
            .data_type(DataType::Float32)
            .dimension(dimension)
            .distance_metric(DistanceMetric::Cosine)
            .send()
            .await;
        match made {
            Err(error) if error.code() == Some("ConflictException") => {
                Err(Kind::Unavailable.into())
            }
            Err(error) if error.code() == Some("ServiceQuotaExceededException") => {
                tracing::error!("the vector bucket has no room for another index");
                Err(Kind::PlanLimit.into())
            }
            made => done("CreateIndex", made),
        }
    }

    /// Puts up to 500 vectors, each in the place of the one that was there. `not-found` when there is no index.
    pub(super) async fn put(
        &self,
        project: &ProjectScope,
        entries: &[Entry],
    ) -> Result<(), Problem> {
        let mut request = self.client.put_vectors().index_arn(self.index(project));
        for entry in entries {
            let labels = entry.labels.iter();
            let labels = labels.map(|(name, value)| (name.clone(), Document::from(value.clone())));
            let vector = PutInputVector::builder()
                .key(entry.id.to_string())
                .data(VectorData::Float32(entry.numbers.clone()))
                .metadata(Document::Object(labels.collect()))
                .build();
            request = request.vectors(vector.map_err(|error| internal("vector", &error))?);
        }
        match request.send().await {
            Err(error) if error.code() == Some("NotFoundException") => Err(Kind::NotFound.into()),
            put => done("PutVectors", put),
        }
    }

    /// Takes up to 500 vectors away. Of an index that is gone there is nothing left to take.
    pub(super) async fn remove(
        &self,
        project: &ProjectScope,
        ids: &[RecordId],
    ) -> Result<(), Problem> {
        let keys = ids.iter().map(RecordId::to_string).collect();
        let request = self.client.delete_vectors().index_arn(self.index(project));
        match request.set_keys(Some(keys)).send().await {
            Err(error) if error.code() == Some("NotFoundException") => Ok(()),
            removed => done("DeleteVectors", removed),
        }
    }

    /// Takes a project's index away, if it has one.
    pub(super) async fn drop(&self, project: &ProjectScope) -> Result<(), Problem> {
        let request = self.client.delete_index().index_arn(self.index(project));
        match request.send().await {
            Err(error) if error.code() == Some("NotFoundException") => Ok(()),
            gone => done("DeleteIndex", gone),
        }
    }
}

impl VectorStore for IndexedVectors {
    async fn nearest(
        &self,
        project: &ProjectScope,
        wanted: &Wanted<'_>,
    ) -> Result<Vec<RecordId>, Problem> {
        let most = i32::try_from(wanted.most.min(MOST_NEAR)).unwrap_or(i32::MAX);
        let mut pages = self
            .client
            .query_vectors()
            .index_arn(self.index(project))
            .top_k(most)
            .query_vector(VectorData::Float32(direction(wanted.embedding)))
            .set_filter(filter(wanted.labels))
            .into_paginator()
            .send();
        let mut nearest = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| match error.code() {
                Some("NotFoundException") => Kind::NotFound.into(),
                _ => problem("QueryVectors", &error),
            })?;
            for vector in page.vectors {
                let id = vector.key.parse();
                nearest.push(id.map_err(|_| internal("vector", &"a key is no record's id"))?);
            }
        }
        Ok(nearest)
    }
}

/// The numbers of an embedding, the largest of which is 1: the service reckons with single precision, which the square of a very
/// large or small number leaves.
fn direction(embedding: &Embedding) -> Vec<f32> {
    let numbers = embedding.numbers().iter();
    let largest = numbers.clone().fold(0_f32, |most, n| most.max(n.abs()));
    numbers.map(|number| number / largest).collect()
}

/// The name of a project's index: the tenant, which IAM compares with the caller's tag, a dot, and the project in 26 letters.
/// 63 characters are all that a name may have.
fn name(project: &ProjectScope) -> String {
    let number = project.id().uuid().as_u128();
    let letters = (0..26).rev().filter_map(|place| {
        let digit = usize::try_from((number >> (5 * place)) & 31).ok()?;
        LETTERS.get(digit).map(|letter| char::from(*letter))
    });
    format!(
        "{}.{}",
        project.tenant().uuid(),
        letters.collect::<String>()
    )
}

/// What narrows a query.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-metadata-filtering.html>
fn filter(labels: &Labels) -> Option<Document> {
    let is = |(name, value): &(&str, String)| {
        let value = Document::from(value.clone());
        let equals = HashMap::from([("$eq".to_owned(), value)]);
        Document::Object(HashMap::from([((*name).to_owned(), equals.into())]))
    };
    let all: Vec<Document> = labels.iter().map(is).collect();
    match all.len() {
        0 => None,
        1 => all.into_iter().next(),
        _ => Some(HashMap::from([("$and".to_owned(), Document::Array(all))]).into()),
    }
}

fn done<T, E, R>(
    operation: &str,
    result: Result<T, aws_sdk_s3vectors::error::SdkError<E, R>>,
) -> Result<(), Problem>
where
    E: aws_sdk_s3vectors::error::ProvideErrorMetadata,
{
    result
        .map(|_| ())
        .map_err(|error| problem(operation, &error))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::ids::TenantId;
    use crate::keys::TenantKeys;
    use uuid::Uuid;

    #[test]
    fn the_largest_and_the_smallest_numbers_are_asked_for_by_their_direction() {
        for size in [1e-45, 1.0, 3e38] {
            let embedding = Embedding::new(&[size, 0.0, -size]).unwrap();
            assert_eq!(direction(&embedding), [1.0, 0.0, -1.0], "{size}");
        }
    }

    #[test]
    fn an_index_has_a_name_of_its_own_that_begins_with_its_tenant() {
        let tenant = "01a2011d-a44c-74fe-b97d-eae6ef4b75f2";
        let keys = TenantKeys::of(TenantId::trusted(tenant.parse().unwrap()));
        let name = |project: Uuid| name(&ProjectScope::trusted(keys, project.into()));
        assert_eq!(name(Uuid::nil()), format!("{tenant}.{}", "a".repeat(26)));
        assert_eq!(name(Uuid::max()), format!("{tenant}.h{}", "7".repeat(25)));
        assert_eq!(name(Uuid::now_v7()).len(), 63);
    }
}
