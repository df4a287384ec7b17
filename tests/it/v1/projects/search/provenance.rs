//! Queries, the responses to them, and assertions: what each rests on.

use super::{chunk, delete, tenant};
use serde_json::{Value, json};
use tests::{Answer, Kind, TestTenant};
use uuid::Uuid;

fn missing() -> String {
    format!("rec_{}", Uuid::now_v7())
}

async fn post(tenant: &TestTenant, collection: &str, body: Value) -> Answer {
    let request = tenant.cloud().post(tenant.records(collection));
    request.as_(&tenant.owner).json(body).await
}

async fn patch(tenant: &TestTenant, collection: &str, id: &str, body: Value) -> Answer {
    let request = tenant.cloud().patch(tenant.record(collection, id));
    request.as_(&tenant.owner).json(body).await
}

#[tokio::test]
async fn a_response_names_its_query_and_the_chunks_it_rests_on() {
    let tenant = tenant().await;
    let (one, other) = (
        chunk(&tenant, json!([1, 0])).await,
        chunk(&tenant, json!([0, 1])).await,
    );
    let query = post(
        &tenant,
        "queries",
        json!({"text": "How long is the warranty?"}),
    )
    .await;
    let query = query.assert_status(201).id();
    let sources = json!([
        {"chunk_id": one, "quote": "Two years.", "score": 0.91},
        {"chunk_id": other, "title": "Terms", "score": 0.77},
        {"chunk_id": one, "quote": "From delivery."},
    ]);
    let body =
        json!({"query_id": query, "text": "Two years.", "sources": sources, "confidence": 0.9});
    let response = post(&tenant, "responses", body.clone())
        .await
        .assert_status(201);
    assert_eq!(response.json["sources"], sources);
    let stranger = missing();
    for (field, value, pointer) in [
        ("query_id", json!(stranger), "/query_id"),
        ("sources", json!([{"chunk_id": stranger}]), "/sources"),
        // A record of another collection is no chunk.
        (
            "sources",
            json!([{"chunk_id": one}, {"chunk_id": query}]),
            "/sources",
        ),
    ] {
        let mut wrong = body.clone();
        wrong[field] = value.clone();
        post(&tenant, "responses", wrong.clone())
            .await
            .assert_problem(Kind::ReferenceNotFound)
            .assert_fields(&[pointer]);
        let batch = json!({"records": [body, wrong]});
        let path = format!("{}/batch", tenant.records("responses"));
        let batch = tenant.cloud().post(path).as_(&tenant.owner).json(batch);
        batch
            .await
            .assert_problem(Kind::ReferenceNotFound)
            .assert_fields(&[&format!("/records/1{pointer}")]);
        let change = json!({field: value});
        patch(&tenant, "responses", &response.id(), change)
            .await
            .assert_problem(Kind::ReferenceNotFound)
            .assert_fields(&[pointer]);
    }
    let malformed = json!({"sources": [{"chunk_id": "somewhere"}]});
    patch(&tenant, "responses", &response.id(), malformed)
        .await
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/sources/0/chunk_id"]);
    let too_many = json!({"sources": vec![json!({"chunk_id": one}); 51]});
    patch(&tenant, "responses", &response.id(), too_many)
        .await
        .assert_problem(Kind::ValidationFailed);
}

#[tokio::test]
async fn what_it_rests_on_stays_said_when_the_chunk_is_gone() {
    let tenant = tenant().await;
    let chunk = chunk(&tenant, json!([1, 0])).await;
    let query = post(&tenant, "queries", json!({"text": "Why?"})).await.id();
    let sources = json!([{"chunk_id": chunk, "quote": "Because."}]);
    let body = json!({"query_id": query, "text": "Because.", "sources": sources});
    let response = post(&tenant, "responses", body)
        .await
        .assert_status(201)
        .id();
    delete(&tenant, "chunks", &chunk).await;
    let path = tenant.record("responses", &response);
    let read = tenant.cloud().get(&path).as_(&tenant.owner).await;
    assert_eq!(read.json["sources"], sources);
    // It can be changed, deleted and restored, and can't be said anew.
    patch(&tenant, "responses", &response, json!({"text": "So."}))
        .await
        .assert_status(200);
    delete(&tenant, "responses", &response).await;
    let restore = tenant.cloud().post(format!("{path}/restore"));
    let restored = restore.as_(&tenant.owner).await.assert_status(200);
    assert_eq!(restored.json["sources"], sources);
    patch(&tenant, "responses", &response, json!({"sources": sources}))
        .await
        .assert_problem(Kind::ReferenceNotFound)
        .assert_fields(&["/sources"]);
}

#[tokio::test]
async fn another_tenants_chunk_is_no_source() {
    let (acme, globex) = (tenant().await, tenant().await);
    let foreign = chunk(&globex, json!([1, 0])).await;
    let query = post(&acme, "queries", json!({"text": "Whose?"})).await.id();
    let answers = async |id: &str| {
        let source = json!([{"chunk_id": id}]);
        let body = json!({"query_id": query, "text": "x", "sources": source});
        let response = post(&acme, "responses", body).await;
        let body =
            json!({"subject": "x", "predicate": "is", "object": "y", "contradicting": source});
        let assertion = post(&acme, "assertions", body).await;
        (
            response.without_request_id(),
            assertion.without_request_id(),
        )
    };
    let (theirs, nobodys) = (answers(&foreign).await, answers(&missing()).await);
    assert_eq!(theirs, nobodys);
    assert_eq!((theirs.0.0, theirs.1.0), (422, 422));
}

#[tokio::test]
async fn an_assertion_names_what_speaks_for_it_and_what_against() {
    let tenant = tenant().await;
    let (pro, contra) = (
        chunk(&tenant, json!([1, 0])).await,
        chunk(&tenant, json!([0, 1])).await,
    );
    let query = post(&tenant, "queries", json!({"text": "Who pays?"}))
        .await
        .id();
    let response = json!({"query_id": query, "text": "The buyer."});
    let response = post(&tenant, "responses", response).await.id();
    let body = json!({
        "subject": "Buyer", "predicate": "pays", "object": "freight", "response_id": response, "chunk_id": pro,
        "supporting": [{"chunk_id": pro, "quote": "The buyer pays."}],
        "contradicting": [{"chunk_id": contra, "quote": "Free delivery."}], "confidence": 0.6,
    });
    let assertion = post(&tenant, "assertions", body.clone())
        .await
        .assert_status(201);
    assert_eq!(assertion.json["status"], "proposed");
    assert_eq!(assertion.json["contradicting"], body["contradicting"]);
    let change = json!({"status": "disputed"});
    let disputed = patch(&tenant, "assertions", &assertion.id(), change).await;
    disputed.assert_status(200);
    let listed = format!(
        "{}?reference=response_id:{response}",
        tenant.records("assertions")
    );
    let listed = tenant.cloud().get(listed).as_(&tenant.owner).await;
    assert_eq!(listed.items().len(), 1, "{listed}");
}
