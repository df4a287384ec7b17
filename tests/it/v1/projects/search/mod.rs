//! `POST /v1/projects/{project_id}/search`, and the embeddings of chunks that it looks through.

mod apart;
mod dimension;
mod example;
mod indexed;
mod input;
mod kept_in_step;
mod provenance;
mod ranking;

use serde_json::{Value, json};
use tests::{Answer, Person, TestCloud, TestTenant};

/// Searches the first project.
async fn search(tenant: &TestTenant, by: &Person, body: Value) -> Answer {
    search_in(tenant, &tenant.project_id, by, body).await
}

async fn search_in(tenant: &TestTenant, project: &str, by: &Person, body: Value) -> Answer {
    let path = format!("/v1/projects/{project}/search");
    tenant.cloud().post(path).as_(by).json(body).await
}

/// The ids of what the owner finds in the first project.
async fn found(tenant: &TestTenant, body: Value) -> Vec<String> {
    let answer = search(tenant, &tenant.owner, body).await.assert_status(200);
    let items = answer.items().iter();
    items
        .map(|item| item["chunk"]["id"].as_str().unwrap().to_owned())
        .collect()
}

/// The id of a new chunk with this embedding.
async fn chunk(tenant: &TestTenant, embedding: Value) -> String {
    let fields = json!({"text": "A passage.", "embedding": embedding});
    let chunk = tenant.create_record(&tenant.owner, "chunks", fields).await;
    chunk["id"].as_str().unwrap().to_owned()
}

async fn change(tenant: &TestTenant, id: &str, patch: Value) -> Answer {
    let path = tenant.record("chunks", id);
    let request = tenant.cloud().patch(path).as_(&tenant.owner).json(patch);
    request.await.assert_status(200)
}

async fn delete(tenant: &TestTenant, collection: &str, id: &str) {
    let path = tenant.record(collection, id);
    let request = tenant.cloud().delete(path).as_(&tenant.owner);
    request.await.assert_status(204);
}

async fn restore(tenant: &TestTenant, id: &str) -> Answer {
    let path = tenant.record("chunks", id);
    let request = tenant.cloud().post(format!("{path}/restore"));
    request.as_(&tenant.owner).await
}

async fn tenant() -> TestTenant {
    TestTenant::create(TestCloud::shared(), "acme").await
}
