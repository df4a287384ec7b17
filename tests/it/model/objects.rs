//! Objects within records: what is written of them, and what becomes of them by a merge patch (RFC 7396).

use super::random::Random;
use serde_json::{Map, Value, json};

/// The members that are written, each with its values.
const MEMBERS: [(&str, [&str; 2]); 4] = [
    ("line1", ["Hafen 1", "High Street 2"]),
    ("city", ["Kiel", "Leeds"]),
    ("postal_code", ["24103", "LS1 1UR"]),
    ("country", ["DE", "GB"]),
];

/// A new object; of a change now and then null for all of it or for a member. A new record takes no such member.
pub(super) fn written(random: &mut Random, is_change: bool) -> Value {
    if random.chance(10) {
        return Value::Null;
    }
    let nulls = if is_change { 30 } else { 2 };
    let mut object = Map::new();
    for (name, values) in MEMBERS {
        if random.chance(40) {
            let is_null = random.chance(nulls);
            let value = random.one(&values);
            let value = if is_null { Value::Null } else { json!(value) };
            object.insert(name.to_owned(), value);
        }
    }
    object.into()
}

/// Whether an object can't be written so.
pub(super) fn is_wrong(value: &Value, is_change: bool) -> bool {
    let is_known = |name: &str| MEMBERS.iter().any(|(known, _)| *known == name);
    match value {
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| !is_known(name) || value.is_null() && !is_change),
        other => !other.is_null(),
    }
}

/// What is left out stays, null removes.
pub(super) fn merge(into: &mut Value, patch: &Map<String, Value>) {
    if !into.is_object() {
        *into = json!({});
    }
    let members = into.as_object_mut().unwrap();
    for (name, value) in patch {
        members.shift_remove(name);
        if !value.is_null() {
            members.insert(name.clone(), value.clone());
        }
    }
}
