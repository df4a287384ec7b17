//! How a project comes to have an index: from so many vectors on, in as many runs as it takes, and what it may have until then.

use super::indexed::{FOR_LONG, index_of, indexed, labels, searched, try_again};
use super::{change, chunk, chunks, delete, set, set_count, vectors_of};
use gateway::{DecisionRecord, Fault, FaultError};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tests::{Kind, TestCloud, TestTenant};
use tokio::sync::{Mutex, MutexGuard};

/// One vector fewer than a project has an index from here.
const FEWER: usize = 19;

/// The cloud whose projects have an index from the twentieth vector on, for one test at a time: the clock is everybody's.
async fn cloud() -> (&'static TestCloud, MutexGuard<'static, ()>) {
    static TURN: Mutex<()> = Mutex::const_new(());
    let turn = TURN.lock().await;
    (TestCloud::indexed_late(), turn)
}

/// As many vectors as need no index, all of which has been dealt with.
async fn fewer(tenant: &TestTenant) -> Vec<String> {
    let ids = chunks(tenant, (1..=FEWER).map(|at| json!([1, at]))).await;
    assert_eq!(indexed(tenant).await, None);
    ids
}

/// What is said of all the vectors.
pub(super) fn said(tenant: &TestTenant) -> Value {
    let pk = vectors_of(tenant);
    let mut items = tenant.cloud().dump("TenantTable").into_iter();
    items.find(|item| item["pk"]["S"] == pk.as_str()).unwrap()
}

/// In which of the eight partitions a chunk's vector lies.
fn shard(id: &str) -> u8 {
    let id: uuid::Uuid = id.rsplit('_').next().unwrap().parse().unwrap();
    id.as_bytes()[15] % 8
}

/// The keys of a chunk's vector.
fn keys(tenant: &TestTenant, id: &str) -> (String, String) {
    let pk = format!("{}#{}", vectors_of(tenant), shard(id));
    (pk, format!("RECORD#{}", id.rsplit('_').next().unwrap()))
}

fn without_labels(ids: &[&String]) -> Option<BTreeMap<String, Value>> {
    let chunks: Vec<(&str, Value)> = ids.iter().map(|id| (id.as_str(), json!({}))).collect();
    labels(&chunks)
}

/// The calls of the function that follows the table, after this decision.
fn calls(tenant: &TestTenant, after: u64) -> Vec<DecisionRecord> {
    let made = tenant.cloud().gateway().decisions_after(after).into_iter();
    made.filter(|call| {
        let function = call.caller.function.as_deref();
        function.is_some_and(|name| name.contains("FilesSettle"))
    })
    .collect()
}

#[tokio::test]
async fn a_project_has_an_index_from_so_many_vectors_on_and_keeps_it() {
    let (cloud, _turn) = cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    let mut ids = fewer(&tenant).await;
    let (found, operations) = searched(&tenant, json!([1, 0])).await;
    assert_eq!(found, ids);
    assert!(
        !operations.contains(&"QueryVectors".to_owned()),
        "{operations:?}"
    );
    ids.push(chunk(&tenant, json!([1, 20])).await);
    let all: Vec<&String> = ids.iter().collect();
    assert_eq!(indexed(&tenant).await, without_labels(&all));
    let by_index = async |expected: &[String]| {
        let (found, operations) = searched(&tenant, json!([1, 0])).await;
        assert_eq!(found, expected);
        assert!(
            operations.contains(&"QueryVectors".to_owned()),
            "{operations:?}"
        );
    };
    by_index(&ids).await;
    // Fewer again, it is followed and searched as before.
    for id in ids.drain(..2).collect::<Vec<_>>() {
        delete(&tenant, "chunks", &id).await;
    }
    let left: Vec<&String> = ids.iter().collect();
    assert_eq!(indexed(&tenant).await, without_labels(&left));
    by_index(&ids).await;
}

/// One vector can't be indexed: what is in the partitions before it is done once, and what changes meanwhile is followed.
#[tokio::test]
async fn an_index_whose_making_is_interrupted_is_gone_on_with() {
    let (cloud, _turn) = cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    let mut ids = fewer(&tenant).await;
    let damaged = ids.iter().max_by_key(|id| shard(id)).unwrap().clone();
    let (pk, sk) = keys(&tenant, &damaged);
    let is_it = |item: &Value| item["pk"]["S"] == pk.as_str() && item["sk"]["S"] == sk.as_str();
    let whole = cloud.dump("TenantTable").into_iter().find(is_it).unwrap();
    set(&tenant, (&pk, &sk), "vector", json!({"B": "AA=="})).await;
    cloud.settled().await;
    ids.push(chunk(&tenant, json!([1, 20])).await);
    let before: Vec<&String> = (ids.iter())
        .filter(|id| shard(id) < shard(&damaged))
        .collect();
    let [changed, gone, ..] = &before[..] else {
        panic!("all lie in one partition: {ids:?}")
    };
    assert_eq!(indexed(&tenant).await, without_labels(&before));
    let building = said(&tenant)["building"]["M"].clone();
    let reached = &building["from"]["M"]["shard"]["N"];
    assert_eq!(*reached, shard(&damaged).to_string(), "{building}");
    assert_eq!(building["until"]["N"], "0", "the lease is given back");
    assert_eq!(said(&tenant).get("indexed"), None);

    let web = json!({"source_type": "web"});
    change(&tenant, changed, web.clone()).await;
    delete(&tenant, "chunks", gone).await;
    let followed = before.iter().filter(|id| *id != gone).map(|id| {
        let label = if id == changed {
            web.clone()
        } else {
            json!({})
        };
        (id.as_str(), label)
    });
    let followed: Vec<(&str, Value)> = followed.collect();
    assert_eq!(indexed(&tenant).await, labels(&followed));

    let log = cloud.gateway().last_decision_id();
    set(&tenant, (&pk, &sk), "vector", whole["vector"].clone()).await;
    let all = ids.iter().filter(|id| id != gone).map(|id| {
        let label = if id == *changed {
            web.clone()
        } else {
            json!({})
        };
        (id.as_str(), label)
    });
    let all: Vec<(&str, Value)> = all.collect();
    assert_eq!(indexed(&tenant).await, labels(&all));
    let calls = calls(&tenant, log);
    let of = |operation: &'static str| calls.iter().filter(move |call| call.operation == operation);
    let read: Vec<u8> = of("Query")
        .flat_map(|call| &call.leading_keys)
        .map(|key| key.rsplit('#').next().unwrap().parse().unwrap())
        .collect();
    let expected: Vec<u8> = (shard(&damaged)..8).collect();
    assert_eq!(read, expected, "the partitions before are not read again");
    assert_eq!(of("CreateIndex").count(), 0);
    let said = said(&tenant);
    assert_eq!((said.get("building"), said.get("gone")), (None, None));
    let (_, operations) = searched(&tenant, json!([1, 0])).await;
    assert!(
        operations.contains(&"QueryVectors".to_owned()),
        "{operations:?}"
    );
    // The messages that failed come again, and change nothing.
    try_again(cloud).await;
    assert_eq!(indexed(&tenant).await, labels(&all));
}

/// A run that ends in good time wakes the next one. No message has failed, so none waits for the clock.
#[tokio::test]
async fn what_does_not_fit_into_one_run_is_done_by_the_next() {
    let (cloud, _turn) = cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    let mut ids = fewer(&tenant).await;
    let log = cloud.gateway().last_decision_id();
    // Eight seconds each, until the client gives up: more than a run begins a page after.
    cloud.gateway().inject(Fault {
        operation: "PutVectors".to_owned(),
        table: Some(index_of(tenant.uuid(), &tenant.project_id)),
        route: None,
        after: 0,
        times: 2,
        error: FaultError::NoReply,
    });
    ids.push(chunk(&tenant, json!([1, 20])).await);
    cloud.unanswered(log).await;
    let all: Vec<&String> = ids.iter().collect();
    assert_eq!(indexed(&tenant).await, without_labels(&all));
    let said = said(&tenant);
    assert_eq!(said["step"]["N"], "1", "one run has left something: {said}");
    assert!(said.get("indexed").is_some(), "{said}");
    let calls = calls(&tenant, log);
    let made = calls.iter().filter(|call| call.operation == "CreateIndex");
    assert_eq!(made.count(), 1, "the next has not begun anew");
}

#[tokio::test]
async fn until_the_index_is_whole_a_project_has_as_many_as_the_table_can_search() {
    let (cloud, _turn) = super::indexed::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    cloud.gateway().inject(Fault {
        operation: "CreateIndex".to_owned(),
        table: Some(index_of(tenant.uuid(), &tenant.project_id)),
        route: None,
        after: 0,
        times: FOR_LONG,
        error: FaultError::InternalServerError,
    });
    let create = async || {
        let body = json!({"text": "A passage.", "embedding": [1, 0]});
        let request = cloud.post(tenant.records("chunks")).as_(&tenant.owner);
        request.json(body).await
    };
    create().await.assert_status(201);
    set_count(&tenant, 19_999).await;
    create().await.assert_status(201);
    create().await.assert_problem(Kind::VectorLimit);
    assert_eq!(indexed(&tenant).await, None);
    cloud.gateway().forget_faults();
    try_again(cloud).await;
    assert_eq!(indexed(&tenant).await.map(|all| all.len()), Some(2));
    create().await.assert_status(201);
    assert_eq!(said(&tenant)["vectors"]["N"], "20001");
    set_count(&tenant, 1_999_999_999).await;
    create().await.assert_status(201);
    create().await.assert_problem(Kind::VectorLimit);
    // An index in another bucket is none of this one's.
    cloud.settled().await;
    let other = json!({"S": "another bucket"});
    set(&tenant, (&vectors_of(&tenant), "VECTORS"), "indexed", other).await;
    set_count(&tenant, 20_000).await;
    create().await.assert_problem(Kind::VectorLimit);
}
