//! What is no embedding, and what can't be asked for.

use super::{chunk, search, tenant};
use serde_json::{Value, json};
use tests::{Kind, TestTenant};

/// A search that is refused for what stands at this place.
async fn assert_refused(tenant: &TestTenant, body: Value, pointer: &str) {
    let answer = search(tenant, &tenant.owner, body).await;
    answer
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&[pointer]);
}

#[tokio::test]
async fn what_is_no_embedding_is_refused_where_it_stands() {
    let tenant = tenant().await;
    let cloud = tenant.cloud();
    for wrong in [
        json!([]),
        json!([0, 0, 0]),
        json!([1e39]),
        json!([1, 1e300]),
        json!(vec![1; 4097]),
        json!("AAAA"),
        json!(7),
        json!({"0": 1}),
    ] {
        assert_refused(&tenant, json!({"embedding": wrong}), "/embedding").await;
        let body = json!({"text": "A passage.", "embedding": wrong});
        let create = cloud.post(tenant.records("chunks")).as_(&tenant.owner);
        create
            .json(body)
            .await
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&["/embedding"]);
    }
    for wrong in ["\"1\"", "null", "true", "[1]"] {
        let body = format!("{{\"embedding\": [0.5, {wrong}]}}");
        let request = cloud.post(format!("/v1/projects/{}/search", tenant.project_id));
        let answer = request
            .as_(&tenant.owner)
            .body("application/json", body)
            .await;
        answer
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&["/embedding/1"]);
    }
    // JSON has no such numbers.
    for wrong in ["NaN", "Infinity", "-Infinity", "1e999"] {
        let body = format!("{{\"embedding\": [{wrong}]}}");
        let request = cloud.post(format!("/v1/projects/{}/search", tenant.project_id));
        let answer = request
            .as_(&tenant.owner)
            .body("application/json", body)
            .await;
        answer.assert_problem(Kind::MalformedBody);
    }
    search(&tenant, &tenant.owner, json!({}))
        .await
        .assert_problem(Kind::ValidationFailed);
}

#[tokio::test]
async fn other_records_have_no_embedding_and_nobody_writes_the_dimension() {
    let tenant = tenant().await;
    let cloud = tenant.cloud();
    for (collection, field, body) in [
        (
            "contacts",
            "/embedding",
            json!({"name": "Ada", "embedding": [1]}),
        ),
        ("chunks", "/dimension", json!({"text": "x", "dimension": 3})),
    ] {
        let create = cloud.post(tenant.records(collection)).as_(&tenant.owner);
        create
            .json(body)
            .await
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&[field]);
    }
}

#[tokio::test]
async fn what_can_not_be_served_is_refused() {
    let tenant = tenant().await;
    chunk(&tenant, json!([1, 2])).await;
    for (more, pointer) in [
        (json!({"limit": 0}), "/limit"),
        (json!({"limit": 51}), "/limit"),
        (json!({"limit": -1}), "/limit"),
        (json!({"min_score": 1.5}), "/min_score"),
        (json!({"min_score": "high"}), "/min_score"),
        (json!({"filters": {"language": "en"}}), "/filters/language"),
        (
            json!({"filters": {"owner_id": tenant.owner.user_id}}),
            "/filters/owner_id",
        ),
        (
            json!({"filters": {"source_type": "gossip"}}),
            "/filters/source_type",
        ),
        (json!({"filters": {"file_id": "fil_1"}}), "/filters/file_id"),
        (json!({"tenant_id": tenant.id}), "/tenant_id"),
        (json!({"cursor": "x"}), "/cursor"),
    ] {
        let mut body = json!({"embedding": [1, 2]});
        let all = more.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(all);
        assert_refused(&tenant, body, pointer).await;
    }
}

#[tokio::test]
async fn no_answer_shows_an_embedding() {
    let tenant = tenant().await;
    let id = chunk(&tenant, json!([0.125, 0.25])).await;
    let cloud = tenant.cloud();
    let list = tenant.records("chunks");
    for path in [
        tenant.record("chunks", &id),
        list.clone(),
        format!("{list}?sort=updated_at"),
        format!("{list}/export"),
        format!("{list}/export?format=csv"),
    ] {
        let answer = cloud.get(&path).as_(&tenant.owner).await.assert_status(200);
        let text = String::from_utf8_lossy(&answer.bytes).into_owned();
        assert!(text.contains(&id), "{path}: {text}");
        assert!(text.contains("dimension"), "{path}: {text}");
        assert!(!text.contains("embedding"), "{path}: {text}");
        assert!(!text.contains("0.125"), "{path}: {text}");
    }
    let found = search(&tenant, &tenant.owner, json!({"embedding": [1, 2]})).await;
    let chunk = cloud.get(tenant.record("chunks", &id)).as_(&tenant.owner);
    assert_eq!(found.json["items"][0]["chunk"], chunk.await.json);
}
