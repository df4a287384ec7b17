//! `GET /v1/me/tenants`

use serde_json::json;
use tests::{Role, TestCloud, TestTenant};

#[tokio::test]
async fn lists_ones_tenants_and_says_which_is_the_sessions() {
    let cloud = TestCloud::shared();
    let (acme, globex) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let other = TestTenant::create(cloud, "other").await;
    let person = globex.join(&acme.owner, Role::Manager).await;
    let answer = cloud
        .get("/v1/me/tenants")
        .as_(&person)
        .await
        .assert_status(200);
    let mut found: Vec<_> = answer
        .items()
        .iter()
        .map(|item| (item["tenant_id"].clone(), item["current"].clone()))
        .collect();
    found.sort_by_key(|(id, _)| id.to_string());
    let mut expected = vec![
        (json!(acme.id), json!(false)),
        (json!(globex.id), json!(true)),
    ];
    expected.sort_by_key(|(id, _)| id.to_string());
    assert_eq!(found, expected, "{answer}");
    assert!(!answer.to_string().contains(&other.id));

    let first = cloud
        .get("/v1/me/tenants?limit=1")
        .as_(&person)
        .await
        .assert_status(200);
    assert_eq!(first.items().len(), 1);
    let cursor = first.text("/next_cursor");
    let second = cloud
        .get(format!("/v1/me/tenants?limit=1&cursor={cursor}"))
        .as_(&person)
        .await
        .assert_status(200);
    assert_eq!(second.items().len(), 1);
    assert_ne!(first.items(), second.items());
}
