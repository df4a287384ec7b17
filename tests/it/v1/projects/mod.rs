//! `/v1/projects`

mod files;
mod lifecycle;
mod members;
mod purge;
mod records;
mod search;
mod update;
mod visibility;

use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::{Answer, Kind, Role, TestCloud, TestTenant};
use uuid::Uuid;

fn path(project: &str) -> String {
    format!("/v1/projects/{project}")
}

/// The ids in a list.
fn ids(list: &Answer) -> Vec<String> {
    let items = list.items().iter();
    items
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_created_project_is_found_by_its_location() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let manager = tenant.member(Role::Manager).await;
    let created = cloud
        .post("/v1/projects")
        .as_(&manager)
        .json(json!({"name": "  North  "}))
        .await
        .assert_status(201);
    assert_eq!(created.json["name"], "North");
    assert_eq!(created.json["created_by"], json!(manager.user_id));
    let read = cloud
        .get(created.header("location"))
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    assert_eq!(read.json, created.json);
    // Its records can be worked with at once.
    let path = format!("/v1/projects/{}/contacts", created.id());
    cloud
        .post(path)
        .as_(&manager)
        .json(json!({"name": "Ada"}))
        .await
        .assert_status(201);
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    for (body, pointer) in [
        (json!({"name": ""}), "/name"),
        (json!({"name": 7}), "/name"),
        (json!({"name": "x", "tenant_id": tenant.id}), "/tenant_id"),
        (json!({"name": "x", "id": tenant.project_id}), "/id"),
        (json!({"name": "x", "visibility": "x"}), "/visibility"),
        (json!({"name": "x", "description": 7}), "/description"),
    ] {
        let answer = cloud
            .post("/v1/projects")
            .as_(&tenant.owner)
            .json(&body)
            .await;
        answer
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&[pointer]);
    }
}

#[tokio::test]
async fn a_list_is_read_page_by_page() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let mut expected = BTreeSet::from([tenant.project_id.clone()]);
    for _ in 0..4 {
        expected.insert(tenant.project().await);
    }
    let (mut seen, mut pages, mut path) = (BTreeSet::new(), 0, "/v1/projects?limit=2".to_owned());
    loop {
        let page = cloud.get(&path).as_(&tenant.owner).await.assert_status(200);
        assert!(page.items().len() <= 2);
        seen.extend(
            page.items()
                .iter()
                .map(|item| item["id"].as_str().unwrap().to_owned()),
        );
        pages += 1;
        match page.json.get("next_cursor").and_then(Value::as_str) {
            Some(cursor) => path = format!("/v1/projects?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen, expected);
    assert!((3..=4).contains(&pages), "{pages} pages");
    for (query, pointer) in [
        ("limit=0", "?limit"),
        ("limit=101", "?limit"),
        ("limit=x", "?limit"),
        ("limit=1&limit=2", "?limit"),
        ("page=2", "?page"),
    ] {
        let answer = cloud
            .get(format!("/v1/projects?{query}"))
            .as_(&tenant.owner)
            .await;
        answer
            .assert_problem(Kind::InvalidQuery)
            .assert_fields(&[pointer]);
    }
}

#[tokio::test]
async fn a_sales_representative_sees_their_own_projects_only() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let closed = tenant.project().await;
    let seller = tenant.member(Role::SalesRep).await;
    let list = cloud
        .get("/v1/projects")
        .as_(&seller)
        .await
        .assert_status(200);
    assert_eq!(list.items().len(), 1);
    assert_eq!(list.items()[0]["id"], json!(tenant.project_id));
    let missing = format!("prj_{}", Uuid::now_v7());
    for path in ["", "/contacts"] {
        let closed = cloud
            .get(format!("/v1/projects/{closed}{path}"))
            .as_(&seller)
            .await;
        closed.assert_problem(Kind::NotFound);
        let missing = cloud
            .get(format!("/v1/projects/{missing}{path}"))
            .as_(&seller)
            .await;
        assert_eq!(closed.without_request_id(), missing.without_request_id());
    }
}

#[tokio::test]
async fn a_plan_says_how_many_projects_there_may_be() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    tenant.set("TENANT", "plan", json!({"S": "free"})).await;
    let projects = [tenant.project().await, tenant.project().await];
    let create = async || {
        let body = json!({"name": "one more"});
        cloud
            .post("/v1/projects")
            .as_(&tenant.owner)
            .json(body)
            .await
    };
    create().await.assert_problem(Kind::PlanLimit);
    // An archived one counts, a deleted one does not.
    let archive = format!("{}/archive", path(&projects[0]));
    cloud
        .post(archive)
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    create().await.assert_problem(Kind::PlanLimit);
    cloud
        .delete(path(&projects[0]))
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    create().await.assert_status(201);
    create().await.assert_problem(Kind::PlanLimit);
}
