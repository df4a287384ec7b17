//! A vector as a request has it, and its bounds.

use super::distance::{Metric, blob};
use super::errors::{constraint, length, record};
use super::kept::Index;
use super::request::Request;
use crate::api_error::ApiError;
use serde_json::{Map, Value};

const LONGEST_KEY: usize = 1024;
const MOST_METADATA_KEYS: usize = 50;
/// In bytes of JSON, in which the sizes of metadata are taken here: 40 KB for all of it, and 2 KB for what a filter may name.
const MOST_METADATA: usize = 40 * 1024;
const MOST_FILTERABLE: usize = 2048;

/// A vector that is to be kept.
#[derive(Debug)]
pub(super) struct Vector<'a> {
    pub(super) key: &'a str,
    pub(super) data: Vec<u8>,
    pub(super) metadata: String,
}

impl<'a> Vector<'a> {
    /// Reads one of the vectors of `PutVectors`.
    pub(super) fn read(item: &'a Value, position: usize, index: &Index) -> Result<Self, ApiError> {
        let path = format!("/vectors/{position}");
        let wrong = || constraint(&path, "be an object");
        let request = Request::new(item.as_object().ok_or_else(wrong)?);
        request.has_only(&["key", "data", "metadata"])?;
        let missing = |member: &str| constraint(&format!("{path}/{member}"), "not be null");
        let key = request.get("key").ok_or_else(|| missing("key"))?;
        let key = read_key(key, &format!("{path}/key"))?;
        let data = request.get("data").ok_or_else(|| missing("data"))?;
        let data = read_data(data, &format!("{path}/data"))?;
        fits(&data, index).map_err(|detail| record(key, detail))?;
        let metadata = read_metadata(request.get("metadata"), index);
        Ok(Self {
            key,
            data: blob(&data),
            metadata: metadata.map_err(|detail| record(key, detail))?,
        })
    }
}

/// A vector's key.
pub(super) fn read_key<'a>(value: &'a Value, path: &str) -> Result<&'a str, ApiError> {
    let key = value.as_str();
    let key = key.ok_or_else(|| constraint(path, "be a string"))?;
    let long = key.chars().count();
    match (1..=LONGEST_KEY).contains(&long) {
        true => Ok(key),
        false => Err(length(path, long, 1, LONGEST_KEY)),
    }
}

/// A vector's numbers. Wider ones are rounded to 32 bits, as AWS does, and must be numbers still.
pub(super) fn read_data(value: &Value, path: &str) -> Result<Vec<f32>, ApiError> {
    let wrong = || constraint(path, "be an object");
    let request = Request::new(value.as_object().ok_or_else(wrong)?);
    request.has_only(&["float32"])?;
    let path = format!("{path}/float32");
    let numbers = request.get("float32").and_then(Value::as_array);
    let numbers = numbers.ok_or_else(|| constraint(&path, "be a list"))?;
    let number = |value: &Value| {
        let number = value.as_f64().map(|number| number as f32);
        number.filter(|number| number.is_finite())
    };
    let numbers: Option<Vec<f32>> = numbers.iter().map(number).collect();
    numbers.ok_or_else(|| constraint(&path, "be a list of finite 32-bit numbers"))
}

/// Whether an index takes vectors like this one.
pub(super) fn fits(data: &[f32], index: &Index) -> Result<(), String> {
    let (wanted, given) = (index.dimension, data.len());
    if given != wanted {
        return Err(format!(
            "vector must have length {wanted}, but has length {given}"
        ));
    }
    // It has no direction.
    if index.metric == Metric::Cosine && data.iter().all(|number| *number == 0.0) {
        return Err("zero vectors are not allowed for the cosine distance metric".to_owned());
    }
    Ok(())
}

/// Metadata as JSON. Strings, numbers, truth values and lists of strings are known; what an empty list would mean is not said.
fn read_metadata(value: Option<&Value>, index: &Index) -> Result<String, String> {
    let nothing = Map::new();
    let metadata = match value {
        None => &nothing,
        Some(Value::Object(metadata)) => metadata,
        Some(_) => return Err("metadata must be an object".to_owned()),
    };
    if metadata.len() > MOST_METADATA_KEYS {
        return Err(format!(
            "metadata must have at most {MOST_METADATA_KEYS} keys"
        ));
    }
    for (name, value) in metadata {
        if name.is_empty() || name.starts_with('$') {
            return Err(format!("{name:?} is no metadata key"));
        }
        let is_known = match value {
            Value::String(_) | Value::Number(_) | Value::Bool(_) => true,
            Value::Array(items) => !items.is_empty() && items.iter().all(Value::is_string),
            Value::Null | Value::Object(_) => false,
        };
        if !is_known {
            return Err(format!(
                "the metadata value of {name:?} must be a string, a number, a boolean or a list of strings"
            ));
        }
    }
    let filterable = metadata.iter().filter(|(name, _)| index.filters(name));
    let filterable = filterable.map(|(name, value)| (name.clone(), value.clone()));
    if Value::Object(filterable.collect()).to_string().len() > MOST_FILTERABLE {
        return Err(format!(
            "Filterable metadata must have at most {MOST_FILTERABLE} bytes"
        ));
    }
    let text = Value::Object(metadata.clone()).to_string();
    match text.len() > MOST_METADATA {
        true => Err(format!("Metadata must have at most {MOST_METADATA} bytes")),
        false => Ok(text),
    }
}
