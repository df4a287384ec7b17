//! Fields of a JSON Merge Patch (RFC 7396): left out, null, or a value.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// A field that a patch can also take away; marked `#[serde(default)]`, since it may be left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// It was left out: it stays as it is.
    #[default]
    Keep,
    /// It was null: it goes.
    Clear,
    /// It gets a value.
    Set(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Option::deserialize(deserializer)? {
            None => Self::Clear,
            Some(value) => Self::Set(value),
        })
    }
}

impl<T: JsonSchema> JsonSchema for Patch<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        Option::<T>::schema_name()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Option::<T>::json_schema(generator)
    }
}

/// Reads a field that may be left out and can't be taken away: null is none of its values. Beside `#[serde(default)]`.
///
/// # Errors
/// What the field's type refuses, null included.
pub fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Merges a patch into an object (RFC 7396, section 2): what it leaves out stays, null removes.
pub fn merge(target: &mut Map<String, Value>, patch: Map<String, Value>) {
    for (name, change) in patch {
        match change {
            Value::Null => {
                target.shift_remove(&name);
            }
            Value::Object(change) => {
                let mut inner = match target.shift_remove(&name) {
                    Some(Value::Object(inner)) => inner,
                    _ => Map::new(),
                };
                merge(&mut inner, change);
                target.insert(name, Value::Object(inner));
            }
            value => {
                target.insert(name, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::Name;
    use serde_json::json;

    #[derive(Debug, Deserialize)]
    struct Change {
        #[serde(default, deserialize_with = "present")]
        name: Option<Name>,
        #[serde(default)]
        note: Patch<Name>,
    }

    #[test]
    fn left_out_null_and_a_value_are_three_things() {
        let read = |text: &str| serde_json::from_str::<Change>(text);
        assert_eq!(read("{}").unwrap().note, Patch::Keep);
        assert_eq!(read(r#"{"note": null}"#).unwrap().note, Patch::Clear);
        let set = read(r#"{"note": "x", "name": "y"}"#).unwrap();
        assert_eq!(set.note, Patch::Set("x".parse().unwrap()));
        assert_eq!(set.name, Some("y".parse().unwrap()));
        assert!(read("{}").unwrap().name.is_none());
        assert!(read(r#"{"name": null}"#).is_err());
    }

    /// The examples of RFC 7396, appendix A, that begin and end with an object.
    #[test]
    fn a_merge_patch_merges() {
        for (before, patch, after) in [
            (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"b"}), json!({"b":"c"}), json!({"a":"b","b":"c"})),
            (json!({"a":"b"}), json!({"a":null}), json!({})),
            (
                json!({"a":"b","b":"c"}),
                json!({"a":null}),
                json!({"b":"c"}),
            ),
            (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"c"}), json!({"a":["b"]}), json!({"a":["b"]})),
            (
                json!({"a":{"b":"c"}}),
                json!({"a":{"b":"d","c":null}}),
                json!({"a":{"b":"d"}}),
            ),
            (json!({"e":null}), json!({"a":1}), json!({"e":null,"a":1})),
            (
                json!({}),
                json!({"a":{"bb":{"ccc":null}}}),
                json!({"a":{"bb":{}}}),
            ),
        ] {
            let mut merged = before.as_object().unwrap().clone();
            merge(&mut merged, patch.as_object().unwrap().clone());
            assert_eq!(Value::Object(merged), after);
        }
    }
}
