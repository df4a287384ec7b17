//! The operations that are offered, and what each does.

use super::address::Address;
use super::errors::{no_bucket, no_index, of_store};
use super::kept::Index;
use super::request::Request;
use super::state::State;
use super::{indexes, query, vectors};
use crate::api_error::ApiError;
use serde_json::Value;

/// What is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    CreateIndex,
    GetIndex,
    DeleteIndex,
    PutVectors,
    GetVectors,
    DeleteVectors,
    ListVectors,
    QueryVectors,
}

impl Operation {
    pub(crate) const ALL: [Self; 8] = [
        Self::CreateIndex,
        Self::GetIndex,
        Self::DeleteIndex,
        Self::PutVectors,
        Self::GetVectors,
        Self::DeleteVectors,
        Self::ListVectors,
        Self::QueryVectors,
    ];

    /// Its name, which is its path and its IAM action too.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::CreateIndex => "CreateIndex",
            Self::GetIndex => "GetIndex",
            Self::DeleteIndex => "DeleteIndex",
            Self::PutVectors => "PutVectors",
            Self::GetVectors => "GetVectors",
            Self::DeleteVectors => "DeleteVectors",
            Self::ListVectors => "ListVectors",
            Self::QueryVectors => "QueryVectors",
        }
    }

    /// The members that it takes.
    pub(super) fn members(self) -> Vec<&'static str> {
        let address = match self {
            Self::CreateIndex => ["vectorBucketName", "vectorBucketArn", "indexName"],
            _ => ["vectorBucketName", "indexName", "indexArn"],
        };
        let others: &[&str] = match self {
            Self::CreateIndex => &[
                "dataType",
                "dimension",
                "distanceMetric",
                "metadataConfiguration",
            ],
            Self::GetIndex | Self::DeleteIndex => &[],
            Self::PutVectors => &["vectors"],
            Self::GetVectors => &["keys", "returnData", "returnMetadata"],
            Self::DeleteVectors => &["keys"],
            Self::ListVectors => &["maxResults", "nextToken", "returnData", "returnMetadata"],
            Self::QueryVectors => &[
                "topK",
                "queryVector",
                "filter",
                "queryMode",
                "returnMetadata",
                "returnDistance",
                "nextToken",
            ],
        };
        [address.as_slice(), others].concat()
    }

    /// The members whose presence makes the request one that reads vectors too, with an action of its own
    /// ([QueryVectors](https://docs.aws.amazon.com/AmazonS3/latest/API/API_S3VectorBuckets_QueryVectors.html),
    /// [ListVectors](https://docs.aws.amazon.com/AmazonS3/latest/API/API_S3VectorBuckets_ListVectors.html)).
    fn reading(self) -> &'static [&'static str] {
        match self {
            Self::ListVectors => &["returnData", "returnMetadata"],
            Self::QueryVectors => &["filter", "returnMetadata"],
            _ => &[],
        }
    }

    /// The actions that must be allowed on the index.
    pub(super) fn actions(self, request: &Request<'_>) -> Vec<String> {
        let mut actions = vec![format!("s3vectors:{}", self.name())];
        let asks = |name: &&str| request.get(name).is_some_and(|value| *value != false);
        if self.reading().iter().any(asks) {
            actions.push("s3vectors:GetVectors".to_owned());
        }
        actions
    }

    /// The error where there is no such bucket.
    pub(super) fn nowhere(self) -> ApiError {
        match self {
            Self::CreateIndex => no_bucket(),
            _ => no_index(),
        }
    }
}

/// A request that is allowed, of a bucket that there is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) request: Request<'a>,
    pub(super) address: &'a Address<'a>,
    /// In seconds.
    pub(super) now: i64,
}

/// Does what a request asks for.
pub(super) fn run(
    operation: Operation,
    call: &Call<'_>,
    state: &mut State,
) -> Result<Value, ApiError> {
    match operation {
        Operation::CreateIndex => indexes::create(call, state),
        Operation::GetIndex => Ok(indexes::described(call, &found(call, state)?)),
        Operation::DeleteIndex => indexes::remove(&found(call, state)?, state),
        Operation::PutVectors => vectors::put(call, &found(call, state)?, state),
        Operation::GetVectors => vectors::get(call, &found(call, state)?, state),
        Operation::DeleteVectors => vectors::delete(call, &found(call, state)?, state),
        Operation::ListVectors => vectors::list(call, &found(call, state)?, state),
        Operation::QueryVectors => query::run(call, &found(call, state)?, state),
    }
}

/// The index that a request is about, which must be there; AWS answers so where there isn't even the bucket.
fn found(call: &Call<'_>, state: &State) -> Result<Index, ApiError> {
    let index = state.index(call.address.bucket, call.address.index);
    let index = index.map_err(|error| of_store(&error))?;
    index.ok_or_else(no_index)
}
