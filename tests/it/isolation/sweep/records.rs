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
        (_, Some("idn-email")) => json!("swept@customer.example"),
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

/// The fields by which records are listed that name others: what is a person's own is not.
pub(crate) fn listed_by(collection: &Collection) -> impl Iterator<Item = &'static Field> {
    let references = collection.references().map(|(field, _)| field);
    let is_listed = collection.scope == Scope::Project;
    references.filter(move |_| is_listed)
}

/// The queries that a record answers to, one for each index it stands in.
pub(crate) fn queries(collection: &Collection, record: &Value) -> Vec<String> {
    // One record is found without.
    if collection.scope == Scope::Tenant {
        return vec![String::new()];
    }
    let text = |field: &str| record[field].as_str().unwrap();
    let mut queries = vec![
        format!("owner_id={}", text("owner_id")),
        format!("created_from={}", text("created_at")),
        "created_until=2100-01-01T00:00:00Z".to_owned(),
        "sort=created_at".to_owned(),
        "sort=updated_at".to_owned(),
        "sort=-updated_at".to_owned(),
    ];
    if let Some(status) = collection.status() {
        queries.push(format!("status={}", text(status.name)));
    }
    if let Some(label) = collection.label() {
        queries.push(format!("name_prefix={}", text(label.name).to_uppercase()));
    }
    let references = listed_by(collection);
    queries
        .extend(references.map(|field| format!("reference={}:{}", field.name, text(field.name))));
    queries
}

/// The ids in a new record: of records of other collections, and of its owner.
pub(crate) fn references(place: &Place, collection: &str) -> Vec<Reference> {
    // What a tenant has already one of is refused for that.
    let is_there = is_only(collection).then_some(Kind::AlreadyTaken);
    references_or(
        place,
        collection,
        is_there.unwrap_or(Kind::ReferenceNotFound),
    )
}

/// The same in a change.
pub(crate) fn references_of_change(place: &Place, collection: &str) -> Vec<Reference> {
    // A person's own stays theirs.
    let stays = is_own(collection).then_some(Kind::ValidationFailed);
    references_or(place, collection, stays.unwrap_or(Kind::ReferenceNotFound))
}

/// The ids in a record, of which that of its owner may be refused in a way of its own.
fn references_or(place: &Place, collection: &str, owners: Kind) -> Vec<Reference> {
    let reference = |field: &str, prefix, id: &str, problem| Reference {
        pointer: format!("/{field}"),
        prefix,
        id: id.to_owned(),
        problem,
    };
    let fields = named(collection).fields.iter();
    let records = fields.filter_map(|field| {
        Some(reference(
            field.name,
            "rec_",
            place.record(field.references?),
            Kind::ReferenceNotFound,
        ))
    });
    let owner = &place.tenant.owner.user_id;
    records
        .chain([reference("owner_id", "usr_", owner, owners)])
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
