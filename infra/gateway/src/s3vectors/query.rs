//! `QueryVectors`: the vectors that are closest to one, found by looking at all of them.

use super::distance::blob;
use super::errors::{constraint, invalid, of_store};
use super::filter::Filter;
use super::kept::Index;
use super::operations::Call;
use super::pages::{Pages, Place};
use super::state::State;
use super::vector::{fits, read_data};
use crate::api_error::ApiError;
use serde_json::{Map, Value, json};
use std::cmp::Ordering;
use std::ops::ControlFlow;

const MOST: usize = 10_000;
/// How many vectors a page has. AWS gives 100 at most and promises none: with few, a client learns to ask for the next page.
pub(super) const PAGE: usize = 30;

pub(super) fn run(call: &Call<'_>, index: &Index, state: &State) -> Result<Value, ApiError> {
    let request = &call.request;
    let most = request.number("topK", MOST)?;
    let most = most.ok_or_else(|| constraint("/topK", "not be null"))?;
    let vector = read_data(request.required("queryVector")?, "/queryVector")?;
    fits(&vector, index).map_err(|detail| invalid(format!("Invalid query vector: {detail}")))?;
    if request.get("queryMode").is_some() {
        // The index's own; `CLASSIC` is refused for such an index by AWS too.
        request.word("queryMode", &["ENHANCED"])?;
    }
    let filter = request.get("filter");
    let pages = Pages::of(&[
        b"QueryVectors",
        &index.id.to_le_bytes(),
        &most.to_le_bytes(),
        &blob(&vector),
        filter.map(Value::to_string).unwrap_or_default().as_bytes(),
    ]);
    let filter = filter.map(|filter| Filter::read(filter, index)).transpose();
    let filter = filter.map_err(|detail| invalid(format!("Invalid filter: {detail}")))?;
    let with_metadata = request.flag("returnMetadata")?;
    let with_distance = request.flag("returnDistance")?;
    let place = pages.place(request, call.now)?;

    let found = search(index, state, &vector, filter.as_ref(), place);
    let mut found = found.map_err(|error| of_store(&error))?;
    let given = place.map_or(0, |place| place.given);
    let left = most.saturating_sub(given);
    let more = left.min(found.len()) > PAGE;
    found.truncate(left.min(PAGE));

    let mut vectors = Vec::with_capacity(found.len());
    for Found { distance, row } in &found {
        let shown = state.at(*row, |stored| {
            let mut shown = Map::new();
            if with_distance {
                shown.insert("distance".to_owned(), json!(distance));
            }
            shown.insert("key".to_owned(), stored.key.into());
            if with_metadata {
                shown.insert("metadata".to_owned(), stored.metadata()?.into());
            }
            Ok(Value::Object(shown))
        });
        vectors.extend(shown.map_err(|error| of_store(&error))?);
    }
    let mut answer = json!({"vectors": vectors, "distanceMetric": index.metric.name()});
    if let (Some(answer), Some(last), true) = (answer.as_object_mut(), found.last(), more) {
        let place = Place {
            given: given + found.len(),
            distance: last.distance,
            row: last.row,
        };
        answer.insert("nextToken".to_owned(), pages.token(place, call.now).into());
    }
    Ok(answer)
}

/// A vector that was found.
#[derive(Debug, Clone, Copy)]
struct Found {
    distance: f32,
    row: i64,
}

impl Found {
    /// The closest comes first; of two that are as close, the one that was put first.
    fn order(&self, other: &Self) -> Ordering {
        let by_distance = self.distance.total_cmp(&other.distance);
        by_distance.then(self.row.cmp(&other.row))
    }
}

/// All that the filter lets through, behind the place where the page before ended.
fn search(
    index: &Index,
    state: &State,
    vector: &[f32],
    filter: Option<&Filter>,
    place: Option<Place>,
) -> rusqlite::Result<Vec<Found>> {
    let before = place.map(|Place { distance, row, .. }| Found { distance, row });
    let mut found = Vec::new();
    state.each(index, 0, |stored| {
        if let Some(filter) = filter
            && !filter.matches(&stored.metadata()?)
        {
            return Ok(ControlFlow::Continue(()));
        }
        let candidate = Found {
            distance: index.metric.distance(vector, stored.data),
            row: stored.row,
        };
        if before.is_none_or(|before| before.order(&candidate) == Ordering::Less) {
            found.push(candidate);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    found.sort_unstable_by(Found::order);
    Ok(found)
}
