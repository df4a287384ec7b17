//! `POST /v1/auth/switch-tenant`

use serde_json::json;
use tests::{Answer, Kind, Person, Role, TestCloud, TestTenant};
use uuid::Uuid;

async fn switch(person: &Person, tenant_id: &str) -> Answer {
    let body = json!({"tenant_id": tenant_id});
    TestCloud::shared()
        .post("/v1/auth/switch-tenant")
        .as_(person)
        .json(body)
        .await
}

#[tokio::test]
async fn moves_the_session_to_another_of_ones_tenants() {
    let cloud = TestCloud::shared();
    let (acme, globex) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    globex.join(&acme.owner, Role::Viewer).await;
    let before = acme.log_in(&acme.owner).await;
    let after = Person::signed_in(
        &switch(&before, &globex.id).await.assert_status(200),
        &before.email,
    );
    assert_eq!(
        (&after.tenant_id, &after.session_id),
        (&globex.id, &before.session_id)
    );

    let me = cloud.get("/v1/me").as_(&after).await.assert_status(200);
    assert_eq!(
        (&me.json["tenant"]["id"], &me.json["role"]),
        (&json!(globex.id), &json!("viewer"))
    );
    cloud
        .get(globex.records("contacts"))
        .as_(&after)
        .await
        .assert_status(200);
    cloud
        .get(acme.records("contacts"))
        .as_(&after)
        .await
        .assert_problem(Kind::NotFound);
    cloud
        .post(globex.records("contacts"))
        .as_(&after)
        .json(json!({"name": "x"}))
        .await
        .assert_problem(Kind::PermissionDenied);

    // The refresh token goes with the move; the one before opens nothing.
    let old = cloud
        .post("/v1/auth/refresh")
        .json(json!({"refresh_token": before.refresh_token}))
        .await;
    old.assert_problem(Kind::InvalidRefreshToken);
    let renewed = cloud
        .post("/v1/auth/refresh")
        .json(json!({"refresh_token": after.refresh_token}))
        .await;
    assert_eq!(renewed.assert_status(200).text("/tenant_id"), globex.id);
}

#[tokio::test]
async fn foreign_and_missing_tenants_are_alike() {
    let cloud = TestCloud::shared();
    let (acme, globex) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let foreign = switch(&acme.owner, &globex.id).await;
    foreign.assert_problem(Kind::NotFound);
    for other in [
        format!("ten_{}", Uuid::now_v7()),
        "ten_".into(),
        globex.uuid().to_owned(),
        globex.id.to_uppercase(),
    ] {
        let answer = switch(&acme.owner, &other).await;
        assert_eq!(
            answer.without_request_id(),
            foreign.without_request_id(),
            "{other}"
        );
    }
    cloud
        .get("/v1/me")
        .as_(&acme.owner)
        .await
        .assert_status(200);
}
