//! Vectors: put, read, listed and deleted.

use super::distance::floats;
use super::errors::{of_store, record};
use super::kept::{Index, Stored};
use super::operations::Call;
use super::pages::{Pages, Place};
use super::request::Request;
use super::state::State;
use super::vector::{Vector, read_key};
use crate::api_error::ApiError;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::ops::ControlFlow;

const MOST_PUT: usize = 500;
const MOST_READ: usize = 100;
const MOST_DELETED: usize = 500;
const MOST_LISTED: usize = 1000;
const LISTED: usize = 500;
/// A page of a list ends behind so many bytes.
const PAGE_BYTES: usize = 1024 * 1024;

/// Puts all vectors or none; each takes the place of the one that has its key.
pub(super) fn put(call: &Call<'_>, index: &Index, state: &mut State) -> Result<Value, ApiError> {
    let items = call.request.list("vectors", MOST_PUT)?;
    let mut keys = BTreeSet::new();
    let mut vectors = Vec::with_capacity(items.len());
    for (position, item) in items.iter().enumerate() {
        let vector = Vector::read(item, position, index)?;
        if !keys.insert(vector.key) {
            return Err(record(vector.key, "the key is given twice"));
        }
        vectors.push(vector);
    }
    let put = state.put(index, &vectors);
    put.map_err(|error| of_store(&error))?;
    Ok(json!({}))
}

/// Of the keys that are asked for, those that there are.
pub(super) fn get(call: &Call<'_>, index: &Index, state: &State) -> Result<Value, ApiError> {
    let request = &call.request;
    let keys = keys(request, MOST_READ)?;
    let shape = Shape::asked(request)?;
    let mut vectors = Vec::new();
    for key in keys {
        let found = state.get(index, key, |stored| shape.show(stored));
        vectors.extend(found.map_err(|error| of_store(&error))?);
    }
    Ok(json!({"vectors": vectors}))
}

/// Also of keys that there aren't: that is what was asked for.
pub(super) fn delete(call: &Call<'_>, index: &Index, state: &mut State) -> Result<Value, ApiError> {
    let keys = keys(&call.request, MOST_DELETED)?;
    let deleted = state.delete(index, &keys);
    deleted.map_err(|error| of_store(&error))?;
    Ok(json!({}))
}

pub(super) fn list(call: &Call<'_>, index: &Index, state: &State) -> Result<Value, ApiError> {
    let request = &call.request;
    let most = request.number("maxResults", MOST_LISTED)?.unwrap_or(LISTED);
    let shape = Shape::asked(request)?;
    let pages = Pages::of(&[b"ListVectors", &index.id.to_le_bytes()]);
    let place = pages.place(request, call.now)?.unwrap_or_default();
    let (mut vectors, mut bytes, mut last) = (Vec::new(), 0, None);
    let mut more = false;
    let looked = state.each(index, place.row, |stored| {
        if vectors.len() == most || bytes > PAGE_BYTES {
            more = true;
            return Ok(ControlFlow::Break(()));
        }
        bytes += stored.size();
        last = Some(stored.row);
        vectors.push(shape.show(stored)?);
        Ok(ControlFlow::Continue(()))
    });
    looked.map_err(|error| of_store(&error))?;
    let mut answer = json!({"vectors": vectors});
    if let (Some(answer), Some(row), true) = (answer.as_object_mut(), last, more) {
        let place = Place { row, ..place };
        answer.insert("nextToken".to_owned(), pages.token(place, call.now).into());
    }
    Ok(answer)
}

fn keys<'a>(request: &Request<'a>, most: usize) -> Result<Vec<&'a str>, ApiError> {
    let keys = request.list("keys", most)?.iter().enumerate();
    let keys = keys.map(|(position, key)| read_key(key, &format!("/keys/{position}")));
    keys.collect()
}

/// What is asked of a vector besides its key.
#[derive(Debug, Clone, Copy)]
struct Shape {
    data: bool,
    metadata: bool,
}

impl Shape {
    fn asked(request: &Request<'_>) -> Result<Self, ApiError> {
        Ok(Self {
            data: request.flag("returnData")?,
            metadata: request.flag("returnMetadata")?,
        })
    }

    fn show(self, stored: &Stored<'_>) -> rusqlite::Result<Value> {
        let mut shown = Map::new();
        shown.insert("key".to_owned(), stored.key.into());
        if self.data {
            let numbers: Vec<f32> = floats(stored.data).collect();
            shown.insert("data".to_owned(), json!({"float32": numbers}));
        }
        if self.metadata {
            shown.insert("metadata".to_owned(), stored.metadata()?.into());
        }
        Ok(Value::Object(shown))
    }
}
