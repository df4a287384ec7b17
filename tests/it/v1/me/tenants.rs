//! `GET /v1/me/tenants`

use serde_json::json;
use tests::{Kind, Person, Role, TestCloud, TestTenant, unique};

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

/// `POST /v1/me/tenants`
#[tokio::test]
async fn a_further_tenant_is_ones_own_and_no_other_is_touched() {
    let cloud = TestCloud::shared();
    let acme = TestTenant::create(cloud, "acme").await;
    let slug = format!("second-{}", unique());
    let answer = cloud
        .post("/v1/me/tenants")
        .as_(&acme.owner)
        .json(json!({"name": "Second Ltd", "slug": slug}))
        .await
        .assert_status(201);
    assert_eq!(answer.header("location"), "/v1/me/tenants");
    assert_eq!(
        answer.json,
        json!({"id": answer.id(), "name": "Second Ltd", "slug": slug})
    );
    // The session stays where it is until it is moved.
    let me = cloud.get("/v1/me").as_(&acme.owner).await;
    assert_eq!(me.json["tenant"]["id"], json!(acme.id));
    let moved = cloud
        .post("/v1/auth/switch-tenant")
        .as_(&acme.owner)
        .json(json!({"tenant_id": answer.id()}))
        .await
        .assert_status(200);
    let there = Person::signed_in(&moved, &acme.owner.email);
    let me = cloud.get("/v1/me").as_(&there).await.assert_status(200);
    assert_eq!(me.json["role"], "owner");
    assert_eq!(me.json["tenant"]["slug"], json!(slug));
    assert_eq!(me.json["tenant"]["status"], "trial");
    assert_eq!(me.json["projects"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_further_tenant_needs_a_slug_of_its_own() {
    let cloud = TestCloud::shared();
    let acme = TestTenant::create(cloud, "acme").await;
    let found = async |body| {
        cloud
            .post("/v1/me/tenants")
            .as_(&acme.owner)
            .json(body)
            .await
    };
    found(json!({"name": "Second Ltd", "slug": acme.slug}))
        .await
        .assert_problem(Kind::AlreadyTaken)
        .assert_fields(&["/slug"]);
    found(json!({"name": "", "slug": "a#b"}))
        .await
        .assert_problem(Kind::ValidationFailed);
    let list = cloud.get("/v1/me/tenants").as_(&acme.owner).await;
    assert_eq!(list.items().len(), 1, "{list}");
}

#[tokio::test]
async fn nobody_founds_tenants_without_end() {
    let cloud = TestCloud::shared();
    let acme = TestTenant::create(cloud, "acme").await;
    let found = async || {
        cloud
            .post("/v1/me/tenants")
            .as_(&acme.owner)
            .json(json!({"name": "One more", "slug": format!("more-{}", unique())}))
            .await
    };
    for _ in 0..10 {
        found().await.assert_status(201);
    }
    found().await.assert_problem(Kind::TooManyRequests);
}
