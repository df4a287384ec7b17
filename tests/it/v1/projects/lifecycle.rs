//! Archive and deletion: what they do counts from the next request.

use super::{ids, path};
use serde_json::{Value, json};
use tests::{Answer, Kind, Person, Role, TestCloud, TestTenant};
use uuid::Uuid;

async fn post(tenant: &TestTenant, by: &Person, project: &str, what: &str) -> Answer {
    let path = format!("{}/{what}", path(project));
    tenant.cloud().post(path).as_(by).await
}

#[tokio::test]
async fn an_archived_project_can_be_read_only() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let (cloud, owner, project) = (tenant.cloud(), &tenant.owner, &tenant.project_id);
    let contact = tenant.contact().await;
    let archived = post(&tenant, owner, project, "archive")
        .await
        .assert_status(200);
    assert_eq!(
        (&archived.json["status"], &archived.json["version"]),
        (&json!("archived"), &json!(2))
    );
    // A second time changes nothing.
    let again = post(&tenant, owner, project, "archive")
        .await
        .assert_status(200);
    assert_eq!(again.json, archived.json);

    cloud.get(path(project)).as_(owner).await.assert_status(200);
    cloud
        .get(tenant.record("contacts", &contact))
        .as_(owner)
        .await
        .assert_status(200);
    let put = format!("{}/members/{}", path(project), owner.user_id);
    let writes = [
        cloud
            .post(tenant.records("contacts"))
            .json(json!({"name": "Ada"})),
        cloud
            .patch(tenant.record("contacts", &contact))
            .json(json!({"name": "Ada"})),
        cloud.delete(tenant.record("contacts", &contact)),
        cloud.patch(path(project)).json(json!({"name": "North"})),
        cloud.put(put).json(json!({"role": "reader"})),
    ];
    for write in writes {
        write.as_(owner).await.assert_problem(Kind::ProjectArchived);
    }

    let active = post(&tenant, owner, project, "unarchive")
        .await
        .assert_status(200);
    assert_eq!(active.json["status"], "active");
    let again = post(&tenant, owner, project, "unarchive")
        .await
        .assert_status(200);
    assert_eq!(again.json, active.json);
    tenant.contact().await;
}

#[tokio::test]
async fn who_may_not_change_a_project_does_not_archive_it() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    for role in [Role::SalesRep, Role::Viewer] {
        let person = tenant.member(role).await;
        for what in ["archive", "unarchive"] {
            post(&tenant, &person, &tenant.project_id, what)
                .await
                .assert_problem(Kind::PermissionDenied);
        }
    }
}

#[tokio::test]
async fn a_list_can_be_of_one_status() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let (cloud, owner) = (tenant.cloud(), &tenant.owner);
    let mut archived = Vec::new();
    for _ in 0..3 {
        let project = tenant.project().await;
        post(&tenant, owner, &project, "archive")
            .await
            .assert_status(200);
        archived.push(project);
    }
    let list = async |query: &str| {
        cloud
            .get(format!("/v1/projects?{query}"))
            .as_(owner)
            .await
            .assert_status(200)
    };
    assert_eq!(ids(&list("status=archived").await), archived);
    let active = ids(&list("status=active").await);
    assert_eq!(active, std::slice::from_ref(&tenant.project_id));
    assert_eq!(list("limit=100").await.items().len(), 4);
    // The page is full although what comes first is of the other status, and the last one says that it is the last.
    let first = list("status=archived&limit=2").await;
    assert_eq!(ids(&first), archived[..2]);
    let cursor = first.text("/next_cursor");
    let last = list(&format!("status=archived&limit=2&cursor={cursor}")).await;
    assert_eq!(ids(&last), archived[2..]);
    assert_eq!(last.json["next_cursor"], Value::Null);
    // A cursor of one list is none of another.
    cloud
        .get(format!("/v1/projects?status=active&cursor={cursor}"))
        .as_(owner)
        .await
        .assert_problem(Kind::InvalidCursor);
    cloud
        .get("/v1/projects?status=deleted")
        .as_(owner)
        .await
        .assert_problem(Kind::InvalidQuery)
        .assert_fields(&["?status"]);
}

#[tokio::test]
async fn what_is_in_a_deleted_project_is_gone_at_once() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let (cloud, owner, project) = (tenant.cloud(), &tenant.owner, &tenant.project_id);
    let seller = tenant.member(Role::SalesRep).await;
    let contact = tenant.contact().await;
    cloud
        .delete(path(project))
        .as_(owner)
        .await
        .assert_status(204);
    let missing = format!("prj_{}", Uuid::now_v7());
    for person in [owner, &seller] {
        for rest in [
            String::new(),
            "/members".to_owned(),
            "/contacts".to_owned(),
            format!("/contacts/{contact}"),
        ] {
            let deleted = cloud
                .get(format!("{}{rest}", path(project)))
                .as_(person)
                .await;
            deleted.assert_problem(Kind::NotFound);
            let never = cloud
                .get(format!("{}{rest}", path(&missing)))
                .as_(person)
                .await;
            assert_eq!(deleted.without_request_id(), never.without_request_id());
        }
    }
    cloud
        .delete(path(project))
        .as_(owner)
        .await
        .assert_problem(Kind::NotFound);
    let list = cloud
        .get("/v1/projects")
        .as_(owner)
        .await
        .assert_status(200);
    assert!(list.items().is_empty(), "{list}");
    let me = cloud.get("/v1/me").as_(&seller).await.assert_status(200);
    assert_eq!(me.json["projects"], json!([]));
    // It is kept for a while, with those who were in it; their own items name it no more.
    let items = cloud.dump("TenantTable");
    let uuid = project.strip_prefix("prj_").unwrap();
    let kept: Vec<&Value> = items
        .iter()
        .filter(|item| item["sk"]["S"] == format!("DELETED_PROJECT#{uuid}"))
        .collect();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0]["deleted_by"]["S"], json!(owner.user_id));
    assert_eq!(kept[0]["members"]["M"][&seller.user_id]["S"], "reader");
    let ttl: i64 = kept[0]["ttl"]["N"].as_str().unwrap().parse().unwrap();
    let days = (ttl - i64::try_from(tests::now()).unwrap()) / 86_400;
    assert!((29..=30).contains(&days), "{days} days");
    let naming = items.iter().filter(|item| {
        let sort_key = item["sk"]["S"].as_str().unwrap();
        sort_key.starts_with("MEMBER#") && item["project_roles"].to_string().contains(project)
    });
    assert_eq!(naming.count(), 0);
    // There is room for the next.
    let next = tenant.project().await;
    cloud.get(path(&next)).as_(owner).await.assert_status(200);
}

#[tokio::test]
async fn an_archived_project_can_be_deleted() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let project = tenant.project().await;
    let manager = tenant.member(Role::Manager).await;
    post(&tenant, &manager, &project, "archive")
        .await
        .assert_status(200);
    let cloud = tenant.cloud();
    cloud
        .delete(path(&project))
        .as_(&manager)
        .await
        .assert_status(204);
    post(&tenant, &manager, &project, "unarchive")
        .await
        .assert_problem(Kind::NotFound);
}
