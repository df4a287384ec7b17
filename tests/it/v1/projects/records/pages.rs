//! Lists of many records, while others come and go.

use super::tenant;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tests::{TestCloud, TestTenant};

/// Creates records and gives their ids.
async fn create(tenant: &TestTenant, batches: usize, fields: &Value) -> Vec<String> {
    let mut ids = Vec::new();
    for _ in 0..batches {
        let path = format!("{}/batch", tenant.records("contacts"));
        let records: Vec<&Value> = vec![fields; 25];
        let batch = tenant
            .cloud()
            .post(path)
            .as_(&tenant.owner)
            .json(json!({"records": records}));
        let created = batch.await.assert_status(201);
        ids.extend(
            created
                .items()
                .iter()
                .map(|item| item["id"].as_str().unwrap().to_owned()),
        );
    }
    ids
}

/// All pages of a list, with how often each record is in them.
async fn read(tenant: &TestTenant, query: &str) -> BTreeMap<String, usize> {
    let (mut seen, mut cursor) = (BTreeMap::new(), String::new());
    loop {
        let path = format!("{}?limit=17&{query}{cursor}", tenant.records("contacts"));
        let page = tenant
            .cloud()
            .get(path)
            .as_(&tenant.owner)
            .await
            .assert_status(200);
        for item in page.items() {
            *seen
                .entry(item["id"].as_str().unwrap().to_owned())
                .or_default() += 1;
        }
        match page.json["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return seen,
        }
    }
}

#[tokio::test]
async fn pages_are_complete_while_others_insert_and_delete() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let account = tenant.account().await;
    let fields = json!({"name": "Ada Lovelace", "stage": "lead", "account_id": account});
    let stay = create(&tenant, 10, &fields).await;
    let go = create(&tenant, 3, &fields).await;
    let owner = format!("owner_id={}", tenant.owner.user_id);
    let reference = format!("reference=account_id:{account}");
    let queries = [
        "",
        "sort=created_at",
        "sort=updated_at",
        "sort=-updated_at",
        "status=lead",
        "name_prefix=ada",
        &owner,
        &reference,
    ];
    let readers = async {
        let lists = queries.iter().map(|query| read(&tenant, query));
        futures::future::join_all(lists).await
    };
    let deleter = async {
        for id in &go {
            cloud
                .delete(tenant.record("contacts", id))
                .as_(&tenant.owner)
                .await
                .assert_status(204);
        }
    };
    let (lists, _, come) = tokio::join!(readers, deleter, create(&tenant, 3, &fields));
    for (query, seen) in queries.iter().zip(lists) {
        for id in &stay {
            assert_eq!(seen.get(id), Some(&1), "?{query}: {id}");
        }
        assert!(seen.values().all(|times| *times == 1), "?{query}");
        let known = |id: &String| stay.contains(id) || go.contains(id) || come.contains(id);
        assert!(seen.keys().all(known), "?{query}");
    }
    // Afterwards every list is exactly what there is.
    for query in queries {
        let seen = read(&tenant, query).await;
        let there = |id: &String| stay.contains(id) || come.contains(id);
        assert_eq!(seen.len(), stay.len() + come.len(), "?{query}");
        assert!(seen.keys().all(there), "?{query}");
    }
}
