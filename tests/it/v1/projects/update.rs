//! `PATCH /v1/projects/{project_id}`

use super::path;
use serde_json::{Value, json};
use tests::{Answer, Kind, Role, TestCloud, TestTenant};

async fn patch(tenant: &TestTenant, body: Value) -> Answer {
    let cloud = tenant.cloud();
    cloud
        .patch(path(&tenant.project_id))
        .as_(&tenant.owner)
        .json(body)
        .await
}

#[tokio::test]
async fn a_patch_changes_what_it_names() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let changed = patch(
        &tenant,
        json!({"name": "North", "description": "All of it.\nAnd more."}),
    )
    .await
    .assert_status(200);
    assert_eq!(changed.json["name"], "North");
    assert_eq!(changed.json["description"], "All of it.\nAnd more.");
    assert_eq!(
        (&changed.json["version"], changed.header("etag")),
        (&json!(2), "\"2\"")
    );
    let settings = json!({"settings": {"default_currency": "CHF"}});
    let changed = patch(&tenant, settings).await.assert_status(200);
    assert_eq!(changed.json["settings"], json!({"default_currency": "CHF"}));
    assert_eq!(changed.json["name"], "North");
    let read = tenant
        .cloud()
        .get(path(&tenant.project_id))
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    assert_eq!(
        (read.json.clone(), read.header("etag")),
        (changed.json, "\"3\"")
    );
    // Null takes away what can be taken away.
    let cleared = patch(&tenant, json!({"description": null, "settings": null}))
        .await
        .assert_status(200);
    assert_eq!(cleared.json["description"], "");
    assert_eq!(cleared.json.get("settings"), None);
}

#[tokio::test]
async fn what_does_not_fit_is_named() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    for (body, pointer) in [
        (json!({"name": null}), "/name"),
        (json!({"name": " "}), "/name"),
        (json!({"visibility": null}), "/visibility"),
        (json!({"visibility": "secret"}), "/visibility"),
        (json!({"description": "x".repeat(1001)}), "/description"),
        (
            json!({"settings": {"default_currency": "XXX"}}),
            "/settings/default_currency",
        ),
        (json!({"settings": {"pipeline": "x"}}), "/settings/pipeline"),
        (json!({"status": "archived"}), "/status"),
        (json!({"version": 7}), "/version"),
    ] {
        patch(&tenant, body)
            .await
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&[pointer]);
    }
}

#[tokio::test]
async fn if_match_names_the_version() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let cloud = tenant.cloud();
    let send = async |tag: &str, body: Value| {
        cloud
            .patch(path(&tenant.project_id))
            .as_(&tenant.owner)
            .header("if-match", tag)
            .json(body)
            .await
    };
    for body in [json!({"name": "North"}), json!({"visibility": "private"})] {
        send("\"7\"", body)
            .await
            .assert_problem(Kind::VersionMismatch);
    }
    send("7", json!({"name": "North"}))
        .await
        .assert_problem(Kind::InvalidHeader);
    send("\"1\"", json!({"name": "North"}))
        .await
        .assert_status(200);
    send("\"2\"", json!({"visibility": "private"}))
        .await
        .assert_status(200);
    let stale = cloud
        .delete(path(&tenant.project_id))
        .as_(&tenant.owner)
        .header("if-match", "\"2\"")
        .await;
    stale.assert_problem(Kind::VersionMismatch);
}

/// What somebody may do in a project is their role in the tenant and their role in the project.
#[tokio::test]
async fn a_lead_changes_their_own_project_and_no_other() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let (cloud, other) = (tenant.cloud(), tenant.project().await);
    let viewer = tenant.member(Role::Viewer).await;
    let rename = async |project: &str| {
        cloud
            .patch(path(project))
            .as_(&viewer)
            .json(json!({"name": "Mine"}))
            .await
    };
    rename(&tenant.project_id)
        .await
        .assert_problem(Kind::PermissionDenied);
    tenant
        .put_in_project(&tenant.project_id, &viewer, "contributor")
        .await;
    rename(&tenant.project_id)
        .await
        .assert_problem(Kind::PermissionDenied);
    tenant
        .put_in_project(&tenant.project_id, &viewer, "lead")
        .await;
    rename(&tenant.project_id).await.assert_status(200);
    rename(&other).await.assert_problem(Kind::PermissionDenied);
    // A project's end is the tenant's matter.
    cloud
        .delete(path(&tenant.project_id))
        .as_(&viewer)
        .await
        .assert_problem(Kind::PermissionDenied);
}
