//! Indexes: made, shown and removed.

use super::distance::Metric;
use super::errors::{constraint, is_there, length, of_store};
use super::kept::Index;
use super::operations::Call;
use super::request::Request;
use super::state::State;
use crate::api_error::ApiError;
use serde_json::{Value, json};

const MOST_DIMENSIONS: usize = 4096;
const MOST_UNFILTERABLE: usize = 10;
const LONGEST_METADATA_KEY: usize = 63;

pub(super) fn create(call: &Call<'_>, state: &mut State) -> Result<Value, ApiError> {
    let request = &call.request;
    request.word("dataType", &["float32"])?;
    let dimension = request.number("dimension", MOST_DIMENSIONS)?;
    let metric = request.word("distanceMetric", &Metric::NAMES)?;
    let index = Index {
        id: 0,
        created: call.now,
        dimension: dimension.ok_or_else(|| constraint("/dimension", "not be null"))?,
        metric: Metric::named(metric),
        unfilterable: unfilterable(request)?,
    };
    let address = call.address;
    let created = state.create(address.bucket, address.index, &index);
    match created.map_err(|error| of_store(&error))? {
        true => Ok(json!({"indexArn": address.arn})),
        false => Err(is_there()),
    }
}

/// The metadata keys that no filter may name.
fn unfilterable(request: &Request<'_>) -> Result<Vec<String>, ApiError> {
    let Some(configuration) = request.get("metadataConfiguration") else {
        return Ok(Vec::new());
    };
    let wrong = || constraint("/metadataConfiguration", "be an object");
    let configuration = Request::new(configuration.as_object().ok_or_else(wrong)?);
    configuration.has_only(&["nonFilterableMetadataKeys"])?;
    let listed = configuration.list("nonFilterableMetadataKeys", MOST_UNFILTERABLE)?;
    let path = "/metadataConfiguration/nonFilterableMetadataKeys";
    let mut keys: Vec<String> = Vec::new();
    for key in listed {
        let key = key.as_str();
        let key = key.ok_or_else(|| constraint(path, "be a list of strings"))?;
        let long = key.chars().count();
        if !(1..=LONGEST_METADATA_KEY).contains(&long) {
            return Err(length(path, long, 1, LONGEST_METADATA_KEY));
        }
        if keys.iter().any(|known| known == key) {
            return Err(constraint(path, "have unique values"));
        }
        keys.push(key.to_owned());
    }
    Ok(keys)
}

pub(super) fn described(call: &Call<'_>, index: &Index) -> Value {
    let address = call.address;
    let mut described = json!({
        "vectorBucketName": address.bucket,
        "indexName": address.index,
        "indexArn": address.arn,
        "creationTime": index.created,
        "dataType": "float32",
        "dimension": index.dimension,
        "distanceMetric": index.metric.name(),
        "encryptionConfiguration": {"sseType": "AES256"},
        // What the indexes of buckets made since September 30, 2026 are: the filter is applied before the search.
        "indexMode": "ENHANCED",
    });
    if let (Some(described), false) = (described.as_object_mut(), index.unfilterable.is_empty()) {
        let configuration = json!({"nonFilterableMetadataKeys": index.unfilterable});
        described.insert("metadataConfiguration".to_owned(), configuration);
    }
    json!({"index": described})
}

/// Removes an index with all its vectors. Of one that isn't there AWS's model has `NotFoundException`.
pub(super) fn remove(index: &Index, state: &mut State) -> Result<Value, ApiError> {
    let removed = state.remove(index);
    removed.map_err(|error| of_store(&error))?;
    Ok(json!({}))
}
