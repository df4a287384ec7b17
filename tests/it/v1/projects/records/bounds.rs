//! Where a field's values end, from its JSON Schema: the last ones that it allows are taken and come back as they were sent, the
//! first ones beyond, and those of other kinds, are refused by their place. What the schema allows and the table could not hold
//! would be a `500` here.

use super::collections::make;
use crate::isolation::sweep::records::{example, full};
use crate::isolation::sweep::values::altered;
use crate::isolation::sweep::world::Place;
use records::{Collection, Field, collections};
use serde_json::{Map, Value, json};
use tests::{Kind, TestCloud};

/// Bytes of one field: a request's body takes a few more.
const ROOM: usize = 250_000;

/// Lists that are also checked as a whole, and may be refused for that: stages have different keys, and lines come to a sum.
const AGREEING: [(&str, &str); 2] = [("pipelines", "stages"), ("quotes", "lines")];

/// The last values within the bounds, and the first beyond.
#[derive(Default)]
struct Ends {
    within: Vec<Value>,
    beyond: Vec<Value>,
}

impl Ends {
    fn of(schema: &Value) -> Self {
        let bound = |name: &str| usize::try_from(schema[name].as_u64().unwrap()).unwrap();
        let is_spelled = ["enum", "examples", "format", "pattern"];
        match schema["type"].as_str().unwrap() {
            // The types' own tests know where those end.
            _ if is_spelled.iter().any(|how| schema.get(how).is_some()) => Self::default(),
            "string" if schema["writeOnly"] == true => Self::texts("~", 1, bound("maxLength")),
            "string" => {
                let least = usize::from(schema["minLength"] == 1);
                // The longest character that there is, in bytes.
                Self::texts("\u{1f600}", least, bound("maxLength"))
            }
            "integer" => Self::whole(schema),
            "number" => Self::decimals(schema),
            "array" => Self::lists(&schema["items"], bound("maxItems")),
            "object" => Self::objects(schema),
            "boolean" => Self::default(),
            other => panic!("nothing is known of the bounds of {other}"),
        }
    }

    fn texts(character: &str, least: usize, most: usize) -> Self {
        let longest = most.min(ROOM / character.len());
        let below = least.checked_sub(1);
        let within = [least, longest].map(|length| json!(character.repeat(length)));
        let beyond = below.into_iter().chain([most + 1]);
        Self {
            within: within.to_vec(),
            beyond: beyond.map(|length| json!("x".repeat(length))).collect(),
        }
    }

    fn whole(schema: &Value) -> Self {
        let bound = |name: &str| schema[name].as_i64().unwrap();
        let (least, most) = (bound("minimum"), bound("maximum"));
        Self {
            within: vec![json!(least), json!(most)],
            beyond: vec![
                json!(least - 1),
                json!(most + 1),
                json!(u64::MAX),
                json!(f64::MAX),
                json!(f64::MIN_POSITIVE),
            ],
        }
    }

    fn decimals(schema: &Value) -> Self {
        let bound = |name: &str| schema[name].as_i64().unwrap();
        let (least, most) = (bound("minimum"), bound("maximum"));
        let places = i32::try_from(schema["x-decimal-places"].as_i64().unwrap()).unwrap();
        let step = 10_f64.powi(-places);
        Self {
            within: vec![json!(least), json!(least as f64 + step), json!(most)],
            beyond: vec![
                json!(least - 1),
                json!(least as f64 - step),
                json!(most + 1),
                json!(most as f64 + step),
                json!(least as f64 + step / 10.0),
                // Less than the table can hold, and than a reader of JSON might.
                json!(1e-131),
                json!(-f64::MIN_POSITIVE),
                json!(f64::MAX),
            ],
        }
    }

    fn lists(item: &Value, most: usize) -> Self {
        let mut ends = Self::of(item);
        for value in ends.within.iter_mut().chain(&mut ends.beyond) {
            *value = json!([*value]);
        }
        ends.within.push(json!([]));
        let full = json!(vec![example(item); most]);
        if full.to_string().len() < ROOM {
            ends.within.push(full);
        }
        ends.beyond.push(json!(vec![example(item); most + 1]));
        ends
    }

    /// One field after the other at its ends, among the others as they usually are.
    fn objects(schema: &Value) -> Self {
        let usual = example(schema);
        let mut ends = Self::default();
        for (name, field) in schema["properties"].as_object().unwrap() {
            let of_field = Self::of(field);
            let with = |value| {
                let mut object = usual.clone();
                object[name] = value;
                object
            };
            ends.within.extend(of_field.within.into_iter().map(with));
            ends.beyond.extend(of_field.beyond.into_iter().map(with));
        }
        ends
    }
}

/// Fields that can be written and name nothing.
fn plain(collection: &Collection) -> impl Iterator<Item = &'static Field> {
    let names_nothing = |schema: &Value| !schema.to_string().contains("x-references");
    let fields = collection.fields.iter();
    fields.filter(move |field| !field.is_computed() && names_nothing(&field.schema()))
}

/// What the schema refuses of all that a field could be given in a change. Null takes away, a field or a member of it, and a
/// member that is left out stays.
fn of_another_kind(schema: &Value, usual: &Value) -> Vec<Value> {
    let options = jsonschema::draft202012::options().should_validate_formats(true);
    let validator = options.build(schema).unwrap();
    let altered = altered(schema, schema, usual).into_iter();
    let values = altered.map(|(_, value)| value);
    let takes_away = |value: &Value| value.is_null() || value.to_string().contains(":null");
    let merged = |value: &Value| match (value, usual) {
        (Value::Object(change), Value::Object(usual)) => {
            let members = usual.iter().chain(change);
            members
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect()
        }
        _ => value.clone(),
    };
    let is_refused = |value: &Value| !takes_away(value) && !validator.is_valid(&merged(value));
    values.filter(is_refused).collect()
}

/// Changes of the record, each with one value for every field that has one left, as far as a body has room.
fn changes(values: Vec<(&'static str, Vec<Value>)>) -> Vec<Map<String, Value>> {
    let mut changes: Vec<Map<String, Value>> = Vec::new();
    let rounds = values.iter().map(|(_, values)| values.len()).max();
    for round in 0..rounds.unwrap_or_default() {
        changes.push(Map::new());
        let mut bytes = 0;
        for (field, values) in &values {
            let Some(value) = values.get(round) else {
                continue;
            };
            bytes += value.to_string().len() + field.len();
            if bytes > ROOM {
                changes.push(Map::new());
                bytes = value.to_string().len();
            }
            changes
                .last_mut()
                .unwrap()
                .insert((*field).to_owned(), value.clone());
        }
    }
    changes
}

#[tokio::test]
async fn each_field_takes_what_its_schema_allows_and_no_more() {
    let cloud = TestCloud::shared();
    let place = Place::create(cloud, "acme").await;
    let owner = &place.tenant.owner;
    for collection in collections::ALL {
        let name = collection.name;
        let usual = full(collection, &place);
        let record = make(&place, collection, &usual).await;
        let path = place
            .tenant
            .record(name, record.json["id"].as_str().unwrap());
        let (mut within, mut beyond) = (Vec::new(), Vec::new());
        for field in plain(collection) {
            let schema = field.schema();
            let mut ends = Ends::of(&schema);
            ends.beyond
                .extend(of_another_kind(&schema, &usual[field.name]));
            beyond.push((field.name, ends.beyond));
            if !AGREEING.contains(&(name, field.name)) {
                within.push((field.name, ends.within));
                continue;
            }
            for value in ends.within {
                let answer = cloud
                    .patch(&path)
                    .as_(owner)
                    .json(json!({field.name: value}));
                let answer = answer.await;
                let is_whole = answer.status == 200
                    || answer.json["errors"][0]["pointer"] == format!("/{}", field.name);
                assert!(is_whole, "{name}: {answer}");
            }
        }
        for change in changes(within) {
            let answer = cloud.patch(&path).as_(owner).json(&change).await;
            assert_eq!(answer.status, 200, "{name}, {:?}: {answer}", change.keys());
            for (field, value) in &change {
                if !collection.field(field).unwrap().is_secret() {
                    assert_eq!(answer.json[field], *value, "{name}.{field}");
                }
            }
            // An item has no room for all of them at their longest.
            let back: Map<String, Value> = change
                .keys()
                .map(|field| (field.clone(), usual[field].clone()))
                .collect();
            cloud
                .patch(&path)
                .as_(owner)
                .json(&back)
                .await
                .assert_status(200);
        }
        for change in changes(beyond) {
            let answer = cloud.patch(&path).as_(owner).json(&change).await;
            answer.assert_problem(Kind::ValidationFailed);
            let errors = answer.json["errors"].as_array().unwrap();
            for (field, value) in &change {
                let is_named = errors.iter().any(|error| {
                    let pointer = error["pointer"].as_str().unwrap();
                    pointer.split('/').nth(1) == Some(field)
                });
                assert!(is_named, "{name}.{field} took {value}");
            }
        }
    }
}
