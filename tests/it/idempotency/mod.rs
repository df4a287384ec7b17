//! `Idempotency-Key`: a request that is sent again has no second effect, and is answered as it was.

mod exempt;
mod faults;
mod many;
mod newcomers;
mod requests;
mod routes;
mod rules;

use requests::Asked;
use serde_json::Value;
use std::collections::BTreeMap;
use tests::{Answer, Person, Route, TestCloud};

const KEY: &str = "idempotency-key";
const REPLAYED: &str = "idempotency-replayed";

/// Sends the request under a key; with another body than its own, if one is given.
async fn send(cloud: &'static TestCloud, asked: &Asked, body: Option<&Value>, key: &str) -> Answer {
    let request = match asked.method {
        "PATCH" => cloud.patch(&asked.path),
        _ => cloud.post(&asked.path),
    };
    let request = request.as_(&asked.by).header(KEY, key);
    match body {
        Some(body) => request.json(body).await,
        None => request.await,
    }
}

/// The same answer, to the byte.
#[track_caller]
fn assert_replays(first: &Answer, again: &Answer) {
    assert_eq!(again.status, first.status, "{again}");
    assert_eq!(again.bytes, first.bytes, "{again}");
    for header in ["location", "etag", "content-type", "cache-control"] {
        assert_eq!(
            again.headers.get(header),
            first.headers.get(header),
            "{header}"
        );
    }
    assert_eq!(again.header(REPLAYED), "true");
}

/// What there is of a person and their tenant, letters, exports and kept answers by their keys alone: they go on by themselves.
fn traces(cloud: &TestCloud, person: &Person) -> BTreeMap<String, Value> {
    let (_, tenant) = person.tenant_id.split_once('_').unwrap();
    let (_, user) = person.user_id.split_once('_').unwrap();
    let mut traces = BTreeMap::new();
    for table in ["TenantTable", "DirectoryTable"] {
        for item in cloud.dump(table) {
            let key = |name: &str| item[name]["S"].as_str().unwrap().to_owned();
            let (pk, sk) = (key("pk"), key("sk"));
            let is_theirs = pk.contains(tenant) || pk.contains(user);
            if !is_theirs || pk.contains("#USAGE") {
                continue;
            }
            let parts = ["#OUTBOX", "#IDEMPOTENCY", "#EXPORTS"];
            let goes_on = parts.iter().any(|part| pk.contains(part));
            let item = if goes_on { Value::Null } else { item };
            traces.insert(format!("{pk} {sk}"), item);
        }
    }
    traces
}

/// The routes that take a key of somebody whom the product knows.
fn idempotent() -> impl Iterator<Item = Route> {
    let routes = Route::all().into_iter();
    routes.filter(|route| route.idempotent && !route.is_public())
}
