//! Every collection: no other tenant comes near its records, whatever is asked. What can be asked of a record stands in a
//! table; a collection is tried with every row that is about it, from its first day.

use super::collections::make;
use crate::isolation::sweep::records::{full, queries};
use crate::isolation::sweep::world::Place;
use records::{Collection, Scope, collections};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, Kind, Person, TestCloud, described};
use uuid::Uuid;

/// What is asked: of the list of a collection (a path behind it), of a record (a path behind its id), or of the project.
#[derive(Debug)]
enum At {
    List(String),
    Record(&'static str),
    Project(&'static str),
}

/// A row of the table.
#[derive(Debug)]
struct Row {
    method: Method,
    at: At,
    body: Option<Value>,
}

impl Row {
    fn path(&self, project: &str, collection: &str, id: &str) -> String {
        let list = format!("/v1/projects/{project}/{collection}");
        match &self.at {
            At::List(behind) => format!("{list}{behind}"),
            At::Record(behind) => format!("{list}/{id}{behind}"),
            At::Project(path) => format!("/v1/projects/{project}/{path}"),
        }
    }

    async fn ask(&self, by: &Person, path: String) -> Answer {
        let request = TestCloud::shared()
            .request(self.method.clone(), path)
            .as_(by);
        match &self.body {
            Some(body) => request.json(body).await,
            None => request.await,
        }
    }

    /// Whether it asks for one record, by its id.
    fn is_of_a_record(&self) -> bool {
        let is_batch = |body: &Value| body.get("operations").is_some();
        matches!(self.at, At::Record(_)) || self.body.as_ref().is_some_and(is_batch)
    }
}

/// Everything that can be asked about a record of a collection.
fn table(collection: &Collection, record: &Value, new: &Value) -> Vec<Row> {
    let id = record["id"].as_str().unwrap();
    let field = collection.fields.first().unwrap().name;
    let patch = json!({field: new[field]});
    let row = |method: Method, at: At, body: Option<Value>| Row { method, at, body };
    let list = |behind: &str| At::List(behind.to_owned());
    let batch = |body: Value| row(Method::POST, list("/batch"), Some(body));
    let mut rows = vec![
        row(Method::POST, list(""), Some(new.clone())),
        batch(json!({"records": [new]})),
        batch(json!({"operations": [{"update": {"id": id, "fields": patch}}]})),
        batch(json!({"operations": [{"delete": {"id": id}}]})),
        row(Method::GET, list(""), None),
        row(Method::GET, list("/export?format=jsonl"), None),
        row(Method::GET, list("/export?format=csv"), None),
        row(Method::GET, At::Record(""), None),
        row(Method::PATCH, At::Record(""), Some(patch)),
        row(Method::POST, At::Record("/restore"), None),
        row(Method::DELETE, At::Record(""), None),
    ];
    let filters = queries(collection, record).into_iter();
    let filters = filters.filter(|query| !query.is_empty());
    rows.extend(filters.map(|query| row(Method::GET, At::List(format!("?{query}")), None)));
    match collection.name {
        "notifications" => {
            let read = Some(json!({"read": true}));
            rows.push(row(Method::POST, At::Record("/read"), read));
        }
        "chunks" => {
            let wanted = Some(json!({"embedding": [1, 2, 3]}));
            rows.push(row(Method::POST, At::Project("search"), wanted));
        }
        "files" => {
            let file = Some(described("application/pdf", b"stolen"));
            rows.push(row(Method::POST, At::Record("/upload-url"), file));
            rows.push(row(Method::GET, At::Record("/download-url"), None));
        }
        _ => {}
    }
    if ["emails", "sms-messages", "calls", "notifications"].contains(&collection.name) {
        rows.push(row(Method::GET, At::Project("inbox"), None));
        rows.push(row(Method::GET, At::Project("inbox?unread=true"), None));
    }
    rows
}

/// What is asked of another tenant's project is answered as if there were none, in the same bytes.
async fn is_nowhere(row: &Row, acme: &Place, stranger: &Person, name: &str, id: &str) {
    let missing = format!("prj_{}", Uuid::now_v7());
    let foreign = row.path(&acme.tenant.project_id, name, id);
    let foreign = row.ask(stranger, foreign).await;
    foreign.assert_problem(Kind::NotFound);
    let missing = row.ask(stranger, row.path(&missing, name, id)).await;
    let (foreign, missing) = (foreign.without_request_id(), missing.without_request_id());
    assert_eq!(foreign, missing, "{name}: {row:?}");
}

/// What is asked of one project about a record of another is answered as if there were none; nothing else shows it.
async fn is_unknown(row: &Row, (project, owner): (&str, &Person), name: &str, id: &str) {
    let answer = row.ask(owner, row.path(project, name, id)).await;
    if row.is_of_a_record() {
        answer.assert_problem(Kind::NotFound);
        return;
    }
    // A new record may be refused for the records that it names.
    let bound = if row.method == Method::GET { 300 } else { 500 };
    assert!(answer.status < bound, "{name}: {row:?}: {answer}");
    let text = String::from_utf8(answer.bytes).unwrap();
    assert!(!text.contains(id), "{name}: {row:?}: {text}");
}

#[tokio::test]
async fn no_other_tenant_comes_near_a_record() {
    let cloud = TestCloud::shared();
    let acme = Place::create(cloud, "acme").await;
    let globex = Place::create(cloud, "globex").await;
    let (stranger, owner) = (&globex.tenant.owner, &acme.tenant.owner);
    let theirs = (&*globex.tenant.project_id, stranger);
    let other = acme.tenant.project().await;
    for collection in collections::ALL {
        let name = collection.name;
        let new = full(collection, &acme);
        let record = make(&acme, collection, &new).await.json;
        let id = record["id"].as_str().unwrap();
        let here = acme.tenant.record(name, id);
        for row in table(collection, &record, &new) {
            is_nowhere(&row, &acme, stranger, name, id).await;
            is_unknown(&row, theirs, name, id).await;
            // What is the whole tenant's is the same in each of its projects.
            if collection.scope != Scope::Tenant {
                is_unknown(&row, (&other, owner), name, id).await;
            }
        }
        let untouched = cloud.get(&here).as_(owner).await.assert_status(200);
        assert_eq!(untouched.json, record, "{name}");
        // Nor to a deleted one: it stays deleted, and theirs.
        cloud.delete(&here).as_(owner).await.assert_status(204);
        let restore = Row {
            method: Method::POST,
            at: At::Record("/restore"),
            body: None,
        };
        is_nowhere(&restore, &acme, stranger, name, id).await;
        is_unknown(&restore, theirs, name, id).await;
        cloud
            .get(&here)
            .as_(owner)
            .await
            .assert_problem(Kind::NotFound);
        let restored = restore.ask(owner, format!("{here}/restore")).await;
        assert_eq!(
            restored.assert_status(200).json["version"],
            json!(2),
            "{name}"
        );
    }
}

#[tokio::test]
async fn no_other_tenants_record_can_be_named() {
    let cloud = TestCloud::shared();
    let acme = Place::create(cloud, "acme").await;
    let globex = Place::create(cloud, "globex").await;
    let stranger = &globex.tenant.owner;
    for collection in collections::ALL {
        let (name, new) = (collection.name, full(collection, &acme));
        let path = globex.tenant.records(name);
        let own = make(&globex, collection, &full(collection, &globex)).await;
        let own = globex.tenant.record(name, own.json["id"].as_str().unwrap());
        let citing = collection.citations().map(|(field, ..)| field);
        let references = collection.references().map(|(field, _)| field);
        for field in references.chain(citing) {
            let pointer = format!("/{}", field.name);
            let mut stolen = full(collection, &globex);
            stolen[field.name] = new[field.name].clone();
            let create = cloud.post(&path).as_(stranger).json(&stolen).await;
            create
                .assert_problem(Kind::ReferenceNotFound)
                .assert_fields(&[&pointer]);
            let batch = cloud.post(format!("{path}/batch")).as_(stranger);
            let batch = batch.json(json!({"records": [stolen]})).await;
            batch
                .assert_problem(Kind::ReferenceNotFound)
                .assert_fields(&[&format!("/records/0{pointer}")]);
            let patch = cloud.patch(&own).as_(stranger);
            let patch = patch.json(json!({field.name: new[field.name]})).await;
            patch
                .assert_problem(Kind::ReferenceNotFound)
                .assert_fields(&[&pointer]);
            if collection.scope == Scope::Person || field.references.is_none() {
                continue;
            }
            let named = new[field.name].as_str().unwrap();
            let query = format!("?reference={}:{named}", field.name);
            let list = cloud.get(format!("{path}{query}")).as_(stranger).await;
            assert!(list.assert_status(200).items().is_empty(), "{name}{query}");
        }
    }
}
