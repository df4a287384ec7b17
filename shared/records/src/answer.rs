//! What a record looks like in an answer, for those who describe the API. No request comes by here.

use crate::collection::Collection;
use crate::collections;
use crate::field::Field;
use crate::record::Record;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use tenant_context::{ProjectId, RecordId, UserId};

impl JsonSchema for Record {
    fn schema_name() -> Cow<'static, str> {
        "Record".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let user = UserId::json_schema(generator);
        let time = json_schema!({"type": "string", "format": "date-time"});
        let head = json!({
            "id": RecordId::json_schema(generator),
            "project_id": ProjectId::json_schema(generator),
            "owner_id": user,
            "created_at": time,
            "created_by": user,
            "updated_at": time,
            "updated_by": user,
            "version": {"type": "integer", "minimum": 1},
        });
        let names: Vec<&String> = head.as_object().into_iter().flat_map(Map::keys).collect();
        let shapes: Vec<Value> = collections::ALL
            .iter()
            .map(|collection| collection.shape(&names))
            .collect();
        json_schema!({
            "type": "object",
            "description": "What every record has, and beside it the fields of its collection that are set, except secrets.",
            "properties": head,
            "required": names,
            "anyOf": shapes,
            "examples": collections::ALL.first().map(|first| [first.shown()]),
        })
    }
}

impl Collection {
    /// The JSON Schema of what an answered record has beside `head`, the fields of every record. A field without a value
    /// is left out, a secret always.
    fn shape(&self, head: &[&String]) -> Value {
        let shown = || self.fields.iter().filter(|field| !field.is_secret());
        let head = head.iter().map(|name| ((*name).clone(), json!({})));
        let fields = shown().map(|field| (field.name.to_owned(), of_answer(field)));
        let required = shown().filter(|field| field.is_required);
        let required: Vec<&str> = required.map(|field| field.name).collect();
        json!({
            "description": self.summary,
            "properties": Value::Object(head.chain(fields).collect()),
            "required": required,
            "additionalProperties": false,
        })
    }

    /// An example of such a record, with what it must have.
    fn shown(&self) -> Value {
        let mut example = Map::new();
        let user = "usr_0198c5f0-0000-7000-8000-000000000001";
        let time = "2026-01-31T09:30:00.000Z";
        for (name, value) in [
            ("id", "rec_0198c5f0-0000-7000-8000-000000000001"),
            ("project_id", "prj_0198c5f0-0000-7000-8000-000000000001"),
            ("owner_id", user),
            ("created_at", time),
            ("created_by", user),
            ("updated_at", time),
            ("updated_by", user),
        ] {
            example.insert(name.to_owned(), value.into());
        }
        example.insert("version".to_owned(), 1.into());
        let fields = self.fields.iter().filter(|field| field.is_required);
        example.extend(fields.map(|field| (field.name.to_owned(), field.example())));
        example.into()
    }
}

/// The schema of a field's value in an answer. What a field means is said where it is written, and only there, since the
/// document is long; of one that can't be written it is said here.
fn of_answer(field: &Field) -> Value {
    let mut schema = field.schema();
    strip(&mut schema);
    if let Some(schema) = schema.as_object_mut().filter(|_| field.is_computed()) {
        schema.insert("description".to_owned(), field.description.into());
    }
    schema
}

/// Takes away what tells nothing about a value that is there.
fn strip(schema: &mut Value) {
    let Some(schema) = schema.as_object_mut() else {
        return;
    };
    schema.retain(|key, _| {
        !["description", "default", "examples", "readOnly"].contains(&key.as_str())
            && !key.starts_with("x-")
    });
    let members = schema
        .get_mut("properties")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flat_map(Map::values_mut);
    members.for_each(strip);
    if let Some(item) = schema.get_mut("items") {
        strip(item);
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;

    fn shape(collection: &str) -> Value {
        Collection::named(collection).unwrap().shape(&[])
    }

    #[test]
    fn it_has_what_is_computed_and_no_secret() {
        let settings = shape("telephony-settings");
        assert!(settings["properties"]["auth_token"].is_null());
        assert_eq!(settings["properties"]["auth_token_set"]["type"], "boolean");
        assert_eq!(settings["required"], json!(["provider"]));
        let files = shape("files");
        assert_eq!(files["required"], json!(["name", "status"]));
        assert_eq!(files["properties"]["size_bytes"]["type"], "integer");
    }

    #[test]
    fn a_field_called_description_stays() {
        let deals = shape("deals");
        assert_eq!(deals["properties"]["description"]["type"], "string");
    }
}
