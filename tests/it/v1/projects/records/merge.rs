//! A merge patch reaches into an object (RFC 7396): of every object field of every collection, from its table of fields.

use super::collections::make;
use super::tenant;
use crate::isolation::sweep::records::full;
use crate::isolation::sweep::world::Place;
use records::{Collection, Field, collections};
use serde_json::{Map, Value, json};
use tests::{Answer, Kind, TestCloud, TestTenant};

fn objects() -> impl Iterator<Item = (&'static Collection, &'static Field)> {
    let all = collections::ALL.iter();
    let all = all.flat_map(|collection| {
        collection
            .fields
            .iter()
            .map(move |field| (*collection, field))
    });
    all.filter(|(_, field)| field.schema()["type"] == "object")
}

async fn patch(tenant: &TestTenant, path: &str, patch: Value) -> Answer {
    let request = tenant.cloud().patch(path).as_(&tenant.owner);
    request
        .body("application/merge-patch+json", patch.to_string())
        .await
}

#[tokio::test]
async fn what_a_patch_leaves_out_of_an_object_stays() {
    let place = Place::create(TestCloud::shared(), "acme").await;
    let tenant = &place.tenant;
    assert!(objects().count() >= 7);
    for (collection, field) in objects() {
        let made = make(&place, collection, &full(collection, &place)).await;
        let path = tenant.record(collection.name, &made.id());
        let whole = made.json[field.name].as_object().unwrap().clone();
        let required = field.schema()["required"].clone();
        for (member, value) in &whole {
            let what = format!("{} {}/{member}", collection.name, field.name);
            let change = |value: &Value| json!({field.name: {member: value}});
            let same = patch(tenant, &path, change(value)).await.assert_status(200);
            assert_eq!(same.json[field.name], json!(whole), "{what}");
            let removed = patch(tenant, &path, change(&Value::Null)).await;
            if required.as_array().unwrap().contains(&json!(member)) {
                let pointer = format!("/{}/{member}", field.name);
                let problem = removed.assert_problem(Kind::ValidationFailed);
                problem.assert_fields(&[&pointer]);
                continue;
            }
            let mut rest = whole.clone();
            rest.shift_remove(member);
            let removed = removed.assert_status(200);
            assert_eq!(removed.json[field.name], json!(rest), "{what}");
            let back = patch(tenant, &path, change(value)).await.assert_status(200);
            assert_eq!(back.json[field.name], json!(whole), "{what}");
        }
        let wrong = patch(tenant, &path, json!({field.name: {"unknown": 1}})).await;
        let pointer = format!("/{}/unknown", field.name);
        wrong
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&[&pointer]);
        let read = tenant.cloud().get(&path).as_(&tenant.owner).await;
        assert_eq!(read.json[field.name], json!(whole), "{}", collection.name);
    }
}

#[tokio::test]
async fn an_object_that_was_not_there_is_made_of_the_patch() {
    let tenant = tenant().await;
    let path = tenant.record("contacts", &tenant.contact().await);
    let made = patch(
        &tenant,
        &path,
        json!({"address": {"city": "Kiel", "line2": null}}),
    );
    let made = made.await.assert_status(200);
    assert_eq!(made.json["address"], json!({"city": "Kiel"}));
    let gone = patch(&tenant, &path, json!({"address": null})).await;
    assert_eq!(gone.assert_status(200).json.get("address"), None);
}

#[tokio::test]
async fn changes_of_two_parts_at_once_are_both_there() {
    let tenant = tenant().await;
    let path = tenant.record("contacts", &tenant.contact().await);
    let members = ["city", "region", "postal_code", "line1"];
    let changes = members.map(|member| patch(&tenant, &path, json!({"address": {member: member}})));
    for changed in futures::future::join_all(changes).await {
        changed.assert_status(200);
    }
    let read = tenant.cloud().get(&path).as_(&tenant.owner).await;
    let all: Map<String, Value> = (members.iter())
        .map(|member| ((*member).to_owned(), json!(member)))
        .collect();
    assert_eq!(read.json["address"], Value::Object(all));
}

#[tokio::test]
async fn a_batch_merges_too() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let fields = json!({"name": "Ada", "address": {"city": "Kiel", "line1": "Hafen 1"}});
    let created = tenant
        .create_record(&tenant.owner, "contacts", fields)
        .await;
    let id = created["id"].as_str().unwrap();
    let update = json!({"id": id, "fields": {"address": {"city": "Ulm"}}});
    let batch = cloud.post(format!("{}/batch", tenant.records("contacts")));
    let batch = batch
        .as_(&tenant.owner)
        .json(json!({"operations": [{"update": update}]}));
    batch.await.assert_status(201);
    let path = tenant.record("contacts", id);
    let read = cloud.get(path).as_(&tenant.owner).await;
    assert_eq!(
        read.json["address"],
        json!({"city": "Ulm", "line1": "Hafen 1"})
    );
}
