//! Valid records of every collection, made from its definition: a new collection is swept from its first day.

use super::requests::{Ask, Reference};
use super::world::Place;
use records::{Collection, Field, collections};
use serde_json::{Map, Value, json};
use tests::Kind;

/// The collections, those first that others need.
pub(crate) fn all() -> Vec<&'static str> {
    let mut sorted: Vec<&'static str> = Vec::new();
    while sorted.len() < collections::ALL.len() {
        let is_next = |collection: &&&Collection| {
            let mut needed = collection.fields.iter().filter(|field| field.is_required);
            let is_known = |field: &Field| {
                field
                    .references
                    .is_none_or(|target| sorted.contains(&target))
            };
            !sorted.contains(&collection.name) && needed.all(is_known)
        };
        let next = collections::ALL
            .iter()
            .find(is_next)
            .expect("a collection that needs no other");
        sorted.push(next.name);
    }
    sorted
}

fn named(name: &str) -> &'static Collection {
    collections::ALL
        .iter()
        .find(|collection| collection.name == name)
        .expect("a collection")
}

/// The fields of a new record: those that it must have.
pub(crate) fn new(ask: &Ask<'_>) -> Value {
    let required = named(ask.collection)
        .fields
        .iter()
        .filter(|field| field.is_required);
    let fields = required.map(|field| {
        let value = match field.references {
            Some(target) => json!(ask.place.record(target)),
            None => example(&field.schema()),
        };
        (field.name.to_owned(), value)
    });
    Value::Object(fields.collect::<Map<String, Value>>())
}

/// A value that fits a field's JSON Schema.
fn example(schema: &Value) -> Value {
    let given = schema["enum"]
        .get(0)
        .or(schema["examples"].get(0))
        .or(schema.get("minimum"));
    match (given, schema["format"].as_str()) {
        (Some(value), _) => value.clone(),
        (None, None) => json!("Swept"),
        (None, Some("email")) => json!("swept@customer.example"),
        (None, Some("date")) => json!("2026-01-31"),
        (None, Some("uri")) => json!("https://customer.example"),
        (None, Some(other)) => panic!("the sweep has no example of the format {other}"),
    }
}

/// The ids in a record: of records of other collections, and of its owner.
pub(crate) fn references(place: &Place, collection: &str) -> Vec<Reference> {
    let reference = |field: &str, prefix, id: &str| Reference {
        pointer: format!("/{field}"),
        prefix,
        id: id.to_owned(),
        problem: Kind::ReferenceNotFound,
    };
    let fields = named(collection).fields.iter();
    let records = fields.filter_map(|field| {
        Some(reference(
            field.name,
            "rec_",
            place.record(field.references?),
        ))
    });
    records
        .chain([reference("owner_id", "usr_", &place.tenant.owner.user_id)])
        .collect()
}
