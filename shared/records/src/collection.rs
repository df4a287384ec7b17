//! A kind of business record.

use crate::collections;
use crate::field::Field;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// A collection: its name in paths, its part of the partition key, and its fields.
pub struct Collection {
    /// As it stands in paths.
    pub name: &'static str,
    /// As it stands in partition keys. Never changes once records exist.
    pub part: &'static str,
    /// What a record of it is, in a sentence.
    pub summary: &'static str,
    /// The fields.
    pub fields: &'static [Field],
}

impl Collection {
    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The JSON Schema of what a client sends: to create a record, or to change one (where every field may be left out
    /// and an optional one be null).
    pub fn schema(&self, is_patch: bool) -> Value {
        let mut properties = Map::new();
        for field in self.fields {
            let schema = field.schema();
            let nullable = is_patch && !field.is_required;
            let schema = if nullable {
                json!({"anyOf": [schema, {"type": "null"}]})
            } else {
                schema
            };
            properties.insert(field.name.to_owned(), schema);
        }
        properties.insert("owner_id".to_owned(), json!({"type": "string", "description": "The user who owns the record; you, if left out. Only for those who may change all records."}));
        let required: Vec<&str> = self
            .fields
            .iter()
            .filter(|field| field.is_required)
            .map(|field| field.name)
            .collect();
        json!({
            "title": self.name,
            "description": self.summary,
            "type": "object",
            "properties": properties,
            "required": if is_patch { Vec::new() } else { required },
            "additionalProperties": false,
        })
    }
}

/// The `{collection}` of a path. An unknown name is no place at all, so it answers 404.
#[derive(Clone, Copy)]
pub struct CollectionName(pub &'static Collection);

impl<'de> Deserialize<'de> for CollectionName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        let collection = collections::ALL
            .iter()
            .find(|collection| collection.name == name);
        collection
            .map(|collection| Self(collection))
            .ok_or_else(|| D::Error::custom("is not a collection"))
    }
}

impl JsonSchema for CollectionName {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "CollectionName".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = collections::ALL
            .iter()
            .map(|collection| collection.name)
            .collect();
        json_schema!({"type": "string", "enum": names})
    }
}
