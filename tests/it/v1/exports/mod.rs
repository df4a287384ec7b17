//! `/v1/exports`

mod access;
mod bytes;
mod faults;
mod large;

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;
use tests::{Answer, Kind, Person, TestCloud, TestTenant};

const PATH: &str = "/v1/exports";
/// In which a single record can be large.
const LARGE: &str = "email-templates";

/// Asks for an export of a collection in the first project.
async fn ask(tenant: &TestTenant, by: &Person, collection: &str, more: Value) -> Answer {
    let mut body = json!({"project_id": tenant.project_id, "collection": collection});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    tenant.cloud().post(PATH).as_(by).json(body).await
}

async fn read(cloud: &'static TestCloud, by: &Person, id: &str) -> Answer {
    cloud.get(format!("{PATH}/{id}")).as_(by).await
}

/// Waits until an export is over, and gives how it looked meanwhile.
async fn finished(cloud: &'static TestCloud, by: &Person, id: &str) -> Vec<Value> {
    let mut seen: Vec<Value> = Vec::new();
    for _ in 0..2_000 {
        let export = read(cloud, by, id).await.assert_status(200).json;
        let is_over = !matches!(export["status"].as_str().unwrap(), "queued" | "running");
        if seen.last() != Some(&export) {
            seen.push(export);
        }
        if is_over {
            return seen;
        }
        tokio::time::sleep(Duration::from_millis(15)).await;
    }
    panic!("the export goes on and on: {seen:?}");
}

/// What is in the file of an export that is done.
async fn file(cloud: &'static TestCloud, export: &Value) -> Answer {
    assert_eq!(export["status"], "done", "{export}");
    let url = export["download_url"].as_str().unwrap();
    let got = cloud.at(reqwest::Method::GET, url).await;
    let got = got.assert_status(200);
    assert_eq!(export["bytes"], got.bytes.len(), "{export}");
    got
}

/// Its lines.
async fn lines(cloud: &'static TestCloud, export: &Value) -> Vec<Value> {
    let text = String::from_utf8(file(cloud, export).await.bytes).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    let lines: Vec<Value> = lines.collect();
    assert_eq!(export["records"], lines.len(), "{export}");
    lines
}

/// An export from the beginning to the file.
async fn exported(tenant: &TestTenant, by: &Person, collection: &str, more: Value) -> Vec<Value> {
    let asked = ask(tenant, by, collection, more).await.assert_status(201);
    let seen = finished(tenant.cloud(), by, &asked.id()).await;
    lines(tenant.cloud(), seen.last().unwrap()).await
}

/// Records of 150 KB each, as they were answered.
async fn large_records(tenant: &TestTenant, count: usize) -> Vec<Value> {
    let path = format!("{}/batch", tenant.records(LARGE));
    let mut records = Vec::new();
    while records.len() < count {
        let body = |place: usize| json!({"name": format!("Letter {place}"), "subject": "=x", "html_body": "x\u{e9}".repeat(50_000)});
        let batch = json!({"records": [body(records.len())]});
        let made = tenant.cloud().post(&path).as_(&tenant.owner).json(batch);
        let made = made.await.assert_status(201);
        records.extend(made.json["items"].as_array().unwrap().clone());
    }
    records
}

fn ids(records: &[Value]) -> BTreeSet<String> {
    let ids = records.iter().map(|record| record["id"].as_str().unwrap());
    let all: BTreeSet<String> = ids.map(str::to_owned).collect();
    assert_eq!(all.len(), records.len(), "a record is there twice");
    all
}

#[tokio::test]
async fn an_export_says_what_it_is_of_and_how_far_it_has_come() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let contact = tenant.contact().await;
    let asked = ask(&tenant, &tenant.owner, "contacts", json!({})).await;
    let asked = asked.assert_status(201);
    assert_eq!(asked.header("location"), format!("{PATH}/{}", asked.id()));
    assert!(asked.id().starts_with("exp_"));
    for (field, value) in [
        ("kind", json!("collection")),
        ("status", json!("queued")),
        ("collection", json!("contacts")),
        ("project_id", json!(tenant.project_id)),
        ("format", json!("jsonl")),
        ("filter", json!({})),
        ("records", json!(0)),
        ("bytes", json!(0)),
        ("created_by", json!(tenant.owner.user_id)),
    ] {
        assert_eq!(asked.json[field], value, "{field}");
    }
    let moment = |field: &str| -> jiff::Timestamp { asked.text(field).parse().unwrap() };
    let life = moment("/expires_at").duration_since(moment("/created_at"));
    assert!((7 * 24 * 3600 - life.as_secs()).abs() <= 1, "{life}");

    let seen = finished(cloud, &tenant.owner, &asked.id()).await;
    let done = seen.last().unwrap();
    assert!(done["finished_at"].as_str().unwrap() >= asked.text("/created_at").as_str());
    let got = file(cloud, done).await;
    assert_eq!(got.header("content-type"), "application/jsonl");
    let day = &asked.text("/created_at")[..10];
    let name = format!("contacts-{day}.jsonl");
    let disposition = format!("attachment; filename=\"{name}\"; filename*=UTF-8''{name}");
    assert_eq!(got.header("content-disposition"), disposition);
    let read = cloud.get(tenant.record("contacts", &contact));
    let read = read.as_(&tenant.owner).await.assert_status(200);
    assert_eq!(lines(cloud, done).await, [read.json]);
}

#[tokio::test]
async fn what_is_empty_is_a_file_too() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let empty = exported(&tenant, &tenant.owner, "deals", json!({})).await;
    assert!(empty.is_empty());
    let asked = ask(&tenant, &tenant.owner, "deals", json!({"format": "csv"})).await;
    let seen = finished(cloud, &tenant.owner, &asked.id()).await;
    let got = file(cloud, seen.last().unwrap()).await;
    assert!(got.bytes.starts_with(b"id,project_id,owner_id,"));
    assert_eq!(got.bytes.iter().filter(|byte| **byte == b'\n').count(), 1);
}

#[tokio::test]
async fn a_filter_narrows_as_in_a_list() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let (account, other) = (tenant.account().await, tenant.account().await);
    let mut deals = Vec::new();
    for (stage, account) in [
        ("proposal", &account),
        ("negotiation", &account),
        ("proposal", &other),
    ] {
        let deal = json!({"name": "Deal", "stage": stage, "account_id": account});
        deals.push(tenant.create_record(&tenant.owner, "deals", deal).await);
    }
    let from = &deals[1]["created_at"];
    for (filter, expected) in [
        (json!({"status": "proposal"}), vec![0, 2]),
        (
            json!({"reference": format!("account_id:{account}")}),
            vec![0, 1],
        ),
        (json!({"owner_id": tenant.owner.user_id}), vec![0, 1, 2]),
        (json!({"created_until": from}), vec![0]),
        (json!({"created_from": from, "status": "proposal"}), vec![2]),
    ] {
        // An index follows its table by a moment.
        cloud.settled().await;
        let expected: Vec<Value> = expected
            .into_iter()
            .map(|at: usize| deals[at].clone())
            .collect();
        let more = json!({"filter": filter});
        let got = exported(&tenant, &tenant.owner, "deals", more).await;
        assert_eq!(ids(&got), ids(&expected), "{filter}");
    }
    for (filter, pointer) in [
        (json!({"status": "unheard-of"}), "/filter/status"),
        (json!({"reference": "nothing"}), "/filter/reference"),
        (
            json!({"reference": format!("name:{account}")}),
            "/filter/reference",
        ),
        (json!({"name_prefix": "D"}), "/filter/name_prefix"),
        (json!({"sort": "updated_at"}), "/filter/sort"),
        (
            json!({"created_from": from, "created_until": from}),
            "/filter/created_until",
        ),
        (
            json!({"owner_id": tenant.owner.user_id, "status": "proposal"}),
            "/filter/status",
        ),
    ] {
        let answer = ask(&tenant, &tenant.owner, "deals", json!({"filter": filter})).await;
        answer
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&[pointer]);
    }
    for (more, pointer) in [
        (json!({"collection": "nothing"}), "/collection"),
        (json!({"format": "xml"}), "/format"),
        (json!({"project_id": "x"}), "/project_id"),
        (json!({"kind": "tenant"}), "/kind"),
    ] {
        let answer = ask(&tenant, &tenant.owner, "deals", more).await;
        answer
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&[pointer]);
    }
}

#[tokio::test]
async fn ones_own_exports_are_listed_page_by_page() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let colleague = tenant.member(tests::Role::Admin).await;
    ask(&tenant, &colleague, "contacts", json!({}))
        .await
        .assert_status(201);
    let mut made = Vec::new();
    for _ in 0..3 {
        let asked = ask(&tenant, &tenant.owner, "contacts", json!({})).await;
        made.push(asked.assert_status(201).id());
    }
    let mut path = format!("{PATH}?limit=2");
    let mut listed: Vec<String> = Vec::new();
    loop {
        let page = cloud.get(&path).as_(&tenant.owner).await.assert_status(200);
        let items = page.items().iter();
        listed.extend(items.map(|item| item["id"].as_str().unwrap().to_owned()));
        let Some(cursor) = page.json["next_cursor"].as_str() else {
            break;
        };
        path = format!("{PATH}?limit=2&cursor={cursor}");
    }
    assert_eq!(listed, made);
}

#[tokio::test]
async fn what_has_expired_says_so_and_then_is_gone() {
    let (cloud, _turn) = crate::apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    let asked = ask(&tenant, &tenant.owner, "contacts", json!({})).await;
    let id = asked.assert_status(201).id();
    finished(cloud, &tenant.owner, &id).await;
    // DynamoDB removes it some time after its end; till then it is there.
    let of = |id: &str| id.split_once('_').unwrap().1.to_owned();
    let pk = format!(
        "TENANT#{}#EXPORTS#{}",
        tenant.uuid(),
        of(&tenant.owner.user_id)
    );
    let due = json!({
        "TableName": "TenantTable", "Key": {"pk": {"S": pk}, "sk": {"S": format!("EXPORT#{}", of(&id))}},
        "UpdateExpression": "SET #t = :v", "ExpressionAttributeNames": {"#t": "ttl"},
        "ExpressionAttributeValues": {":v": {"N": "1"}},
    });
    let credentials = tenant.credentials(tests::Access::Write);
    cloud.dynamodb(&credentials, "UpdateItem", due).await.ok();
    let expired = read(cloud, &tenant.owner, &id).await.assert_status(200);
    assert_eq!(expired.json["status"], "expired");
    assert_eq!(expired.json["download_url"], Value::Null);
    // It may be gone by itself already.
    cloud.gateway().sweep_expired().unwrap();
    let gone = read(cloud, &tenant.owner, &id).await;
    gone.assert_problem(Kind::NotFound);
    let list = cloud.get(PATH).as_(&tenant.owner).await.assert_status(200);
    assert!(list.items().is_empty());
}
