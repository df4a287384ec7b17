//! What follows the table is told of several vectors at once; and a search of an index that is behind.

use super::indexed::{FOR_LONG, cloud, index_of, indexed, searched, try_again};
use super::{chunk, chunks, delete, search, vectors_of};
use gateway::{Fault, FaultError};
use serde_json::{Value, json};
use tests::{TestCloud, TestTenant};

/// A message that tells of a chunk's vector.
fn message(tenant: &TestTenant, id: &str, chunk: &str) -> Value {
    let chunk = chunk.rsplit('_').next().unwrap();
    let shard = chunk.parse::<uuid::Uuid>().unwrap().as_bytes()[15] % 8;
    let pk = format!("{}#{shard}", vectors_of(tenant));
    told(
        id,
        json!({"table": "TenantTable", "pk": pk, "sk": format!("RECORD#{chunk}")}),
    )
}

fn told(id: &str, body: Value) -> Value {
    json!({"messageId": id, "receiptHandle": "none", "body": body.to_string(), "attributes": {"ApproximateReceiveCount": "1"}})
}

/// What the function makes of these messages: the ids of those that are to come again.
async fn settle(cloud: &TestCloud, messages: &[Value]) -> Vec<String> {
    let event = json!({ "Records": messages });
    let answer = cloud.invoke("FilesSettleFunction", &event).await;
    let failures = answer["batchItemFailures"].as_array().unwrap().iter();
    let ids = failures.map(|failure| failure["itemIdentifier"].as_str().unwrap().to_owned());
    ids.collect()
}

#[tokio::test]
async fn what_is_told_of_one_project_at_once_is_done_and_fails_together() {
    let (cloud, _turn) = cloud().await;
    let acme = TestTenant::create(cloud, "acme").await;
    let globex = TestTenant::create(cloud, "globex").await;
    let ids = chunks(&acme, (0..3).map(|at| json!([1, at]))).await;
    let other = chunk(&globex, json!([1, 0])).await;
    assert_eq!(indexed(&acme).await.map(|all| all.len()), Some(3));
    assert_eq!(indexed(&globex).await.map(|all| all.len()), Some(1));
    let messages = [
        message(&acme, "1", &ids[0]),
        message(&globex, "2", &other),
        message(&acme, "3", &ids[1]),
        told("4", json!("nothing")),
        // Two messages tell of one vector, which an index takes once in a call.
        message(&acme, "5", &ids[2]),
        message(&acme, "6", &ids[2]),
    ];
    let log = cloud.gateway().last_decision_id();
    assert_eq!(settle(cloud, &messages).await, ["4"]);
    let calls = cloud.gateway().decisions_after(log);
    let count = |operation: &str, of: &str| {
        let calls = calls.iter().filter(|call| {
            let mut touched = call.resources.iter().chain(&call.leading_keys);
            call.operation == operation && touched.any(|name| name.contains(of))
        });
        calls.count()
    };
    for tenant in [&acme, &globex] {
        let index = index_of(tenant.uuid(), &tenant.project_id);
        let all = vectors_of(tenant);
        let made = [count("GetItem", &all), count("PutVectors", &index)];
        assert_eq!(made, [1, 1], "{}: {calls:?}", tenant.name);
    }

    cloud.gateway().inject(Fault {
        operation: "PutVectors".to_owned(),
        table: Some(index_of(acme.uuid(), &acme.project_id)),
        route: None,
        after: 0,
        times: FOR_LONG,
        error: FaultError::InternalServerError,
    });
    let mut failed = settle(cloud, &messages).await;
    cloud.gateway().forget_faults();
    failed.sort();
    assert_eq!(failed, ["1", "3", "4", "5", "6"]);
}

#[tokio::test]
async fn an_index_that_gives_what_is_gone_is_asked_once_more() {
    let (cloud, _turn) = cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    let near = chunks(&tenant, (0..20).map(|at| json!([1, f64::from(at) / 100.0]))).await;
    let far = chunks(&tenant, (0..10).map(|at| json!([1, 1 + at]))).await;
    assert_eq!(indexed(&tenant).await.map(|all| all.len()), Some(30));
    let ask = async || {
        let log = cloud.gateway().last_decision_id();
        let body = json!({"embedding": [1, 0], "limit": 5});
        let answer = search(&tenant, &tenant.owner, body)
            .await
            .assert_status(200);
        let ids = answer.items().iter();
        let ids = ids.map(|item| item["chunk"]["id"].as_str().unwrap().to_owned());
        let calls = cloud.gateway().decisions_after(log).into_iter();
        let asked = calls.filter(|call| call.operation == "QueryVectors");
        (ids.collect::<Vec<_>>(), asked.count())
    };
    assert_eq!(ask().await, (near[..5].to_vec(), 1));
    // The index still has what is deleted.
    cloud.gateway().inject(Fault {
        operation: "DeleteVectors".to_owned(),
        table: Some(index_of(tenant.uuid(), &tenant.project_id)),
        route: None,
        after: 0,
        times: FOR_LONG,
        error: FaultError::InternalServerError,
    });
    for id in &near {
        delete(&tenant, "chunks", id).await;
    }
    assert_eq!(indexed(&tenant).await.map(|all| all.len()), Some(30));
    // It gives twenty for five, and each of them is gone.
    assert_eq!(ask().await, (far[..5].to_vec(), 2));
    cloud.gateway().forget_faults();
    try_again(cloud).await;
    assert_eq!(indexed(&tenant).await.map(|all| all.len()), Some(10));
    assert_eq!(ask().await, (far[..5].to_vec(), 1));
    let (all, _) = searched(&tenant, json!([1, 0])).await;
    assert_eq!(all, far);
}
