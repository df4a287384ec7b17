//! Who may have a file made, and who may have it.

use super::{PATH, ask, exported, finished, ids, lines, read};
use serde_json::{Value, json};
use tests::{Kind, Person, Role, TestCloud, TestTenant};
use uuid::Uuid;

async fn done(tenant: &TestTenant, by: &Person) -> Value {
    tenant.contact().await;
    let asked = ask(tenant, by, "contacts", json!({})).await;
    let seen = finished(tenant.cloud(), by, &asked.assert_status(201).id()).await;
    seen.last().unwrap().clone()
}

fn id(export: &Value) -> &str {
    export["id"].as_str().unwrap()
}

/// A member with a role of the tenant's own.
async fn give(tenant: &TestTenant, person: &Person, role: &str) {
    let path = format!("/v1/members/{}", person.user_id);
    let change = tenant.cloud().patch(path).as_(&tenant.owner);
    let change = change.json(json!({"role": role}));
    change.await.assert_status(200);
}

#[tokio::test]
async fn an_export_is_there_for_who_has_asked_for_it_alone() {
    let cloud = TestCloud::shared();
    let (acme, globex) = (
        TestTenant::create(cloud, "acme").await,
        TestTenant::create(cloud, "globex").await,
    );
    let export = done(&acme, &acme.owner).await;
    let missing = format!("exp_{}", Uuid::now_v7());
    let colleague = acme.member(Role::Admin).await;
    for other in [&globex.owner, &colleague] {
        let foreign = read(cloud, other, id(&export)).await;
        foreign.assert_problem(Kind::NotFound);
        let missing = read(cloud, other, &missing).await;
        assert_eq!(foreign.without_request_id(), missing.without_request_id());
        let list = cloud.get(PATH).as_(other).await.assert_status(200);
        assert!(list.items().is_empty());
    }
    // A foreign project is as a missing one.
    let foreign = json!({"project_id": globex.project_id});
    let missing = json!({"project_id": format!("prj_{}", Uuid::now_v7())});
    let answers = [
        ask(&acme, &acme.owner, "contacts", foreign).await,
        ask(&acme, &acme.owner, "contacts", missing).await,
    ];
    answers[0].assert_problem(Kind::NotFound);
    assert_eq!(
        answers[0].without_request_id(),
        answers[1].without_request_id()
    );
}

#[tokio::test]
async fn who_loses_sight_of_the_project_loses_sight_of_its_exports() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let manager = tenant.member(Role::Manager).await;
    let export = done(&tenant, &manager).await;
    let project = format!("/v1/projects/{}", tenant.project_id);
    let close = |visibility: &'static str| {
        let change = cloud.patch(&project).as_(&tenant.owner);
        change.json(json!({"visibility": visibility}))
    };
    close("private").await.assert_status(200);
    let gone = read(cloud, &manager, id(&export)).await;
    gone.assert_problem(Kind::NotFound);
    let list = cloud.get(PATH).as_(&manager).await.assert_status(200);
    assert!(list.items().is_empty());
    let again = ask(&tenant, &manager, "contacts", json!({})).await;
    again.assert_problem(Kind::NotFound);
    close("open").await.assert_status(200);
    read(cloud, &manager, id(&export)).await.assert_status(200);
    // Who may not export any more is told so.
    give(&tenant, &manager, "viewer").await;
    let denied = read(cloud, &manager, id(&export)).await;
    denied.assert_problem(Kind::PermissionDenied);
}

#[tokio::test]
async fn a_permission_for_one_collection_or_project_opens_that_alone() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    tenant.contact().await;
    let clerk = tenant
        .member_with(&["projects:read", "contacts:read", "contacts:export"])
        .await;
    assert_eq!(
        exported(&tenant, &clerk, "contacts", json!({})).await.len(),
        1
    );
    let denied = ask(&tenant, &clerk, "deals", json!({})).await;
    denied.assert_problem(Kind::PermissionDenied);
    // A role in the project counts there.
    let viewer = tenant.member(Role::Viewer).await;
    let denied = ask(&tenant, &viewer, "contacts", json!({})).await;
    denied.assert_problem(Kind::PermissionDenied);
    tenant
        .put_in_project(&tenant.project_id, &viewer, "contributor")
        .await;
    assert_eq!(
        exported(&tenant, &viewer, "contacts", json!({}))
            .await
            .len(),
        1
    );
    let elsewhere = json!({"project_id": tenant.project().await});
    let denied = ask(&tenant, &viewer, "contacts", elsewhere).await;
    denied.assert_problem(Kind::PermissionDenied);
}

#[tokio::test]
async fn who_may_export_their_own_gets_no_more() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    tenant.contact().await;
    let permissions = [
        "projects:read",
        "records:read",
        "records:create",
        "records:export:own",
    ];
    let seller = tenant.member_with(&permissions).await;
    let own = [
        tenant.contact_of(&seller).await,
        tenant.contact_of(&seller).await,
    ];
    cloud.settled().await;
    let got = exported(&tenant, &seller, "contacts", json!({})).await;
    assert_eq!(ids(&got), own.clone().into());
    // The small one is no larger.
    let path = format!("{}/export", tenant.records("contacts"));
    let small = cloud.get(path).as_(&seller).await.assert_status(200);
    let text = String::from_utf8(small.bytes).unwrap();
    let small: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(ids(&small), own.into());
    let others = json!({"filter": {"owner_id": tenant.owner.user_id}});
    let denied = ask(&tenant, &seller, "contacts", others).await;
    denied.assert_problem(Kind::PermissionDenied);
    let both = ask(
        &tenant,
        &seller,
        "deals",
        json!({"filter": {"status": "proposal"}}),
    )
    .await;
    both.assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/filter/status"]);

    // What was asked for with a wider permission is closed to a narrower one.
    let manager = tenant.member(Role::Manager).await;
    let wide = done(&tenant, &manager).await;
    let narrow = ask(
        &tenant,
        &manager,
        "contacts",
        json!({"filter": {"owner_id": manager.user_id}}),
    )
    .await;
    let role = tenant.custom_role(&permissions).await;
    give(&tenant, &manager, &role).await;
    let closed = read(cloud, &manager, id(&wide)).await;
    closed.assert_problem(Kind::NotFound);
    let seen = finished(cloud, &manager, &narrow.assert_status(201).id()).await;
    assert!(lines(cloud, seen.last().unwrap()).await.is_empty());
}

#[tokio::test]
async fn notifications_are_exported_by_whom_they_are_for() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let colleague = tenant.member(Role::Admin).await;
    let notification = json!({"title": "Look", "type": "mention"});
    let own = tenant
        .create_record(&tenant.owner, "notifications", notification)
        .await;
    let got = exported(&tenant, &tenant.owner, "notifications", json!({})).await;
    assert_eq!(got, [own]);
    let got = exported(&tenant, &colleague, "notifications", json!({})).await;
    assert!(got.is_empty());
}

#[tokio::test]
async fn a_suspended_tenant_gets_its_records_out() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let contact = tenant.contact().await;
    tenant.set_status("suspended").await;
    let got = exported(&tenant, &tenant.owner, "contacts", json!({})).await;
    assert_eq!(ids(&got), [contact].into());
}

#[tokio::test]
async fn an_archived_project_can_be_exported() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let contact = tenant.contact().await;
    let path = format!("/v1/projects/{}/archive", tenant.project_id);
    let archive = cloud.post(path).as_(&tenant.owner).json(json!({}));
    archive.await.assert_status(200);
    let got = exported(&tenant, &tenant.owner, "contacts", json!({})).await;
    assert_eq!(ids(&got), [contact].into());
}

#[tokio::test]
async fn no_secret_is_in_a_file() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let fields = json!({"provider": "twilio", "account_sid": "AC1", "auth_token": "hush-hush"});
    let made = tenant
        .create_record(&tenant.owner, "telephony-settings", fields)
        .await;
    let got = exported(&tenant, &tenant.owner, "telephony-settings", json!({})).await;
    assert_eq!(got, [made]);
    assert!(!json!(got).to_string().contains("hush-hush"));
}
