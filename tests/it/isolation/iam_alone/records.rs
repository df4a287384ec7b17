//! The cases on records: those of every collection from its definition, so that a new one is tried from its first day.

use super::case::Case;
use crate::isolation::sweep::records::{full, is_only, new, patch, queries};
use crate::isolation::sweep::requests::Ask;
use crate::isolation::sweep::world::Place;
use records::{Collection, Scope, collections};
use serde_json::{Map, Value, json};
use tests::{Person, TestTenant, described};

const LIST: &str = "GET /v1/projects/{project_id}/{collection}";
const EXPORT: &str = "GET /v1/projects/{project_id}/{collection}/export";
const CREATE: &str = "POST /v1/projects/{project_id}/{collection}";
const BATCH: &str = "POST /v1/projects/{project_id}/{collection}/batch";
const READ: &str = "GET /v1/projects/{project_id}/{collection}/{record_id}";
const UPDATE: &str = "PATCH /v1/projects/{project_id}/{collection}/{record_id}";
const DELETE: &str = "DELETE /v1/projects/{project_id}/{collection}/{record_id}";
const RESTORE: &str = "POST /v1/projects/{project_id}/{collection}/{record_id}/restore";

/// Those on the records of every collection, which `by` has made.
pub(super) async fn cases(place: &Place, by: &Person) -> Vec<Case> {
    let mut cases = Vec::new();
    for collection in collections::ALL {
        cases.extend(cases_of(collection, place, by).await);
    }
    cases
}

/// Those on one collection.
async fn cases_of(collection: &'static Collection, place: &Place, by: &Person) -> Vec<Case> {
    let name = collection.name;
    let all = place.tenant.records(name);
    let ask = Ask {
        place,
        person: by,
        collection: name,
    };
    let (short, whole, change) = (new(&ask), full(collection, place), patch(&ask));
    let (deleted, live) = stock(collection, place, by, &whole).await;
    let [record, first, second, third] = &live;
    let id = |record: &Value| record["id"].as_str().unwrap().to_owned();
    let at = |route: &'static str, behind: &str| {
        Case::new(route, format!("{name}{behind}"), format!("{all}{behind}"))
    };
    let of = |route: &'static str, record: &Value| at(route, &format!("/{}", id(record)));
    let batch = |what: &str, body: Value| {
        Case::new(BATCH, format!("{name}, {what}"), format!("{all}/batch")).body(body)
    };
    let mut cases = vec![
        at(LIST, ""),
        at(LIST, "?limit=1"),
        at(EXPORT, "/export?format=jsonl"),
        at(EXPORT, "/export?format=csv"),
        of(READ, record),
        of(UPDATE, record).body(change.clone()),
    ];
    let filters = queries(collection, record).into_iter();
    let filters = filters.filter(|query| !query.is_empty());
    cases.extend(filters.map(|query| at(LIST, &format!("?{query}"))));
    if collection.scope != Scope::Tenant {
        cases.push(at(LIST, "?sort=created_at&limit=1"));
    }
    let named = collection.references().map(|(field, _)| field.name);
    let named: Map<String, Value> = named
        .map(|name| (name.to_owned(), whole[name].clone()))
        .collect();
    if !named.is_empty() {
        cases.push(of(UPDATE, record).body(named.into()));
    }
    let update = json!({"update": {"id": id(record), "fields": change}});
    let delete = json!({"delete": {"id": id(third)}});
    cases.extend([
        batch("changed", json!({"operations": [update]})),
        // One goes before another comes: of some, a tenant has no more than one.
        of(DELETE, first),
        at(CREATE, "").body(short),
        of(DELETE, second),
        at(CREATE, "").body(whole.clone()),
        batch("deleted", json!({"operations": [delete]})),
        batch("created", json!({"records": [whole]})),
        of(DELETE, record),
        at(RESTORE, &format!("/{deleted}/restore")).body(json!({})),
    ]);
    // Nobody else comes near a person's own.
    match collection.scope {
        Scope::Person => cases.into_iter().map(Case::by_owner).collect(),
        Scope::Project | Scope::Tenant => cases,
    }
}

/// Records of theirs to be used up: the id of one that is deleted, or there is nothing to restore, and four that are not. Of
/// what a tenant has one of, these are one and the same.
async fn stock(
    collection: &Collection,
    place: &Place,
    by: &Person,
    fields: &Value,
) -> (String, [Value; 4]) {
    let (tenant, name) = (&place.tenant, collection.name);
    let make = || tenant.create_record(by, name, fields.clone());
    if is_only(name) {
        place.make_room(name).await;
        let one = make().await;
        return (place.record(name).to_owned(), [(); 4].map(|()| one.clone()));
    }
    let deleted = make().await["id"].as_str().unwrap().to_owned();
    let delete = tenant.cloud().delete(tenant.record(name, &deleted)).as_(by);
    delete.await.assert_status(204);
    (
        deleted,
        [make().await, make().await, make().await, make().await],
    )
}

/// Those on what some collections have besides.
pub(super) async fn other_cases(tenant: &TestTenant) -> Vec<Case> {
    let mut cases = Vec::new();
    for query in ["", "?unread=true"] {
        let path = tenant.records("inbox") + query;
        cases.push(Case::new(
            "GET /v1/projects/{project_id}/inbox",
            query,
            path,
        ));
    }
    let passage = json!({"text": "A passage.", "embedding": [1, 2, 3]});
    tenant
        .create_record(&tenant.owner, "chunks", passage.clone())
        .await;
    cases.push(
        Case::new(
            "POST /v1/projects/{project_id}/{collection}",
            "chunks, with an embedding",
            tenant.records("chunks"),
        )
        .body(passage),
    );
    cases.push(
        Case::new(
            "POST /v1/projects/{project_id}/search",
            "",
            tenant.records("search"),
        )
        .body(json!({"embedding": [1, 2, 3]})),
    );
    let notification = json!({"title": "Look", "type": "mention"});
    let notification = tenant
        .create_record(&tenant.owner, "notifications", notification)
        .await;
    let path = tenant.record("notifications", notification["id"].as_str().unwrap());
    let read = Case::new(
        "POST /v1/projects/{project_id}/notifications/{record_id}/read",
        "",
        format!("{path}/read"),
    );
    cases.push(read.body(json!({})).by_owner());
    let file = tenant.file(&tenant.owner, "a.pdf").await;
    tenant
        .upload(&tenant.owner, &file, "application/pdf", b"x")
        .await;
    let path = tenant.record("files", &file);
    cases.push(Case::new(
        "GET /v1/projects/{project_id}/files/{record_id}/download-url",
        "",
        format!("{path}/download-url"),
    ));
    let upload = Case::new(
        "POST /v1/projects/{project_id}/files/{record_id}/upload-url",
        "",
        format!("{path}/upload-url"),
    );
    let bytes = described("application/pdf", b"y");
    cases.push(upload.body(bytes));
    cases
}
