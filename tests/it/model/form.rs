//! What is sent, by itself: whether it can be written at all.

use super::shapes::Shape;
use super::world::{Actor, Doing};
use super::{objects, totals, values};
use permissions::Grant;
use serde_json::{Map, Value};

/// What is sent to make or change a record.
pub(super) struct Content<'a> {
    pub(super) fields: &'a Map<String, Value>,
    /// The users of the tenant who may own records.
    pub(super) owners: &'a [String],
    pub(super) by: &'a str,
    /// Whether the caller may only write records of their own.
    pub(super) is_limited: bool,
}

/// What somebody sends.
pub(super) fn content<'a>(
    by: &'a Actor,
    fields: &'a Map<String, Value>,
    owners: &'a [String],
) -> Content<'a> {
    Content {
        fields,
        owners,
        by: &by.person.user_id,
        is_limited: by.grant(Doing::Writes) == Grant::Own,
    }
}

/// Whether fields can't be written, whatever there is.
pub(super) fn is_malformed(shape: &Shape, content: &Content<'_>, is_change: bool) -> bool {
    let fields = content.fields;
    let is_known = |name: &str| {
        let plain = values::plain(shape);
        let status = shape.status.as_ref();
        let mut references = shape.references.iter();
        name == shape.label
            || name == "owner_id"
            || plain.iter().any(|(field, _)| *field == name)
            || status.is_some_and(|status| status.field == name)
            || references.any(|reference| reference.field == name)
            || shape.objects.contains(&name)
    };
    let objects = shape.objects.iter();
    let mut objects = objects.filter_map(|name| fields.get(*name));
    let lines = fields.get("lines").filter(|lines| lines.is_array());
    let label = fields.get(shape.label);
    let owner = fields.get("owner_id").and_then(Value::as_str);
    let needed = required(shape);
    !fields.keys().all(|name| is_known(name))
        || !is_change && needed.iter().any(|name| !fields.contains_key(*name))
        || never_null(shape).any(|name| fields.get(name) == Some(&Value::Null))
        || label.is_some_and(|label| !label.is_string())
        || objects.any(|value| objects::is_wrong(value, is_change))
        || lines.is_some_and(|lines| totals::of(lines).is_none())
        // What nobody else sees is not handed on.
        || is_change && shape.is_own && owner.is_some_and(|owner| owner != content.by)
}

/// The fields that a new record must have; a status of its own has a first word.
fn required(shape: &Shape) -> Vec<&'static str> {
    let references = shape
        .references
        .iter()
        .filter(|reference| reference.required);
    let mut required = vec![shape.label];
    required.extend(shape.needed);
    required.extend(references.map(|reference| reference.field));
    required
}

/// The fields that no record can be without.
fn never_null(shape: &Shape) -> impl Iterator<Item = &'static str> {
    let status = shape.status.as_ref().filter(|status| status.required);
    let status = status.map(|status| status.field);
    required(shape)
        .into_iter()
        .chain(status)
        .chain(["owner_id"])
}
