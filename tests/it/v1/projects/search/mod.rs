//! `POST /v1/projects/{project_id}/search`, and the embeddings of chunks that it looks through.

mod apart;
mod dimension;
mod example;
mod faults;
mod following;
mod indexed;
mod input;
mod kept_in_step;
mod making;
mod provenance;
mod ranking;

pub(super) use indexed::index_of;
use serde_json::{Value, json};
use tests::{Access, Answer, Person, TestCloud, TestTenant};

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

/// The ids of new chunks with these embeddings, up to 25, in their order.
async fn chunks(tenant: &TestTenant, embeddings: impl Iterator<Item = Value>) -> Vec<String> {
    let records = embeddings.map(|embedding| json!({"text": "A passage.", "embedding": embedding}));
    let body = json!({"records": records.collect::<Vec<_>>()});
    let path = format!("{}/batch", tenant.records("chunks"));
    let request = tenant.cloud().post(path).as_(&tenant.owner).json(body);
    let made = request.await.assert_status(201);
    let ids = made
        .items()
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned());
    ids.collect()
}

/// What begins the partition keys of the first project's vectors.
fn vectors_of(tenant: &TestTenant) -> String {
    let project = tenant.project_id.strip_prefix("prj_").unwrap();
    format!("TENANT#{}#PROJECT#{project}#VECTORS", tenant.uuid())
}

/// Sets an attribute of an item of the first project's vectors, as nothing of the product does.
async fn set(tenant: &TestTenant, (pk, sk): (&str, &str), attribute: &str, value: Value) {
    let body = json!({
        "TableName": "TenantTable", "Key": {"pk": {"S": pk}, "sk": {"S": sk}},
        "UpdateExpression": "SET #a = :v", "ConditionExpression": "attribute_exists(pk)",
        "ExpressionAttributeNames": {"#a": attribute}, "ExpressionAttributeValues": {":v": value},
    });
    let credentials = tenant.credentials(Access::Write);
    let set = tenant.cloud().dynamodb(&credentials, "UpdateItem", body);
    set.await.ok();
}

/// As if the project had so many.
async fn set_count(tenant: &TestTenant, count: i64) {
    let count = json!({"N": count.to_string()});
    set(tenant, (&vectors_of(tenant), "VECTORS"), "vectors", count).await;
}
