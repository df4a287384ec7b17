//! Valid records of every collection, made from its definition: a new collection is swept from its first day.

use super::requests::{Ask, Reference};
use super::world::Place;
use records::{Collection, Field, Scope, collections};
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

/// Those that every route is swept for, one of each make: named by others, naming others, computed, in a tree. What the
/// rest could do otherwise is tried with each of them by `v1::projects::collections`.
pub(crate) fn swept() -> Vec<&'static str> {
    let swept = ["accounts", "contacts", "deals", "quotes", "folders"];
    all()
        .into_iter()
        .filter(|name| swept.contains(name))
        .collect()
}

/// The collection that a path is about, where it says so itself.
pub(crate) fn in_path(path: &str) -> Option<&'static str> {
    let (_, rest) = path.split_once("/{project_id}/")?;
    Some(Collection::named(rest.split('/').next()?)?.name)
}

/// Whether the records of this collection are each its owner's.
pub(crate) fn is_own(collection: &str) -> bool {
    named(collection).scope == Scope::Person
}

/// Whether a tenant has one record of it and no more.
pub(crate) fn is_only(collection: &str) -> bool {
    named(collection).scope == Scope::Tenant
}

fn named(name: &str) -> &'static Collection {
    collections::ALL
        .iter()
        .find(|collection| collection.name == name)
        .expect("a collection")
}

/// The fields of a new record: those that it must have.
pub(crate) fn new(ask: &Ask<'_>) -> Value {
    let required = |field: &Field| field.is_required && field.schema().get("default").is_none();
    fields(named(ask.collection), ask.place, required)
}

/// A change of a record: of the first field that is no name of another record.
pub(crate) fn patch(ask: &Ask<'_>) -> Value {
    let collection = named(ask.collection);
    let is_plain = |field: &&Field| field.references.is_none() && !field.is_status();
    let first = collection.fields.iter().find(is_plain).expect("a field");
    json!({first.name: example(&first.schema())})
}

/// A record with every field that can be written.
pub(crate) fn full(collection: &Collection, place: &Place) -> Value {
    fields(collection, place, |_| true)
}

fn fields(collection: &Collection, place: &Place, is_wanted: impl Fn(&Field) -> bool) -> Value {
    let written = collection
        .fields
        .iter()
        .filter(|field| !field.is_computed());
    let fields = written.filter(|field| is_wanted(field)).map(|field| {
        let value = match field.references {
            Some(target) => json!(place.record(target)),
            None => example_in(&field.schema(), place),
        };
        (field.name.to_owned(), value)
    });
    Value::Object(fields.collect::<Map<String, Value>>())
}

/// The same where parts of it name records of this place.
fn example_in(schema: &Value, place: &Place) -> Value {
    if let Some(target) = schema["x-references"].as_str() {
        return json!(place.record(target));
    }
    match (schema["type"].as_str(), schema["properties"].as_object()) {
        (Some("array"), _) => json!([example_in(&schema["items"], place)]),
        (_, Some(properties)) => {
            let properties = properties.iter();
            let values = properties.map(|(name, of)| (name.clone(), example_in(of, place)));
            Value::Object(values.collect::<Map<String, Value>>())
        }
        _ => example(schema),
    }
}

/// A value that fits a field's JSON Schema.
pub(crate) fn example(schema: &Value) -> Value {
    let given = schema["enum"]
        .get(0)
        .or(schema["examples"].get(0))
        .or(schema.get("minimum"));
    if let Some(given) = given {
        return given.clone();
    }
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("array"), _) => json!([example(&schema["items"])]),
        (Some("object"), _) => {
            let properties = schema["properties"].as_object().unwrap();
            let properties = properties
                .iter()
                .map(|(name, of)| (name.clone(), example(of)));
            Value::Object(properties.collect::<Map<String, Value>>())
        }
        (Some("boolean"), _) => json!(true),
        (_, Some("email")) => json!("swept@customer.example"),
        (_, Some("date")) => json!("2026-01-31"),
        (_, Some("date-time")) => json!("2026-01-31T09:30:00.000Z"),
        (_, Some("uri")) => json!("https://customer.example"),
        (_, Some(other)) => panic!("the sweep has no example of the format {other}"),
        (_, None) if schema["pattern"] == "^[A-Z]{3}$" => json!("EUR"),
        (_, None) => {
            let most = schema["maxLength"].as_u64().map_or(5, |most| most.min(5));
            json!("Swept"[..usize::try_from(most).unwrap()])
        }
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

/// The same in the first record of a batch.
pub(crate) fn references_of_first(place: &Place, collection: &str) -> Vec<Reference> {
    let mut references = references(place, collection);
    for reference in &mut references {
        reference.pointer = format!("/records/0{}", reference.pointer);
    }
    references
}
