//! Where searches look through Amazon S3 Vectors: the same is found, a moment later, and IAM keeps tenants apart there too.

use super::{change, chunk, delete, found, restore, search};
use gateway::{DecisionRecord, Fault, FaultError};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tests::{Access, Kind, TestCloud, TestTenant};
use tokio::sync::{Mutex, MutexGuard};

/// More than any client tries.
pub(super) const FOR_LONG: u32 = 100;
/// Longer than a message that failed stays away.
const PAUSE: SignedDuration = SignedDuration::from_secs(181);

/// The cloud whose searches look there, for one test at a time: faults befall whoever calls next.
pub(super) async fn cloud() -> (&'static TestCloud, MutexGuard<'static, ()>) {
    static TURN: Mutex<()> = Mutex::const_new(());
    let turn = TURN.lock().await;
    (TestCloud::indexed(), turn)
}

/// The name of a project's index: the tenant, a dot, and the project in base32.
pub(crate) fn index_of(tenant: &str, project: &str) -> String {
    let project = project.strip_prefix("prj_").unwrap_or(project);
    let number = project.parse::<uuid::Uuid>().unwrap().as_u128();
    let letter = |place: u32| {
        let digit = usize::try_from((number >> (5 * place)) & 31).unwrap();
        char::from(b"abcdefghijklmnopqrstuvwxyz234567"[digit])
    };
    let letters = (0..26).rev().map(letter);
    format!("{tenant}.{}", letters.collect::<String>())
}

/// The chunks in the index of a tenant's first project, with what they are found by; nothing if there is no index.
pub(super) async fn indexed(tenant: &TestTenant) -> Option<BTreeMap<String, Value>> {
    tenant.cloud().settled().await;
    let index = index_of(tenant.uuid(), &tenant.project_id);
    let vectors = tenant.cloud().gateway().vectors(&index)?.into_iter();
    let labels = vectors.map(|(key, vector)| (key, vector["metadata"].clone()));
    Some(labels.collect())
}

/// What failed is tried again.
pub(super) async fn try_again(cloud: &TestCloud) {
    try_again_after(cloud, PAUSE).await;
}

async fn try_again_after(cloud: &TestCloud, pause: SignedDuration) {
    cloud.settled().await;
    cloud.gateway().advance_clock(pause);
    cloud.settled().await;
    cloud.gateway().advance_clock(-pause);
}

/// The operations by which a search got its answer.
pub(super) async fn searched(tenant: &TestTenant, embedding: Value) -> (Vec<String>, Vec<String>) {
    let gateway = tenant.cloud().gateway();
    let log = gateway.last_decision_id();
    let found = found(tenant, json!({"embedding": embedding, "limit": 50})).await;
    let is_search = |call: &&DecisionRecord| {
        let route = call.caller.route.as_deref();
        route.is_some_and(|route| route.ends_with("/search"))
    };
    let made = gateway.decisions_after(log);
    let calls = made.iter().filter(is_search);
    (found, calls.map(|call| call.operation.clone()).collect())
}

pub(super) fn labels(chunks: &[(&str, Value)]) -> Option<BTreeMap<String, Value>> {
    let chunks = chunks.iter();
    let named = chunks.map(|(id, labels)| ((*id).to_owned(), labels.clone()));
    Some(named.collect())
}

#[tokio::test]
async fn what_is_written_is_found_in_the_index() {
    let (cloud, _turn) = cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    let near = chunk(&tenant, json!([1, 0.01])).await;
    let far = chunk(&tenant, json!([-1, 0.5])).await;
    assert_eq!(
        indexed(&tenant).await,
        labels(&[(&near, json!({})), (&far, json!({}))])
    );
    let (ids, calls) = searched(&tenant, json!([1, 0])).await;
    assert_eq!(ids, [near.as_str(), &far]);
    assert!(calls.contains(&"QueryVectors".to_owned()), "{calls:?}");
    assert!(!calls.contains(&"Query".to_owned()), "{calls:?}");

    change(
        &tenant,
        &far,
        json!({"embedding": [1, 0], "source_type": "web"}),
    )
    .await;
    let web = json!({"source_type": "web"});
    assert_eq!(
        indexed(&tenant).await,
        labels(&[(&near, json!({})), (&far, web.clone())])
    );
    assert_eq!(
        searched(&tenant, json!([1, 0])).await.0,
        [far.as_str(), &near]
    );
    let narrowed = json!({"embedding": [1, 0], "filters": web});
    assert_eq!(found(&tenant, narrowed).await, [far.as_str()]);

    delete(&tenant, "chunks", &far).await;
    // At once, though the index may still have it: what is shown comes from the table.
    assert_eq!(searched(&tenant, json!([1, 0])).await.0, [near.as_str()]);
    assert_eq!(indexed(&tenant).await, labels(&[(&near, json!({}))]));
    restore(&tenant, &far).await.assert_status(200);
    assert_eq!(indexed(&tenant).await.map(|all| all.len()), Some(2));
    assert_eq!(
        searched(&tenant, json!([1, 0])).await.0,
        [far.as_str(), &near]
    );
    change(&tenant, &far, json!({"embedding": null})).await;
    assert_eq!(indexed(&tenant).await, labels(&[(&near, json!({}))]));
}

/// A reference that is cleared with what it names is cleared in the index too; two filters hold together; and a search gets more
/// than the index gives at once.
#[tokio::test]
async fn an_index_is_searched_page_by_page_and_narrowed() {
    let (cloud, _turn) = cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    let owner = &tenant.owner;
    let document = tenant
        .create_record(owner, "documents", json!({"title": "Terms"}))
        .await;
    let document = document["id"].as_str().unwrap();
    for batch in 0..3 {
        let chunks: Vec<Value> = (0..25)
            .map(|at| json!({"text": "A passage.", "embedding": [1, f64::from(batch * 25 + at) / 100.0]}))
            .collect();
        let path = format!("{}/batch", tenant.records("chunks"));
        let request = cloud.post(path).as_(owner);
        request
            .json(json!({"records": chunks}))
            .await
            .assert_status(201);
    }
    let named = chunk(&tenant, json!([0, 1])).await;
    let from = json!({"document_id": document, "source_type": "document"});
    change(&tenant, &named, from.clone()).await;
    assert_eq!(indexed(&tenant).await.unwrap()[&named], from);
    assert_eq!(searched(&tenant, json!([1, 0])).await.0.len(), 50);
    let by = async |filters: &Value| {
        found(&tenant, json!({"embedding": [1, 0], "filters": filters})).await
    };
    assert_eq!(by(&from).await, [named.as_str()]);
    let none = json!({"document_id": document, "source_type": "web"});
    assert_eq!(by(&none).await, [""; 0]);
    delete(&tenant, "documents", document).await;
    let without = json!({"source_type": "document"});
    assert_eq!(indexed(&tenant).await.unwrap()[&named], without);
    assert_eq!(by(&without).await, [named.as_str()]);
}

/// While there is no index of all vectors, the table is searched, which has them: nothing is missed meanwhile.
#[tokio::test]
async fn a_project_without_an_index_is_searched_in_the_table_until_it_has_one() {
    let (cloud, _turn) = cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    for operation in ["CreateIndex", "PutVectors"] {
        cloud.inject(operation, FOR_LONG, FaultError::InternalServerError);
    }
    let first = chunk(&tenant, json!([1, 0])).await;
    let second = chunk(&tenant, json!([0, 1])).await;
    let gone = chunk(&tenant, json!([1, 1])).await;
    delete(&tenant, "chunks", &gone).await;
    assert_eq!(indexed(&tenant).await, None);
    let (ids, calls) = searched(&tenant, json!([1, 0])).await;
    assert_eq!(ids, [first.as_str(), &second]);
    assert!(!calls.contains(&"QueryVectors".to_owned()), "{calls:?}");
    cloud.gateway().forget_faults();
    try_again(cloud).await;
    assert_eq!(
        indexed(&tenant).await,
        labels(&[(&first, json!({})), (&second, json!({}))])
    );
    let (ids, calls) = searched(&tenant, json!([1, 0])).await;
    assert_eq!(ids, [first.as_str(), &second]);
    assert!(calls.contains(&"QueryVectors".to_owned()), "{calls:?}");
}

fn fault(operation: &str, times: u32, error: FaultError) -> Fault {
    Fault {
        operation: operation.to_owned(),
        table: None,
        route: None,
        after: 0,
        times,
        error,
    }
}

#[tokio::test]
async fn a_search_says_that_it_can_be_repeated_when_the_index_does_not_answer() {
    let (cloud, _turn) = cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    let id = chunk(&tenant, json!([1, 0])).await;
    cloud.settled().await;
    let body = json!({"embedding": [1, 0]});
    for error in [
        FaultError::ThroughputExceeded,
        FaultError::InternalServerError,
    ] {
        cloud
            .gateway()
            .inject(fault("QueryVectors", FOR_LONG, error));
        let answer = search(&tenant, &tenant.owner, body.clone()).await;
        answer.assert_problem(Kind::Unavailable);
        cloud.gateway().forget_faults();
    }
    assert_eq!(found(&tenant, body).await, [id]);
}

#[tokio::test]
async fn a_tenants_credentials_reach_its_own_indexes_alone() {
    let (cloud, _turn) = cloud().await;
    let acme = TestTenant::create(cloud, "acme").await;
    let globex = TestTenant::create(cloud, "globex").await;
    let mut indexes = Vec::new();
    for tenant in [&acme, &globex] {
        chunk(tenant, json!([1, 0])).await;
        indexes.push(index_of(tenant.uuid(), &tenant.project_id));
    }
    cloud.settled().await;
    let [own, foreign] = &indexes[..] else {
        unreachable!()
    };
    let missing = index_of(globex.uuid(), &acme.project_id);
    for access in [Access::Read, Access::Write, Access::Admin] {
        let credentials = acme.credentials(access);
        let call = async |operation: &str, index: &str| {
            let arn = format!(
                "arn:aws:s3vectors:us-east-1:000000000000:bucket/vectorbucket/index/{index}"
            );
            let body = match operation {
                "QueryVectors" => {
                    json!({"topK": 1, "queryVector": {"float32": [1, 0]}, "indexArn": arn})
                }
                "GetVectors" | "DeleteVectors" => json!({"keys": ["x"], "indexArn": arn}),
                "PutVectors" => {
                    json!({"vectors": [{"key": "x", "data": {"float32": [1, 0]}}], "indexArn": arn})
                }
                _ => json!({"indexArn": arn}),
            };
            cloud.s3vectors(&credentials, operation, body).await
        };
        let got = call("QueryVectors", own).await.ok();
        assert_eq!(got["vectors"].as_array().unwrap().len(), 1);
        let last = cloud.gateway().decisions().pop().unwrap();
        assert_eq!(
            last.statement.as_deref(),
            Some("TenantData/TenantSearchVectors")
        );
        for (operation, index) in [
            ("QueryVectors", foreign),
            ("GetVectors", foreign),
            ("ListVectors", foreign),
            ("GetIndex", foreign),
            ("PutVectors", foreign),
            ("DeleteVectors", foreign),
            ("DeleteIndex", foreign),
            // What is not there is not told from what is another's.
            ("QueryVectors", &missing),
            // Its own are kept by the function that follows the table, and listed by nobody.
            ("PutVectors", own),
            ("DeleteVectors", own),
            ("DeleteIndex", own),
            ("ListVectors", own),
        ] {
            let answer = call(operation, index).await;
            assert_eq!(
                answer.status, 403,
                "{operation} on {index}: {}",
                answer.json
            );
            let last = cloud.gateway().decisions().pop().unwrap();
            let reason = last.reason.unwrap();
            assert!(reason.contains("TenantRole"), "{reason}");
        }
    }
    for (tenant, index) in [(&acme, own), (&globex, foreign)] {
        let vectors = cloud.gateway().vectors(index).unwrap();
        assert_eq!(vectors.len(), 1, "{}", tenant.uuid());
    }
}

#[tokio::test]
async fn the_index_of_a_deleted_project_goes_when_it_can_no_longer_be_put_back() {
    let (cloud, _turn) = cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    chunk(&tenant, json!([1, 0])).await;
    assert!(indexed(&tenant).await.is_some());
    let path = format!("/v1/projects/{}", tenant.project_id);
    cloud
        .delete(path)
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    assert!(indexed(&tenant).await.is_some());
    let project = tenant.project_id.strip_prefix("prj_").unwrap();
    let sort_key = format!("DELETED_PROJECT#{project}");
    tenant.set(&sort_key, "ttl", json!({"N": "1"})).await;
    // It may be gone by itself already.
    cloud.gateway().sweep_expired().unwrap();
    assert_eq!(indexed(&tenant).await, None);
}
