//! Reading the members of a request.

use super::errors;
use super::key_condition::text_value;
use super::tables::Table;
use crate::api_error::ApiError;
use serde_json::{Map, Value};

/// A member that is passed over might be one another reader obeys: so only known ones may be there.
pub(super) fn only_known_members(
    members: &Map<String, Value>,
    known: &[&str],
    place: &str,
) -> Result<(), ApiError> {
    match members.keys().find(|name| !known.contains(&name.as_str())) {
        Some(unknown) => Err(errors::serialization(format!(
            "unknown member {unknown} in {place}"
        ))),
        None => Ok(()),
    }
}

/// The one member of an object that must have exactly one.
pub(super) fn only_member(value: &Value) -> Result<(&str, &Map<String, Value>), ApiError> {
    let mut members = value
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_null());
    match (members.next(), members.next()) {
        (Some((name, Value::Object(inner))), None) => Ok((name, inner)),
        _ => Err(errors::validation(
            "each element must have exactly one member, an object that says what to do",
        )),
    }
}

/// The partition key in a key or an item.
pub(super) fn leading_key(
    table: &Table,
    key: &Map<String, Value>,
    is_put: bool,
) -> Result<String, ApiError> {
    let partition = &table.keys.partition;
    let mismatch = || {
        errors::validation(if is_put {
            format!(
                "One or more parameter values were invalid: Missing the key {partition} in the item, or it is not a string"
            )
        } else {
            "The provided key element does not match the schema".to_owned()
        })
    };
    text_value(key.get(partition).ok_or_else(mismatch)?)
        .map(str::to_owned)
        .map_err(|_| mismatch())
}

fn has_projection(members: &Map<String, Value>) -> bool {
    members.contains_key("ProjectionExpression") || members.contains_key("AttributesToGet")
}

/// `dynamodb:Select` of a read by key.
pub(super) fn select_of_get(members: &Map<String, Value>) -> String {
    if has_projection(members) {
        "SPECIFIC_ATTRIBUTES"
    } else {
        "ALL_ATTRIBUTES"
    }
    .to_owned()
}

/// `dynamodb:Select` of a query.
pub(super) fn select_of_query(members: &Map<String, Value>, of_index: bool) -> String {
    let default = if has_projection(members) {
        "SPECIFIC_ATTRIBUTES"
    } else if of_index {
        "ALL_PROJECTED_ATTRIBUTES"
    } else {
        "ALL_ATTRIBUTES"
    };
    members
        .get("Select")
        .and_then(Value::as_str)
        .unwrap_or(default)
        .to_owned()
}
