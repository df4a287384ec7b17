//! Every collection, from its table of fields: its records are made, found, changed and taken away, and no other tenant
//! comes near them. Nothing here names a collection, so a new one is tried from its first day.

use crate::isolation::sweep::records::{example, full};
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

/// The fields by which records are listed that name others: what is a person's own is not.
fn listed_by(collection: &Collection) -> impl Iterator<Item = &'static Field> {
    let references = collection.references().map(|(field, _)| field);
    let is_listed = collection.scope == Scope::Project;
    references.filter(move |_| is_listed)
}

/// The queries that a record answers to, one for each index it stands in.
fn queries(collection: &Collection, record: &Value) -> Vec<String> {
    let mut queries = vec![
        format!("owner_id={}", text(&record["owner_id"])),
        format!("created_from={}", text(&record["created_at"])),
        "sort=updated_at".to_owned(),
    ];
    if let Some(status) = collection.status() {
        queries.push(format!("status={}", text(&record[status.name])));
    }
    if let Some(label) = collection.label() {
        queries.push(format!(
            "name_prefix={}",
            text(&record[label.name]).to_uppercase()
        ));
    }
    let references = listed_by(collection).map(|field| {
        let named = text(&record[field.name]);
        format!("reference={}:{named}", field.name)
    });
    queries.extend(references);
    queries
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
        let created = cloud
            .post(&path)
            .as_(owner)
            .json(&sent)
            .await
            .assert_status(201);
        for (field, value) in sent.as_object().unwrap() {
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
                .get(format!("{path}?limit=100&{query}"))
                .as_(owner)
                .await
                .assert_status(200);
            let found = list
                .items()
                .iter()
                .find(|item| item["id"] == record.json["id"]);
            assert_eq!(found, Some(&record.json), "{name}?{query}");
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
                .get(format!("{path}?limit=100&{query}"))
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
        let record = tenant
            .create_record(owner, name, full(collection, &place))
            .await;
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
                .get(format!("{}?limit=100&{query}", tenant.records(name)))
                .as_(owner)
                .await
                .assert_status(200);
            assert!(!ids(&list).contains(&text(&record["id"])), "{name}?{query}");
        }
        let newest = cloud
            .get(format!("{}?limit=1&sort=-updated_at", tenant.records(name)))
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
                .get(format!("{}?limit=100&{query}", tenant.records(name)))
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

#[tokio::test]
async fn no_other_tenant_comes_near_a_record() {
    let cloud = TestCloud::shared();
    let acme = Place::create(cloud, "acme").await;
    let globex = Place::create(cloud, "globex").await;
    let (stranger, owner) = (&globex.tenant.owner, &acme.tenant.owner);
    for collection in collections::ALL {
        let name = collection.name;
        let new = full(collection, &acme);
        let record = acme.tenant.create_record(owner, name, new.clone()).await;
        let (records, missing) = (
            acme.tenant.records(name),
            format!("/v1/projects/prj_{}/{name}", Uuid::now_v7()),
        );
        let id = text(&record["id"]);
        let batch = json!({"records": [new]});
        let first = collection.fields.first().unwrap();
        let patch = json!({first.name: new[first.name]});
        let mut tried: Vec<(Answer, Answer)> = Vec::new();
        for query in [
            "",
            "?sort=updated_at",
            &format!("?owner_id={}", owner.user_id),
        ] {
            let get = |path: &str| cloud.get(format!("{path}{query}")).as_(stranger);
            tried.push((get(&records).await, get(&missing).await));
        }
        let operations = json!({"operations": [
            {"update": {"id": id, "fields": patch}}, {"delete": {"id": record["id"]}},
        ]});
        for (path, body) in [("", &new), ("/batch", &batch), ("/batch", &operations)] {
            let post = |list: &str| cloud.post(format!("{list}{path}")).as_(stranger).json(body);
            tried.push((post(&records).await, post(&missing).await));
        }
        for format in ["jsonl", "csv"] {
            let export = |list: &str| cloud.get(format!("{list}/export?format={format}"));
            tried.push((
                export(&records).as_(stranger).await,
                export(&missing).as_(stranger).await,
            ));
        }
        let one = |list: &str| format!("{list}/{id}");
        let (here, nowhere) = (one(&records), one(&missing));
        tried.push((
            cloud.get(&here).as_(stranger).await,
            cloud.get(&nowhere).as_(stranger).await,
        ));
        tried.push((
            cloud.patch(&here).as_(stranger).json(&patch).await,
            cloud.patch(&nowhere).as_(stranger).json(&patch).await,
        ));
        tried.push((
            cloud.delete(&here).as_(stranger).await,
            cloud.delete(&nowhere).as_(stranger).await,
        ));
        let restore = |path: &str| cloud.post(format!("{path}/restore")).as_(stranger);
        tried.push((restore(&here).await, restore(&nowhere).await));
        for (foreign, missing) in &tried {
            foreign.assert_problem(Kind::NotFound);
            assert_eq!(
                foreign.without_request_id(),
                missing.without_request_id(),
                "{name}"
            );
        }
        // In their own project the same id names nothing, and it can't be named.
        let own = globex.tenant.record(name, id);
        cloud
            .get(&own)
            .as_(stranger)
            .await
            .assert_problem(Kind::NotFound);
        cloud
            .delete(&own)
            .as_(stranger)
            .await
            .assert_problem(Kind::NotFound);
        for operation in [
            json!({"update": {"id": id, "fields": patch}}),
            json!({"delete": {"id": id}}),
        ] {
            let batch = json!({"operations": [operation]});
            let batch = cloud
                .post(format!("{}/batch", globex.tenant.records(name)))
                .as_(stranger)
                .json(batch)
                .await;
            batch.assert_problem(Kind::NotFound);
        }
        let export = cloud
            .get(format!("{}/export", globex.tenant.records(name)))
            .as_(stranger)
            .await
            .assert_status(200);
        assert!(!String::from_utf8(export.bytes).unwrap().contains(id));
        for (field, _) in collection.references() {
            let mut stolen = full(collection, &globex);
            stolen[field.name] = new[field.name].clone();
            let create = cloud
                .post(globex.tenant.records(name))
                .as_(stranger)
                .json(&stolen)
                .await;
            create
                .assert_problem(Kind::ReferenceNotFound)
                .assert_fields(&[&format!("/{}", field.name)]);
            let batch = cloud
                .post(format!("{}/batch", globex.tenant.records(name)))
                .as_(stranger);
            let batch = batch.json(json!({"records": [stolen]})).await;
            batch
                .assert_problem(Kind::ReferenceNotFound)
                .assert_fields(&[&format!("/records/0/{}", field.name)]);
            if collection.scope == Scope::Person {
                continue;
            }
            let query = format!("?reference={}:{}", field.name, text(&new[field.name]));
            let list = cloud
                .get(format!("{}{query}", globex.tenant.records(name)))
                .as_(stranger)
                .await
                .assert_status(200);
            assert!(list.items().is_empty(), "{name}{query}");
        }
        let untouched = cloud.get(&here).as_(owner).await.assert_status(200);
        assert_eq!(untouched.json, record, "{name}");
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
        // A list that is one too long.
        for field in collection
            .fields
            .iter()
            .filter(|field| field.schema()["type"] == "array")
        {
            let schema = field.schema();
            let most = usize::try_from(schema["maxItems"].as_u64().unwrap()).unwrap();
            if most > 50 {
                continue;
            }
            let mut body = full(collection, &place);
            body[field.name] = vec![example(&schema["items"]); most + 1].into();
            let answer = cloud
                .post(place.tenant.records(name))
                .as_(owner)
                .json(&body)
                .await;
            answer
                .assert_problem(Kind::ValidationFailed)
                .assert_fields(&[&format!("/{}", field.name)]);
        }
    }
}
