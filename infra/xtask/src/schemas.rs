//! The schemas of the OpenAPI document: each endpoint's `$defs` are hoisted into one place under one name each.

use crate::failure::{Failure, Result};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Names that say nothing outside their own file; the endpoint's name is put before them.
const GENERIC: &[&str] = &[
    "Input", "Output", "Body", "Request", "Response", "Answer", "List", "Page",
];
const DEFINITIONS: &str = "#/$defs/";
const COMPONENTS: &str = "#/components/schemas/";

/// The schemas collected so far, with the function that brought each first.
#[derive(Default)]
pub(crate) struct Schemas(BTreeMap<String, (Value, String)>);

impl Schemas {
    /// Adds the schema of a body or answer and answers what stands in its place: a reference, or itself if it has no title.
    pub(crate) fn add_root(
        &mut self,
        binary: &str,
        operation: &str,
        generic: &str,
        schema: &Value,
    ) -> Result<Value> {
        self.add_definitions(binary, schema)?;
        let Some(title) = schema.get("title").and_then(Value::as_str) else {
            return Ok(Self::rewritten(schema, None));
        };
        let name = if GENERIC.contains(&title) {
            format!("{operation}{generic}")
        } else {
            component_name(title)
        };
        let reference = format!("{COMPONENTS}{name}");
        self.add(binary, name, Self::rewritten(schema, Some(&reference)))?;
        Ok(json!({"$ref": reference}))
    }

    /// Adds the `$defs` of a schema.
    pub(crate) fn add_definitions(&mut self, binary: &str, schema: &Value) -> Result<()> {
        for (name, definition) in schema
            .get("$defs")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            self.add(
                binary,
                component_name(name),
                Self::rewritten(definition, None),
            )?;
        }
        Ok(())
    }

    fn add(&mut self, binary: &str, name: String, schema: Value) -> Result<()> {
        match self.0.get(&name) {
            Some((known, _)) if *known == schema => Ok(()),
            Some((_, other)) => Err(Failure(format!(
                "{binary} and {other} have different types of the same name, {name}: the API's document needs a name for each"
            ))),
            None => {
                self.0.insert(name, (schema, binary.to_owned()));
                Ok(())
            }
        }
    }

    /// The schema with references to `$defs` (and to itself, `#`) turned into references to components, and without what
    /// only a free-standing schema has.
    pub(crate) fn rewritten(schema: &Value, itself: Option<&str>) -> Value {
        match schema {
            Value::Object(object) => {
                let kept = object.iter().filter(|(key, value)| {
                    // That a field may be left out is said by its not being required; null is no value of most.
                    let no_default = key.as_str() == "default" && value.is_null();
                    !no_default
                        && (!["$defs", "$schema", "title"].contains(&key.as_str())
                            || is_property(object, key))
                });
                kept.map(|(key, value)| {
                    let value = match (key.as_str(), value) {
                        ("$ref", Value::String(reference)) => {
                            Value::from(reference_to(reference, itself))
                        }
                        (_, value) => Self::rewritten(value, itself),
                    };
                    (key.clone(), value)
                })
                .collect::<Map<_, _>>()
                .into()
            }
            Value::Array(items) => items
                .iter()
                .map(|item| Self::rewritten(item, itself))
                .collect(),
            other => other.clone(),
        }
    }

    /// Name → schema, in order of the names.
    pub(crate) fn into_components(self) -> Map<String, Value> {
        self.0
            .into_iter()
            .map(|(name, (schema, _))| (name, schema))
            .collect()
    }
}

/// A field that happens to be called `title` is a schema, while a schema's title is a text.
fn is_property(object: &Map<String, Value>, key: &str) -> bool {
    key == "title" && object.get(key).is_some_and(|value| !value.is_string())
}

fn reference_to(reference: &str, itself: Option<&str>) -> String {
    match (reference.strip_prefix(DEFINITIONS), itself) {
        (Some(name), _) => format!("{COMPONENTS}{}", component_name(name)),
        (None, Some(itself)) if reference == "#" => itself.to_owned(),
        _ => reference.to_owned(),
    }
}

/// OpenAPI allows letters, digits, `.`, `-` and `_` in the name of a component.
fn component_name(name: &str) -> String {
    name.chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "._-".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn null_is_no_default() {
        let schema = json!({"properties": {"name": {"type": "string", "default": null}, "size": {"default": 3}}});
        let expected = json!({"properties": {"name": {"type": "string"}, "size": {"default": 3}}});
        assert_eq!(Schemas::rewritten(&schema, None), expected);
    }

    #[test]
    fn equal_types_are_shared_and_different_ones_refused() {
        let mut schemas = Schemas::default();
        let tokens = json!({"title": "Tokens", "type": "object"});
        let reference = json!({"$ref": "#/components/schemas/Tokens"});
        assert_eq!(
            schemas
                .add_root("auth-login", "AuthLogin", "Output", &tokens)
                .unwrap(),
            reference
        );
        assert_eq!(
            schemas
                .add_root("auth-refresh", "AuthRefresh", "Output", &tokens)
                .unwrap(),
            reference
        );
        let other = json!({"title": "Tokens", "type": "string"});
        let error = schemas
            .add_root("me-read", "MeRead", "Output", &other)
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "me-read and auth-login have different types of the same name, Tokens: the API's document needs a name for each"
        );
    }

    #[test]
    fn generic_names_get_the_endpoints_name() {
        let mut schemas = Schemas::default();
        let input = json!({"title": "Input", "type": "object"});
        assert_eq!(
            schemas
                .add_root("auth-login", "AuthLogin", "Input", &input)
                .unwrap(),
            json!({"$ref": "#/components/schemas/AuthLoginInput"})
        );
    }

    #[test]
    fn references_are_rewritten_and_a_field_called_title_stays() {
        let schema = json!({"title": "Node", "$schema": "x", "properties": {
            "title": {"type": "string"}, "next": {"$ref": "#"}, "list": {"items": {"$ref": "#/$defs/Page<Node>"}}},
            "$defs": {"Page<Node>": {}}});
        assert_eq!(
            Schemas::rewritten(&schema, Some("#/components/schemas/Node")),
            json!({"properties": {"title": {"type": "string"}, "next": {"$ref": "#/components/schemas/Node"},
                "list": {"items": {"$ref": "#/components/schemas/Page_Node_"}}}})
        );
    }
}
