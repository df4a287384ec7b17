//! Who sees a project: open and private ones.

use super::{ids, path};
use serde_json::json;
use tests::{Kind, Person, Role, TestCloud, TestTenant};
use uuid::Uuid;

/// Whether somebody sees a project: reads it, its members and its records, and finds it in their list. All or nothing,
/// and nothing in the same bytes as for a project that is not there.
async fn sees(tenant: &TestTenant, person: &Person, project: &str) -> bool {
    let cloud = tenant.cloud();
    let missing = format!("prj_{}", Uuid::now_v7());
    let mut seen = Vec::new();
    for rest in ["", "/members", "/contacts"] {
        let answer = cloud
            .get(format!("{}{rest}", path(project)))
            .as_(person)
            .await;
        if answer.status != 200 {
            let never = cloud
                .get(format!("{}{rest}", path(&missing)))
                .as_(person)
                .await;
            never.assert_problem(Kind::NotFound);
            assert_eq!(answer.without_request_id(), never.without_request_id());
        }
        seen.push(answer.status == 200);
    }
    let list = cloud
        .get("/v1/projects?limit=100")
        .as_(person)
        .await
        .assert_status(200);
    seen.push(ids(&list).contains(&project.to_owned()));
    let me = cloud.get("/v1/me").as_(person).await.assert_status(200);
    seen.push(
        me.json["projects"]
            .as_array()
            .unwrap()
            .contains(&json!(project)),
    );
    assert!(
        seen.iter().all(|one| *one == seen[0]),
        "{}: {seen:?}",
        person.email
    );
    seen[0]
}

#[tokio::test]
async fn each_role_sees_what_it_should() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let cloud = tenant.cloud();
    let open = tenant.project().await;
    let body = json!({"name": "Board", "visibility": "private"});
    let private = cloud
        .post("/v1/projects")
        .as_(&tenant.owner)
        .json(body)
        .await
        .assert_status(201)
        .id();
    for (role, sees_open, sees_private) in [
        (Role::Owner, true, true),
        (Role::Admin, true, true),
        (Role::Manager, true, false),
        (Role::SalesRep, false, false),
        (Role::Viewer, true, false),
    ] {
        let person = tenant.member(role).await;
        assert_eq!(sees(&tenant, &person, &open).await, sees_open, "{role}");
        assert_eq!(
            sees(&tenant, &person, &private).await,
            sees_private,
            "{role}"
        );
        // Whoever is in it sees it, from the next request on; whoever is taken out does not.
        for project in [&open, &private] {
            tenant.put_in_project(project, &person, "reader").await;
            assert!(sees(&tenant, &person, project).await, "{role}");
        }
        let entry = format!("{}/members/{}", path(&private), person.user_id);
        cloud
            .delete(entry)
            .as_(&tenant.owner)
            .await
            .assert_status(204);
        assert_eq!(
            sees(&tenant, &person, &private).await,
            sees_private,
            "{role}"
        );
    }
}

#[tokio::test]
async fn a_project_that_becomes_private_is_closed_at_once() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let cloud = tenant.cloud();
    let project = tenant.project().await;
    let viewer = tenant.member(Role::Viewer).await;
    assert!(sees(&tenant, &viewer, &project).await);
    for (visibility, is_seen) in [("private", false), ("private", false), ("open", true)] {
        let changed = cloud
            .patch(path(&project))
            .as_(&tenant.owner)
            .json(json!({"visibility": visibility}))
            .await
            .assert_status(200);
        assert_eq!(changed.json["visibility"], visibility);
        assert_eq!(
            sees(&tenant, &viewer, &project).await,
            is_seen,
            "{visibility}"
        );
    }
}

#[tokio::test]
async fn pages_are_full_although_some_projects_are_closed() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let cloud = tenant.cloud();
    let viewer = tenant.member(Role::Viewer).await;
    let mut open = vec![tenant.project_id.clone()];
    for number in 0..12 {
        let visibility = if number % 4 == 3 { "open" } else { "private" };
        let body = json!({"name": format!("Project {number}"), "visibility": visibility});
        let project = cloud
            .post("/v1/projects")
            .as_(&tenant.owner)
            .json(body)
            .await
            .assert_status(201)
            .id();
        if visibility == "open" {
            open.push(project);
        }
    }
    let (mut seen, mut sizes, mut path) =
        (Vec::new(), Vec::new(), "/v1/projects?limit=2".to_owned());
    loop {
        let page = cloud.get(&path).as_(&viewer).await.assert_status(200);
        sizes.push(page.items().len());
        seen.extend(ids(&page));
        match page.json["next_cursor"].as_str() {
            Some(cursor) => path = format!("/v1/projects?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!((seen, sizes), (open, vec![2, 2]));
}
