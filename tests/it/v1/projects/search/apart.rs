//! Nobody finds what is not theirs, however near it is.

use super::{chunk, search, search_in};
use serde_json::json;
use tests::{Kind, Role, TestCloud, TestTenant, unique};
use uuid::Uuid;

#[tokio::test]
async fn the_same_embedding_in_another_tenant_or_project_is_not_found() {
    let cloud = TestCloud::shared();
    let acme = TestTenant::create(cloud, "acme").await;
    let globex = TestTenant::create(cloud, "globex").await;
    let second = acme.project().await;
    let embedding = json!([0.3, -0.2, 0.9]);
    let mut own = Vec::new();
    for tenant in [&acme, &globex] {
        own.push(chunk(tenant, embedding.clone()).await);
    }
    let body = json!({"text": "Elsewhere.", "embedding": embedding});
    let path = format!("/v1/projects/{second}/chunks");
    let elsewhere = cloud.post(path).as_(&acme.owner).json(body).await;
    let elsewhere = elsewhere.assert_status(201).id();
    let asked = json!({"embedding": embedding, "limit": 50});
    for (tenant, project, only) in [
        (&acme, &acme.project_id, &own[0]),
        (&acme, &second, &elsewhere),
        (&globex, &globex.project_id, &own[1]),
    ] {
        let answer = search_in(tenant, project, &tenant.owner, asked.clone()).await;
        let answer = answer.assert_status(200);
        assert_eq!(answer.items().len(), 1, "{answer}");
        assert_eq!(answer.text("/items/0/chunk/id"), *only);
        assert_eq!(answer.text("/items/0/chunk/project_id"), *project);
    }
}

#[tokio::test]
async fn a_foreign_project_and_a_missing_one_answer_alike() {
    let cloud = TestCloud::shared();
    let acme = TestTenant::create(cloud, "acme").await;
    let globex = TestTenant::create(cloud, "globex").await;
    chunk(&acme, json!([1, 2])).await;
    let missing = format!("prj_{}", Uuid::now_v7());
    for body in [
        json!({"embedding": [1, 2]}),
        json!({"embedding": [1, 2, 3]}),
    ] {
        let foreign = search_in(&globex, &acme.project_id, &globex.owner, body.clone()).await;
        foreign.assert_problem(Kind::NotFound);
        let nowhere = search_in(&globex, &missing, &globex.owner, body).await;
        assert_eq!(foreign.without_request_id(), nowhere.without_request_id());
    }
}

#[tokio::test]
async fn who_may_read_chunks_may_search() {
    let cloud = TestCloud::shared();
    let acme = TestTenant::create(cloud, "acme").await;
    let chunk = chunk(&acme, json!([1, 2])).await;
    let body = json!({"embedding": [1, 2]});
    for role in [Role::Admin, Role::Manager, Role::SalesRep, Role::Viewer] {
        let person = acme.member(role).await;
        let answer = search(&acme, &person, body.clone())
            .await
            .assert_status(200);
        assert_eq!(answer.text("/items/0/chunk/id"), chunk, "{role}");
    }
    for (permissions, status) in [
        (["chunks:read", "projects:read"], 200),
        (["contacts:read", "projects:read"], 403),
    ] {
        let custom = acme.custom_role(&permissions).await;
        let address = format!("custom-{}@customer.example", unique());
        let invited = json!({"email": address, "role": custom, "send_email": false});
        let invited = cloud.post("/v1/invitations").as_(&acme.owner).json(invited);
        let link = invited.await.assert_status(201).text("/invitation_link");
        let token = link.rsplit_once("token=").unwrap().1;
        let accept = json!({"token": token, "name": "Cas", "password": tests::PASSWORD});
        let accepted = cloud.post("/v1/invitations/accept").json(accept).await;
        let person = tests::Person::signed_in(&accepted, &address);
        let answer = search(&acme, &person, body.clone()).await;
        assert_eq!(answer.status, status, "{permissions:?}: {answer}");
    }
}

#[tokio::test]
async fn who_is_not_in_a_private_project_does_not_search_it() {
    let cloud = TestCloud::shared();
    let acme = TestTenant::create(cloud, "acme").await;
    chunk(&acme, json!([1, 2])).await;
    let viewer = acme.member(Role::Viewer).await;
    let path = format!("/v1/projects/{}", acme.project_id);
    let close = cloud.patch(path).as_(&acme.owner);
    let closed = close.json(json!({"visibility": "private"})).await;
    closed.assert_status(200);
    let answer = search(&acme, &viewer, json!({"embedding": [1, 2]})).await;
    answer.assert_problem(Kind::NotFound);
}

#[tokio::test]
async fn whose_chunks_they_are_does_not_matter_for_reading() {
    let acme = TestTenant::create(TestCloud::shared(), "acme").await;
    let seller = acme.member(Role::SalesRep).await;
    let fields = json!({"text": "Mine.", "embedding": [1, 2]});
    let own = acme.create_record(&seller, "chunks", fields).await;
    let foreign = chunk(&acme, json!([1, 2])).await;
    // A sales representative changes what is theirs alone, and reads what there is, as in lists.
    let answer = search(&acme, &seller, json!({"embedding": [1, 2]})).await;
    assert_eq!(answer.items().len(), 2, "{answer}");
    let change = |id: &str| {
        let path = acme.record("chunks", id);
        let request = acme.cloud().patch(path).as_(&seller);
        request.json(json!({"embedding": [2, 1]}))
    };
    change(&foreign)
        .await
        .assert_problem(Kind::PermissionDenied);
    change(own["id"].as_str().unwrap()).await.assert_status(200);
}
