//! YAML and JSON text to a JSON value, stricter than the parsers are by themselves.
//!
//! Short tags become the long form. A key that stands twice is an error (either could be meant, and in a policy that matters),
//! and so is a key that is not text (an unquoted `Null` is YAML's null).

use crate::error::TemplateError;
use serde::de::{
    Deserialize, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde_json::{Map, Number, Value};
use std::fmt::{self, Formatter};

/// Functions whose short tag is `!Name` and whose long form is `Fn::Name`.
pub(crate) const FUNCTIONS: [&str; 11] = [
    "Sub",
    "GetAtt",
    "Join",
    "Select",
    "Split",
    "If",
    "Equals",
    "Not",
    "And",
    "Or",
    "FindInMap",
];

pub(crate) fn from_yaml(text: &str) -> Result<Value, TemplateError> {
    let node: Node = serde_yaml_ng::from_str(text).map_err(TemplateError::new)?;
    Ok(node.0)
}

/// Reads JSON text that stands inside the template.
pub(crate) fn from_json(text: &str) -> Result<Value, String> {
    let node: Node = serde_json::from_str(text).map_err(|error| error.to_string())?;
    Ok(node.0)
}

struct Node(Value);

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor).map(Node)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("a number must be finite"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Node(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(Node(key)) = entries.next_key()? {
            let Value::String(key) = key else {
                return Err(A::Error::custom(format_args!(
                    "the key {key} must be text: put it in quotes"
                )));
            };
            if key == "<<" {
                return Err(A::Error::custom("CloudFormation has no merge key (<<)"));
            }
            let Node(value) = entries.next_value()?;
            if map.contains_key(&key) {
                return Err(A::Error::custom(format_args!("the key {key} stands twice")));
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Value, A::Error> {
        let (tag, content) = tagged.variant::<String>()?;
        let Node(value) = content.newtype_variant()?;
        long_form(&tag, value).map_err(A::Error::custom)
    }
}

/// `!Tag value` as the mapping it abbreviates.
fn long_form(tag: &str, value: Value) -> Result<Value, String> {
    let (name, value) = match tag {
        "Ref" | "Condition" => (tag.to_owned(), value),
        "GetAtt" => ("Fn::GetAtt".to_owned(), split_attribute(value)),
        known if FUNCTIONS.contains(&known) => (format!("Fn::{known}"), value),
        unknown => return Err(format!("the tag !{unknown} is not known here")),
    };
    Ok(Value::Object(Map::from_iter([(name, value)])))
}

/// `Table.Arn` as `[Table, Arn]`: the logical id ends at the first dot.
fn split_attribute(value: Value) -> Value {
    match value.as_str().and_then(|text| text.split_once('.')) {
        Some((id, attribute)) => Value::from(vec![id, attribute]),
        None => value,
    }
}
