//! `PATCH /v1/projects/{project_id}/{collection}/{record_id}`

use super::tenant;
use serde_json::json;
use tests::{Kind, Role, TestCloud};

#[tokio::test]
async fn a_merge_patch_sets_keeps_and_removes() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let fields = json!({"name": "Ada", "email": "ada@example.com", "notes": "first"});
    let created = tenant
        .create_record(&tenant.owner, "contacts", fields)
        .await;
    let path = tenant.record("contacts", created["id"].as_str().unwrap());
    let manager = tenant.member(Role::Manager).await;
    let patch = json!({"notes": "second", "email": null, "job_title": "Countess"});
    let request = cloud
        .patch(&path)
        .as_(&manager)
        .body("application/merge-patch+json", patch.to_string());
    let changed = request.await.assert_status(200);
    assert_eq!(changed.header("etag"), "\"2\"");
    assert_eq!(changed.json["version"], 2);
    assert_eq!(
        (
            &changed.json["name"],
            &changed.json["notes"],
            &changed.json["job_title"]
        ),
        (&json!("Ada"), &json!("second"), &json!("Countess"))
    );
    assert!(changed.json.get("email").is_none());
    assert_eq!(changed.json["updated_by"], json!(manager.user_id));
    assert_eq!(changed.json["created_by"], json!(tenant.owner.user_id));
    assert!(changed.json["updated_at"].as_str() >= changed.json["created_at"].as_str());
    let read = cloud.get(&path).as_(&tenant.owner).await.assert_status(200);
    assert_eq!(read.json, changed.json);

    let wrong = cloud
        .patch(&path)
        .as_(&tenant.owner)
        .json(json!({"name": null, "version": 9, "email": 7}))
        .await;
    wrong
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/name", "/version", "/email"]);
}

#[tokio::test]
async fn if_match_holds_the_version() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let path = tenant.record("contacts", &tenant.contact().await);
    let patch = |version: &str, name: &str| {
        cloud
            .patch(&path)
            .as_(&tenant.owner)
            .header("if-match", version)
            .json(json!({"name": name}))
    };
    patch("\"1\"", "second").await.assert_status(200);
    patch("\"1\"", "lost update")
        .await
        .assert_problem(Kind::VersionMismatch);
    patch("\"2\"", "third").await.assert_status(200);
    for odd in ["2", "*", "W/\"3\"", "\"x\"", "\"3\", \"4\"", "\"-1\""] {
        patch(odd, "odd")
            .await
            .assert_problem(Kind::InvalidHeader)
            .assert_fields(&["If-Match"]);
    }
    let stale = cloud
        .delete(&path)
        .as_(&tenant.owner)
        .header("if-match", "\"1\"")
        .await;
    stale.assert_problem(Kind::VersionMismatch);
    let read = cloud.get(&path).as_(&tenant.owner).await.assert_status(200);
    assert_eq!(
        (&read.json["name"], &read.json["version"]),
        (&json!("third"), &json!(3))
    );
    cloud
        .delete(&path)
        .as_(&tenant.owner)
        .header("if-match", "\"3\"")
        .await
        .assert_status(204);
    patch("\"3\"", "gone").await.assert_problem(Kind::NotFound);
}

#[tokio::test]
async fn if_match_is_refused_where_no_version_is_looked_at() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let id = tenant.contact().await;
    let at_one = |path: String| {
        let post = cloud.post(path).as_(&tenant.owner);
        post.header("if-match", "\"1\"")
    };
    let deletion = json!({"operations": [{"delete": {"id": id}}]});
    let batch = at_one(format!("{}/batch", tenant.records("contacts"))).json(deletion);
    for refused in [
        batch.await,
        at_one(format!("{}/restore", tenant.record("contacts", &id))).await,
    ] {
        refused
            .assert_problem(Kind::InvalidHeader)
            .assert_fields(&["If-Match"]);
    }
    let read = cloud.get(tenant.record("contacts", &id));
    let read = read.as_(&tenant.owner).header("if-match", "\"7\"").await;
    assert_eq!(read.assert_status(200).json["version"], 1);
}

#[tokio::test]
async fn of_concurrent_updates_with_one_version_one_wins() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let path = tenant.record("contacts", &tenant.contact().await);
    let updates = (0..10).map(|number| {
        let body = json!({"notes": format!("by {number}")});
        cloud
            .patch(&path)
            .as_(&tenant.owner)
            .header("if-match", "\"1\"")
            .json(body)
            .into_future()
    });
    let answers = futures::future::join_all(updates).await;
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(won, 1);
    for lost in answers.iter().filter(|answer| answer.status != 200) {
        lost.assert_problem(Kind::VersionMismatch);
    }
    let read = cloud.get(&path).as_(&tenant.owner).await.assert_status(200);
    assert_eq!(read.json["version"], 2);
}
