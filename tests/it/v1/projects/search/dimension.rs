//! A project's embeddings have one dimension, and there is an end to their number.

use super::{change, chunk, delete, found, restore, search, set_count, tenant};
use futures::future::join_all;
use serde_json::{Value, json};
use tests::{Answer, Kind, TestTenant};

async fn create(tenant: &TestTenant, embedding: Value) -> Answer {
    let body = json!({"text": "A passage.", "embedding": embedding});
    let request = tenant.cloud().post(tenant.records("chunks"));
    request.as_(&tenant.owner).json(body).await
}

#[tokio::test]
async fn the_first_embedding_fixes_it() {
    let tenant = tenant().await;
    let cloud = tenant.cloud();
    // Before there is one, nothing is found, whatever is asked for.
    assert_eq!(found(&tenant, json!({"embedding": [1]})).await, [""; 0]);
    let id = chunk(&tenant, json!([1, 2, 3])).await;
    let wrong = json!([1, 2]);
    let refused = |answer: Answer, pointer: &str| {
        answer
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&[pointer]);
        let detail = answer.text("/errors/0/detail");
        assert!(
            detail.contains("dimension 2") && detail.contains("have 3"),
            "{detail}"
        );
    };
    refused(create(&tenant, wrong.clone()).await, "/embedding");
    let path = tenant.record("chunks", &id);
    let patch = cloud.patch(path).as_(&tenant.owner);
    refused(patch.json(json!({"embedding": wrong})).await, "/embedding");
    let asked = search(&tenant, &tenant.owner, json!({"embedding": wrong})).await;
    refused(asked, "/embedding");
    let batch = |records: Value| {
        let path = format!("{}/batch", tenant.records("chunks"));
        let request = cloud.post(path).as_(&tenant.owner);
        request.json(json!({"records": records}))
    };
    let records = json!([{"text": "without"}, {"text": "with", "embedding": wrong}]);
    refused(batch(records).await, "/records/1/embedding");
    // Which of two is wrong is not known before they are written.
    let records = json!([{"text": "x", "embedding": wrong}, {"text": "y", "embedding": [1, 2, 3]}]);
    let differ = batch(records).await;
    differ
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/records/1/embedding"]);
    let detail = differ.text("/errors/0/detail");
    assert!(detail.contains("another one of this batch 2"), "{detail}");
    // None of them left anything behind, and it stays fixed when there is none left.
    assert_eq!(
        found(&tenant, json!({"embedding": [1, 2, 3]})).await,
        [id.as_str()]
    );
    delete(&tenant, "chunks", &id).await;
    refused(create(&tenant, wrong).await, "/embedding");
    // Another project has its own.
    let other = tenant.project().await;
    let path = format!("/v1/projects/{other}/chunks");
    let body = json!({"text": "A passage.", "embedding": [1]});
    let elsewhere = cloud.post(path).as_(&tenant.owner).json(body);
    elsewhere.await.assert_status(201);
}

#[tokio::test]
async fn of_first_embeddings_with_different_dimensions_one_wins() {
    for _ in 0..3 {
        let tenant = &tenant().await;
        let creates = (0..8).map(|number| create(tenant, json!(vec![1; 2 + number % 4])));
        let answers = join_all(creates).await;
        let won: Vec<&Answer> = answers
            .iter()
            .filter(|answer| answer.status == 201)
            .collect();
        let dimension = &won[0].json["dimension"];
        assert_eq!(won.len(), 2, "those of the same dimension");
        assert!(
            won.iter()
                .all(|answer| answer.json["dimension"] == *dimension)
        );
        for lost in answers.iter().filter(|answer| answer.status != 201) {
            lost.assert_problem(Kind::ValidationFailed)
                .assert_fields(&["/embedding"]);
        }
        let asked = vec![1; usize::try_from(dimension.as_u64().unwrap()).unwrap()];
        assert_eq!(found(tenant, json!({"embedding": asked})).await.len(), 2);
    }
}

#[tokio::test]
async fn of_writes_at_the_same_moment_each_is_counted() {
    let tenant = &tenant().await;
    chunk(tenant, json!([1, 0])).await;
    let creates = (0..12).map(|number| create(tenant, json!([1, number])));
    let answers = join_all(creates).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    let found = found(tenant, json!({"embedding": [1, 0], "limit": 50})).await;
    assert_eq!(found.len(), made + 1);
    for other in answers.iter().filter(|answer| answer.status != 201) {
        other.assert_problem(Kind::Unavailable);
    }
}

#[tokio::test]
async fn a_project_that_is_full_takes_no_more() {
    let tenant = tenant().await;
    let (first, second) = (
        chunk(&tenant, json!([1, 0])).await,
        chunk(&tenant, json!([0, 1])).await,
    );
    delete(&tenant, "chunks", &second).await;
    set_count(&tenant, 19_999).await;
    let last = create(&tenant, json!([1, 1])).await.assert_status(201).id();
    let refused = create(&tenant, json!([1, 1])).await;
    refused.assert_problem(Kind::VectorLimit);
    restore(&tenant, &second)
        .await
        .assert_problem(Kind::VectorLimit);
    // What is there can be changed, and what has no embedding can be made.
    change(&tenant, &first, json!({"embedding": [-1, 0]})).await;
    let plain = json!({"text": "A passage."});
    tenant.create_record(&tenant.owner, "chunks", plain).await;
    // One goes, and another may come.
    delete(&tenant, "chunks", &last).await;
    restore(&tenant, &second).await.assert_status(200);
}
