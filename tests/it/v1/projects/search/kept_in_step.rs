//! Embeddings follow their chunks: what is changed, deleted or restored is found accordingly, at once.

use super::{change, chunk, delete, found, restore, tenant};
use serde_json::{Value, json};
use tests::TestTenant;

fn near(embedding: Value) -> Value {
    json!({"embedding": embedding, "min_score": 0.99})
}

/// What the table has of a project's vectors: the kinds of their keys, and how many are counted.
fn stored(tenant: &TestTenant) -> (Vec<String>, i64) {
    let project = tenant.project_id.strip_prefix("prj_").unwrap();
    let begins = format!("TENANT#{}#PROJECT#{project}#VECTORS", tenant.uuid());
    let items = tenant.cloud().dump("TenantTable").into_iter();
    let own = items.filter(|item| item["pk"]["S"].as_str().unwrap().starts_with(&begins));
    let (mut kinds, mut count) = (Vec::new(), 0);
    for item in own {
        let kind = item["sk"]["S"].as_str().unwrap();
        let kind = kind.split('#').next().unwrap().to_owned();
        if kind == "VECTORS" {
            count = item["vectors"]["N"].as_str().unwrap().parse().unwrap();
            continue;
        }
        let ends = if item.get("ttl").is_some() {
            " that ends"
        } else {
            ""
        };
        kinds.push(format!("{kind}{ends}"));
    }
    kinds.sort();
    (kinds, count)
}

#[tokio::test]
async fn a_deleted_chunk_is_not_found_and_a_restored_one_is() {
    let tenant = tenant().await;
    let (stays, goes) = (
        chunk(&tenant, json!([1, 0.01])).await,
        chunk(&tenant, json!([1, 0])).await,
    );
    let ask = || found(&tenant, near(json!([1, 0])));
    assert_eq!(ask().await, [&goes, &stays].map(String::as_str));
    delete(&tenant, "chunks", &goes).await;
    assert_eq!(ask().await, [stays.as_str()]);
    let (kinds, count) = stored(&tenant);
    assert_eq!(kinds, ["EXACT", "EXACT that ends", "RECORD"]);
    assert_eq!(count, 1);
    let restored = restore(&tenant, &goes).await.assert_status(200);
    assert_eq!(restored.json["dimension"], 2);
    assert_eq!(ask().await, [&goes, &stays].map(String::as_str));
    let (kinds, count) = stored(&tenant);
    assert_eq!(kinds, ["EXACT", "EXACT", "RECORD", "RECORD"]);
    assert_eq!(count, 2);
}

#[tokio::test]
async fn an_embedding_is_changed_taken_away_and_given_later() {
    let tenant = tenant().await;
    let id = chunk(&tenant, json!([1, 0])).await;
    let at = async |embedding| found(&tenant, near(embedding)).await.len();
    // What is no part of it stays in step too.
    change(&tenant, &id, json!({"text": "Another wording."})).await;
    assert_eq!(at(json!([1, 0])).await, 1);
    change(&tenant, &id, json!({"embedding": [0, 1]})).await;
    assert_eq!((at(json!([1, 0])).await, at(json!([0, 1])).await), (0, 1));
    let without = change(&tenant, &id, json!({"embedding": null})).await;
    assert_eq!(without.json.get("dimension"), None);
    assert_eq!(at(json!([0, 1])).await, 0);
    assert_eq!(stored(&tenant), (Vec::new(), 0));
    // To take away what is not there changes nothing.
    change(&tenant, &id, json!({"embedding": null})).await;
    assert_eq!(stored(&tenant), (Vec::new(), 0));
    let with = change(&tenant, &id, json!({"embedding": [1, 1]})).await;
    assert_eq!(with.json["dimension"], 2);
    assert_eq!(at(json!([1, 1])).await, 1);
    assert_eq!(stored(&tenant).1, 1);
}

#[tokio::test]
async fn a_batch_makes_changes_and_deletes_them() {
    let tenant = tenant().await;
    let changed = chunk(&tenant, json!([1, 0])).await;
    let deleted = chunk(&tenant, json!([1, 0])).await;
    let operations = json!({"operations": [
        {"create": {"text": "New.", "embedding": [-1, 0]}},
        {"update": {"id": changed, "fields": {"embedding": [0, 1]}}},
        {"delete": {"id": deleted}},
    ]});
    let path = format!("{}/batch", tenant.records("chunks"));
    let request = tenant.cloud().post(path).as_(&tenant.owner);
    let done = request.json(operations).await.assert_status(201);
    let made = done.text("/items/0/id");
    assert_eq!(found(&tenant, near(json!([1, 0]))).await, [""; 0]);
    assert_eq!(found(&tenant, near(json!([0, 1]))).await, [changed]);
    assert_eq!(found(&tenant, near(json!([-1, 0]))).await, [made]);
    assert_eq!(stored(&tenant).1, 2);
}

#[tokio::test]
async fn a_search_is_narrowed_by_what_the_chunk_is_from() {
    let tenant = tenant().await;
    let owner = &tenant.owner;
    let document = async || {
        let document = tenant.create_record(owner, "documents", json!({"title": "Terms"}));
        document.await["id"].as_str().unwrap().to_owned()
    };
    let (first, second) = (document().await, document().await);
    let file = tenant.file(owner, "terms.pdf").await;
    let id = chunk(&tenant, json!([1, 0])).await;
    let other = chunk(&tenant, json!([1, 0])).await;
    let from = json!({"document_id": first, "file_id": file, "source_type": "document"});
    change(&tenant, &id, from.clone()).await;
    let by = async |filters: Value| {
        found(&tenant, json!({"embedding": [1, 0], "filters": filters})).await
    };
    for filters in [
        json!({"document_id": first}),
        json!({"file_id": file}),
        json!({"source_type": "document"}),
        from,
    ] {
        assert_eq!(by(filters.clone()).await, [id.as_str()], "{filters}");
    }
    assert_eq!(by(json!({})).await.len(), 2);
    let none = json!({"document_id": first, "source_type": "web"});
    assert_eq!(by(none).await, [""; 0]);
    change(&tenant, &id, json!({"document_id": second})).await;
    assert_eq!(by(json!({"document_id": first})).await, [""; 0]);
    assert_eq!(by(json!({"document_id": second})).await, [id.as_str()]);
    // A field that is cleared with what it names is cleared here too.
    delete(&tenant, "documents", &second).await;
    assert_eq!(by(json!({"document_id": second})).await, [""; 0]);
    assert_eq!(by(json!({"file_id": file})).await, [id.as_str()]);
    change(&tenant, &other, json!({"file_id": file})).await;
    change(&tenant, &id, json!({"file_id": null})).await;
    assert_eq!(by(json!({"file_id": file})).await, [other.as_str()]);
}
