//! Every collection, from its table of fields: its records are made, found, changed and taken away. Nothing here names a
//! collection, so a new one is tried from its first day.

use crate::isolation::sweep::records::{full, listed_by, queries};
use crate::isolation::sweep::world::Place;
use records::{Collection, Field, Scope, collections};
use serde_json::{Map, Value, json};
use tests::{Answer, Kind, TestCloud};
use uuid::Uuid;

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn ids(list: &Answer) -> Vec<&str> {
    list.items().iter().map(|item| text(&item["id"])).collect()
}

/// Makes a record. Of what a tenant has one of, that one makes room first.
pub(super) async fn make(place: &Place, collection: &Collection, sent: &Value) -> Answer {
    let (tenant, name) = (&place.tenant, collection.name);
    let cloud = tenant.cloud();
    if collection.scope == Scope::Tenant {
        place.make_room(name).await;
    }
    let create = cloud.post(tenant.records(name)).as_(&tenant.owner);
    create.json(sent).await.assert_status(201)
}

/// A page of a list.
fn page(list: &str, query: &str) -> String {
    let query = if query.is_empty() {
        String::new()
    } else {
        format!("&{query}")
    };
    format!("{list}?limit=100{query}")
}

#[tokio::test]
async fn a_record_with_every_field_comes_back_in_every_list_it_belongs_to() {
    let cloud = TestCloud::shared();
    let place = Place::create(cloud, "acme").await;
    let (tenant, owner) = (&place.tenant, &place.tenant.owner);
    for collection in collections::ALL {
        let name = collection.name;
        let sent = full(collection, &place);
        let path = tenant.records(name);
        let created = make(&place, collection, &sent).await;
        for (field, value) in sent.as_object().unwrap() {
            if collection.field(field).is_some_and(Field::is_secret) {
                assert!(created.json.get(field).is_none(), "{name}.{field}");
                continue;
            }
            assert_eq!(created.json[field], *value, "{name}.{field}");
        }
        let record = cloud
            .get(created.header("location"))
            .as_(owner)
            .await
            .assert_status(200);
        assert_eq!(record.json, created.json, "{name}");
        for query in queries(collection, &record.json) {
            let list = cloud
                .get(page(&path, &query))
                .as_(owner)
                .await
                .assert_status(200);
            let found = list
                .items()
                .iter()
                .find(|item| item["id"] == record.json["id"]);
            assert_eq!(found, Some(&record.json), "{name}?{query}");
        }
        if collection.scope == Scope::Tenant {
            continue;
        }
        // In no list it does not belong to.
        let nobody = format!("owner_id=usr_{}", Uuid::now_v7());
        let earlier = format!("created_until={}", text(&record.json["created_at"]));
        let mut others = vec![nobody, earlier];
        if collection.label().is_some() {
            others.push("name_prefix=~".to_owned());
        }
        others.extend(
            listed_by(collection)
                .map(|field| format!("reference={}:rec_{}", field.name, Uuid::now_v7())),
        );
        for query in others {
            let list = cloud
                .get(page(&path, &query))
                .as_(owner)
                .await
                .assert_status(200);
            assert!(
                !ids(&list).contains(&text(&record.json["id"])),
                "{name}?{query}"
            );
        }
    }
}

#[tokio::test]
async fn a_record_is_changed_deleted_and_restored() {
    let cloud = TestCloud::shared();
    let place = Place::create(cloud, "acme").await;
    let (tenant, owner) = (&place.tenant, &place.tenant.owner);
    for collection in collections::ALL {
        let name = collection.name;
        let record = make(&place, collection, &full(collection, &place)).await;
        let record = record.json;
        let path = tenant.record(name, text(&record["id"]));
        // Every field that it can be without is taken away, and the record leaves the lists of those.
        let optional = collection
            .fields
            .iter()
            .filter(|field| !field.is_required && !field.is_computed());
        let patch: Map<String, Value> = optional
            .map(|field| (field.name.to_owned(), Value::Null))
            .collect();
        let changed = cloud
            .patch(&path)
            .as_(owner)
            .json(&patch)
            .await
            .assert_status(200);
        assert_eq!(changed.json["version"], 2, "{name}");
        for field in patch.keys() {
            assert!(changed.json.get(field).is_none(), "{name}.{field}");
        }
        for field in listed_by(collection).filter(|field| !field.is_required) {
            let query = format!("reference={}:{}", field.name, text(&record[field.name]));
            let list = cloud
                .get(page(&tenant.records(name), &query))
                .as_(owner)
                .await
                .assert_status(200);
            assert!(!ids(&list).contains(&text(&record["id"])), "{name}?{query}");
        }
        let newest = match collection.scope {
            Scope::Tenant => "limit=1",
            Scope::Project | Scope::Person => "limit=1&sort=-updated_at",
        };
        let newest = cloud
            .get(format!("{}?{newest}", tenant.records(name)))
            .as_(owner)
            .await;
        assert_eq!(
            newest.items(),
            std::slice::from_ref(&changed.json),
            "{name}"
        );

        cloud.delete(&path).as_(owner).await.assert_status(204);
        for query in queries(collection, &record).iter().take(3) {
            let list = cloud
                .get(page(&tenant.records(name), query))
                .as_(owner)
                .await
                .assert_status(200);
            assert!(
                !ids(&list).contains(&text(&record["id"])),
                "{name}?{query}: deleted"
            );
        }
        let restored = cloud
            .post(format!("{path}/restore"))
            .as_(owner)
            .await
            .assert_status(200);
        assert_eq!(restored.json["version"], 3, "{name}");
        let read = cloud.get(&path).as_(owner).await.assert_status(200);
        assert_eq!(read.json, restored.json, "{name}");
    }
}

/// A value that is of no use to a field, whatever its schema allows.
fn wrong(schema: &Value) -> Value {
    let too_long = |most: &Value| "x".repeat(usize::try_from(most.as_u64().unwrap() + 1).unwrap());
    match schema["type"].as_str() {
        Some("string") if schema["enum"].is_array() => json!("no such word"),
        Some("string") if schema["format"].is_string() || schema["pattern"].is_string() => {
            json!("?")
        }
        Some("string") if schema["examples"].is_array() => json!("12"),
        Some("string") => json!(too_long(&schema["maxLength"])),
        Some("integer" | "number") => json!(schema["maximum"].as_f64().unwrap() + 1.0),
        Some("boolean") => json!("yes"),
        Some("array") => json!([wrong(&schema["items"])]),
        Some("object") => json!({"no_such_field": 1}),
        other => panic!("no wrong value of {other:?}"),
    }
}

#[tokio::test]
async fn a_value_that_does_not_fit_its_field_is_refused_by_its_name() {
    let cloud = TestCloud::shared();
    let place = Place::create(cloud, "acme").await;
    let owner = &place.tenant.owner;
    for collection in collections::ALL {
        let name = collection.name;
        for (case, value_of) in [
            (
                "of another type",
                (|schema| match schema["type"].as_str() {
                    Some("array" | "object") => json!("text"),
                    _ => json!({"an": "object"}),
                }) as fn(&Value) -> Value,
            ),
            ("out of bounds", wrong),
        ] {
            let fields = collection.fields.iter();
            let body: Map<String, Value> = fields
                .map(|field| (field.name.to_owned(), value_of(&field.schema())))
                .collect();
            let post = cloud
                .post(place.tenant.records(name))
                .as_(owner)
                .json(&body)
                .await;
            post.assert_problem(Kind::ValidationFailed);
            let record = place.tenant.record(name, place.record(name));
            let patch = cloud.patch(&record).as_(owner).json(&body).await;
            patch.assert_problem(Kind::ValidationFailed);
            for answer in [post, patch] {
                let errors = answer.json["errors"].as_array().unwrap();
                for field in body.keys() {
                    let pointer = format!("/{field}");
                    let is_named = errors
                        .iter()
                        .any(|error| text(&error["pointer"]).starts_with(&pointer));
                    assert!(is_named, "{name}{pointer}, {case}: {answer}");
                }
            }
        }
    }
}
