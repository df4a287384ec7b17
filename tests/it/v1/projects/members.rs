//! `/v1/projects/{project_id}/members`

use super::path;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tests::{Answer, Kind, Person, Role, TestCloud, TestTenant};
use uuid::Uuid;

fn entry(project: &str, user: &str) -> String {
    format!("{}/members/{user}", path(project))
}

async fn put(tenant: &TestTenant, by: &Person, user: &str, role: &str) -> Answer {
    let cloud = tenant.cloud();
    cloud
        .put(entry(&tenant.project_id, user))
        .as_(by)
        .json(json!({"role": role}))
        .await
}

/// Who is in the first project, with their role, as this person sees it.
async fn list(tenant: &TestTenant, by: &Person) -> BTreeMap<String, String> {
    let path = format!("{}/members", path(&tenant.project_id));
    let list = tenant.cloud().get(path).as_(by).await.assert_status(200);
    let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
    let items = list.items().iter();
    items
        .map(|item| (text(item, "user_id"), text(item, "role")))
        .collect()
}

#[tokio::test]
async fn members_are_taken_in_changed_and_taken_out() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let (cloud, owner) = (tenant.cloud(), &tenant.owner);
    let viewer = tenant.member(Role::Viewer).await;
    let lead = (owner.user_id.clone(), "lead".to_owned());
    // Whoever signed up leads the first project.
    assert_eq!(list(&tenant, owner).await, BTreeMap::from([lead.clone()]));
    for role in ["reader", "contributor", "contributor", "lead"] {
        let answer = put(&tenant, owner, &viewer.user_id, role)
            .await
            .assert_status(200);
        assert_eq!(
            answer.json,
            json!({"user_id": viewer.user_id, "name": "Some viewer", "role": role, "status": "active"})
        );
        let both = BTreeMap::from([lead.clone(), (viewer.user_id.clone(), role.to_owned())]);
        assert_eq!(list(&tenant, &viewer).await, both);
    }
    let out = cloud
        .delete(entry(&tenant.project_id, &viewer.user_id))
        .as_(owner)
        .await;
    out.assert_status(204);
    assert_eq!(list(&tenant, owner).await, BTreeMap::from([lead]));
    cloud
        .delete(entry(&tenant.project_id, &viewer.user_id))
        .as_(owner)
        .await
        .assert_problem(Kind::NotFound);
}

#[tokio::test]
async fn a_project_role_counts_from_the_next_request() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let cloud = tenant.cloud();
    let viewer = tenant.member(Role::Viewer).await;
    let write = async || {
        cloud
            .post(tenant.records("contacts"))
            .as_(&viewer)
            .json(json!({"name": "Ada"}))
            .await
    };
    write().await.assert_problem(Kind::PermissionDenied);
    put(&tenant, &tenant.owner, &viewer.user_id, "contributor")
        .await
        .assert_status(200);
    let own = write().await.assert_status(201).id();
    let others = tenant.contact().await;
    let delete = async |record: &str| {
        cloud
            .delete(tenant.record("contacts", record))
            .as_(&viewer)
            .await
    };
    // A contributor deletes what is their own.
    delete(&others).await.assert_problem(Kind::PermissionDenied);
    delete(&own).await.assert_status(204);
    put(&tenant, &tenant.owner, &viewer.user_id, "lead")
        .await
        .assert_status(200);
    delete(&others).await.assert_status(204);
    put(&tenant, &tenant.owner, &viewer.user_id, "reader")
        .await
        .assert_status(200);
    write().await.assert_problem(Kind::PermissionDenied);
}

/// Who gives or takes a project role may do in the project whatever that role carries.
#[tokio::test]
async fn nobody_gives_or_takes_more_than_they_may_do_there() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let (cloud, owner) = (tenant.cloud(), &tenant.owner);
    let somebody = tenant.member(Role::Viewer).await;
    let manager = tenant.member(Role::Manager).await;
    for (role, allowed) in [("reader", true), ("contributor", true), ("lead", false)] {
        let answer = put(&tenant, &manager, &somebody.user_id, role).await;
        if allowed {
            answer.assert_status(200);
        } else {
            answer.assert_problem(Kind::PermissionDenied);
        }
    }
    // Not for themselves either, and no lead is put down or out.
    put(&tenant, &manager, &manager.user_id, "lead")
        .await
        .assert_problem(Kind::PermissionDenied);
    put(&tenant, &manager, &owner.user_id, "reader")
        .await
        .assert_problem(Kind::PermissionDenied);
    cloud
        .delete(entry(&tenant.project_id, &owner.user_id))
        .as_(&manager)
        .await
        .assert_problem(Kind::PermissionDenied);
    // As its lead, a viewer may.
    let viewer = tenant.member(Role::Viewer).await;
    put(&tenant, &viewer, &somebody.user_id, "reader")
        .await
        .assert_problem(Kind::PermissionDenied);
    put(&tenant, owner, &viewer.user_id, "lead")
        .await
        .assert_status(200);
    put(&tenant, &viewer, &somebody.user_id, "lead")
        .await
        .assert_status(200);
    // The creator of a project leads it.
    let own = cloud
        .post("/v1/projects")
        .as_(&manager)
        .json(json!({"name": "South"}))
        .await
        .assert_status(201)
        .id();
    cloud
        .put(entry(&own, &somebody.user_id))
        .as_(&manager)
        .json(json!({"role": "lead"}))
        .await
        .assert_status(200);
}

#[tokio::test]
async fn only_those_who_belong_to_the_tenant_get_in() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let other = TestTenant::create(TestCloud::shared(), "globex").await;
    let (cloud, owner) = (tenant.cloud(), &tenant.owner);
    let removed = tenant.member(Role::SalesRep).await;
    assert!(list(&tenant, owner).await.contains_key(&removed.user_id));
    tenant.remove(&removed).await;
    assert!(!list(&tenant, owner).await.contains_key(&removed.user_id));
    let missing = format!("usr_{}", Uuid::now_v7());
    let mut answers = Vec::new();
    for user in [&missing, &removed.user_id, &other.owner.user_id] {
        let put = put(&tenant, owner, user, "reader").await;
        put.assert_problem(Kind::NotFound);
        let delete = cloud
            .delete(entry(&tenant.project_id, user))
            .as_(owner)
            .await;
        delete.assert_problem(Kind::NotFound);
        answers.push((put.without_request_id(), delete.without_request_id()));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));

    let resting = tenant.member(Role::Viewer).await;
    tenant
        .set_member(&resting, "status", json!({"S": "deactivated"}))
        .await;
    put(&tenant, owner, &resting.user_id, "reader")
        .await
        .assert_problem(Kind::Conflict);
    put(&tenant, owner, &owner.user_id, "boss")
        .await
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/role"]);
}

#[tokio::test]
async fn members_leave_an_archived_project_and_none_comes_in() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let (cloud, owner) = (tenant.cloud(), &tenant.owner);
    let seller = tenant.member(Role::SalesRep).await;
    cloud
        .post(format!("{}/archive", path(&tenant.project_id)))
        .as_(owner)
        .await
        .assert_status(200);
    put(&tenant, owner, &seller.user_id, "lead")
        .await
        .assert_problem(Kind::ProjectArchived);
    cloud
        .delete(entry(&tenant.project_id, &seller.user_id))
        .as_(owner)
        .await
        .assert_status(204);
    cloud
        .get(path(&tenant.project_id))
        .as_(&seller)
        .await
        .assert_problem(Kind::NotFound);
}

#[tokio::test]
async fn a_list_of_members_is_read_page_by_page() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let cloud = tenant.cloud();
    let mut expected = vec![tenant.owner.user_id.clone()];
    for _ in 0..3 {
        tenant.member(Role::Viewer).await;
        expected.push(tenant.member(Role::SalesRep).await.user_id);
    }
    let first = format!("{}/members?limit=3", path(&tenant.project_id));
    let (mut seen, mut sizes, mut next) = (Vec::new(), Vec::new(), first.clone());
    loop {
        let page = cloud.get(&next).as_(&tenant.owner).await.assert_status(200);
        sizes.push(page.items().len());
        seen.extend(
            page.items()
                .iter()
                .map(|item| item["user_id"].as_str().unwrap().to_owned()),
        );
        match page.json["next_cursor"].as_str() {
            Some(cursor) => next = format!("{first}&cursor={cursor}"),
            None => break,
        }
    }
    expected.sort();
    assert_eq!((seen, sizes), (expected, vec![3, 1]));
}
