//! Intrinsic functions in resources and outputs.

use crate::document;
use crate::error::TemplateError;
use crate::place::Place;
use crate::scope::Scope;
use crate::substitution::substitute;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Properties that hold a policy. As a map key takes no function, such a policy may be written as JSON text in a `Fn::Sub`.
const POLICY_PROPERTIES: [&str; 2] = ["AssumeRolePolicyDocument", "PolicyDocument"];

/// A value with everything in it resolved; `None` where it is `AWS::NoValue`, which removes the property or the list's element.
pub(crate) fn resolve(
    scope: &Scope<'_>,
    value: &Value,
    place: &Place<'_>,
) -> Result<Option<Value>, TemplateError> {
    match value {
        Value::Object(map) => match function(map) {
            Some((name, argument)) => call(scope, name, argument, &place.key(name)),
            None => mapping(scope, map, place).map(Some),
        },
        Value::Array(items) => list(scope, items, place).map(|items| Some(Value::Array(items))),
        other => Ok(Some(other.clone())),
    }
}

/// A value that must be a single text (a number or truth value counts as its text).
pub(crate) fn text(
    scope: &Scope<'_>,
    value: &Value,
    place: &Place<'_>,
) -> Result<String, TemplateError> {
    let resolved = resolve(scope, value, place)?;
    resolved
        .as_ref()
        .and_then(as_text)
        .ok_or_else(|| TemplateError::at(place, "must be a single text"))
}

pub(crate) fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

fn function(map: &Map<String, Value>) -> Option<(&str, &Value)> {
    let mut entries = map.iter();
    match (entries.next(), entries.next()) {
        (Some((name, argument)), None) if name == "Ref" || name.starts_with("Fn::") => {
            Some((name, argument))
        }
        _ => None,
    }
}

fn mapping(
    scope: &Scope<'_>,
    map: &Map<String, Value>,
    place: &Place<'_>,
) -> Result<Value, TemplateError> {
    let mut resolved = Map::new();
    for (key, value) in map {
        let place = place.key(key);
        let Some(mut value) = resolve(scope, value, &place)? else {
            continue;
        };
        if POLICY_PROPERTIES.contains(&key.as_str())
            && let Value::String(json) = &value
        {
            value = document::from_json(json)
                .map_err(|error| TemplateError::at(&place, format_args!("is not JSON: {error}")))?;
        }
        resolved.insert(key.clone(), value);
    }
    Ok(Value::Object(resolved))
}

fn list(
    scope: &Scope<'_>,
    items: &[Value],
    place: &Place<'_>,
) -> Result<Vec<Value>, TemplateError> {
    let mut resolved = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        resolved.extend(resolve(scope, item, &place.index(index))?);
    }
    Ok(resolved)
}

fn call(
    scope: &Scope<'_>,
    name: &str,
    argument: &Value,
    place: &Place<'_>,
) -> Result<Option<Value>, TemplateError> {
    let wrong = |usage: &str| TemplateError::at(place, usage);
    let arguments = argument.as_array().map(Vec::as_slice).unwrap_or_default();
    let value = match (name, arguments) {
        ("Ref", _) => {
            return scope.reference(
                argument.as_str().ok_or_else(|| wrong("takes a name"))?,
                place,
            );
        }
        ("Fn::GetAtt", _) => {
            let (id, attribute) = attribute_of(argument)
                .ok_or_else(|| wrong("takes a logical id and an attribute"))?;
            Value::String(scope.attribute(id, attribute, place)?)
        }
        ("Fn::Sub", _) => Value::String(sub(scope, argument, place)?),
        ("Fn::Join", [delimiter, values]) => {
            let delimiter = text(scope, delimiter, place)?;
            Value::String(texts(scope, values, place)?.join(&delimiter))
        }
        ("Fn::Split", [delimiter, source]) => {
            let delimiter = text(scope, delimiter, place)?;
            if delimiter.is_empty() {
                return Err(wrong("takes a delimiter that is not empty"));
            }
            let source = text(scope, source, place)?;
            Value::from(source.split(delimiter.as_str()).collect::<Vec<_>>())
        }
        ("Fn::Select", [index, values]) => {
            let index = text(scope, index, place)?;
            let values = match resolve(scope, values, place)? {
                Some(Value::Array(values)) => values,
                _ => return Err(wrong("takes an index and a list")),
            };
            let selected = index
                .parse::<usize>()
                .ok()
                .and_then(|index| values.get(index).cloned());
            selected.ok_or_else(|| {
                TemplateError::at(place, format_args!("the list has no element {index}"))
            })?
        }
        ("Fn::If", [condition, yes, no]) => {
            let condition = condition
                .as_str()
                .ok_or_else(|| wrong("takes the name of a condition and two values"))?;
            let chosen = if scope.condition(condition, place)? {
                yes
            } else {
                no
            };
            return resolve(scope, chosen, place);
        }
        ("Fn::FindInMap", [map, first, second]) => {
            let keys = [
                text(scope, map, place)?,
                text(scope, first, place)?,
                text(scope, second, place)?,
            ];
            find_in_map(scope, &keys, place)?
        }
        ("Fn::Join", _) => return Err(wrong("takes a delimiter and a list")),
        ("Fn::Split", _) => return Err(wrong("takes a delimiter and a text")),
        ("Fn::Select", _) => return Err(wrong("takes an index and a list")),
        ("Fn::If", _) => return Err(wrong("takes the name of a condition and two values")),
        ("Fn::FindInMap", _) => return Err(wrong("takes a map and two keys")),
        _ => return Err(wrong("has no place here")),
    };
    Ok(Some(value))
}

fn attribute_of(argument: &Value) -> Option<(&str, &str)> {
    match argument {
        Value::String(text) => text.split_once('.'),
        Value::Array(parts) => match parts.as_slice() {
            [Value::String(id), Value::String(attribute)] => Some((id, attribute)),
            _ => None,
        },
        _ => None,
    }
}

fn sub(scope: &Scope<'_>, argument: &Value, place: &Place<'_>) -> Result<String, TemplateError> {
    match argument {
        Value::String(template) => substitute(scope, template, &BTreeMap::new(), place),
        Value::Array(parts) => match parts.as_slice() {
            [Value::String(template), Value::Object(variables)] => {
                let mut values = BTreeMap::new();
                for (name, value) in variables {
                    values.insert(name.as_str(), text(scope, value, &place.key(name))?);
                }
                substitute(scope, template, &values, place)
            }
            _ => Err(TemplateError::at(
                place,
                "takes a text, or a list of a text and a mapping",
            )),
        },
        _ => Err(TemplateError::at(
            place,
            "takes a text, or a list of a text and a mapping",
        )),
    }
}

fn texts(
    scope: &Scope<'_>,
    values: &Value,
    place: &Place<'_>,
) -> Result<Vec<String>, TemplateError> {
    let values = match resolve(scope, values, place)? {
        Some(Value::Array(values)) => values,
        _ => return Err(TemplateError::at(place, "takes a delimiter and a list")),
    };
    let texts: Option<Vec<String>> = values.iter().map(as_text).collect();
    texts.ok_or_else(|| TemplateError::at(place, "takes a list of texts"))
}

fn find_in_map(
    scope: &Scope<'_>,
    keys: &[String; 3],
    place: &Place<'_>,
) -> Result<Value, TemplateError> {
    let mappings = scope.document.get("Mappings");
    let found =
        mappings.and_then(|mappings| keys.iter().try_fold(mappings, |value, key| value.get(key)));
    match found {
        Some(value @ (Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Array(_))) => {
            Ok(value.clone())
        }
        _ => Err(TemplateError::at(
            place,
            format_args!("the mappings have no value {}", keys.join(".")),
        )),
    }
}
