//! Folders lie in each other, and none in itself.

use super::tenant;
use serde_json::{Value, json};
use tests::{Kind, TestCloud, TestTenant};
use uuid::Uuid;

async fn folder(tenant: &TestTenant, parent: Option<&str>) -> String {
    let fields = json!({"name": "Contracts", "parent_id": parent});
    let folder = tenant.create_record(&tenant.owner, "folders", fields).await;
    folder["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_folder_is_moved_and_not_into_itself() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let top = folder(&tenant, None).await;
    let middle = folder(&tenant, Some(&top)).await;
    let bottom = folder(&tenant, Some(&middle)).await;
    let other = folder(&tenant, None).await;
    let into = |folder: &str, parent: Value| {
        cloud
            .patch(tenant.record("folders", folder))
            .as_(&tenant.owner)
            .json(json!({"parent_id": parent}))
    };
    for (moved, parent) in [
        (&top, &bottom),
        (&top, &middle),
        (&top, &top),
        (&middle, &bottom),
    ] {
        into(moved, json!(parent))
            .await
            .assert_problem(Kind::ValidationFailed)
            .assert_fields(&["/parent_id"]);
    }
    into(&middle, json!(other)).await.assert_status(200);
    into(&top, json!(bottom)).await.assert_status(200);
    into(&other, json!(top))
        .await
        .assert_problem(Kind::ValidationFailed);
    into(&middle, Value::Null).await.assert_status(200);
    into(&other, json!(top)).await.assert_status(200);
    let within = |parent: &str| {
        cloud
            .get(format!(
                "{}?reference=parent_id:{parent}",
                tenant.records("folders")
            ))
            .as_(&tenant.owner)
    };
    assert_eq!(within(&middle).await.items()[0]["id"], json!(bottom));
    // What holds others stays; what is empty goes.
    cloud
        .delete(tenant.record("folders", &top))
        .as_(&tenant.owner)
        .await
        .assert_problem(Kind::StillReferenced);
    cloud
        .delete(tenant.record("folders", &other))
        .as_(&tenant.owner)
        .await
        .assert_status(204);
}

/// What refuses a move is not always another move.
#[tokio::test]
async fn a_move_to_an_owner_who_is_not_there_says_so() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let (top, moved) = (folder(&tenant, None).await, folder(&tenant, None).await);
    let nobody = format!("usr_{}", Uuid::now_v7());
    cloud
        .patch(tenant.record("folders", &moved))
        .as_(&tenant.owner)
        .json(json!({"parent_id": top, "owner_id": nobody}))
        .await
        .assert_problem(Kind::ReferenceNotFound)
        .assert_fields(&["/owner_id"]);
}

#[tokio::test]
async fn folders_do_not_lie_deeper_than_twenty() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let mut at = folder(&tenant, None).await;
    for _ in 1..20 {
        at = folder(&tenant, Some(&at)).await;
    }
    let moved = folder(&tenant, None).await;
    let into = |folder: &str, parent: &str| {
        cloud
            .patch(tenant.record("folders", folder))
            .as_(&tenant.owner)
            .json(json!({"parent_id": parent}))
    };
    into(&moved, &at).await.assert_status(200);
    let another = folder(&tenant, None).await;
    into(&another, &moved)
        .await
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/parent_id"]);
}

#[tokio::test]
async fn moves_at_the_same_moment_close_no_circle() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    for round in 0..50 {
        let (a, b) = (folder(&tenant, None).await, folder(&tenant, None).await);
        let (in_a, in_b) = (
            folder(&tenant, Some(&a)).await,
            folder(&tenant, Some(&b)).await,
        );
        let into = async |folder: &str, parent: &str| {
            let patch = cloud
                .patch(tenant.record("folders", folder))
                .as_(&tenant.owner);
            patch.json(json!({"parent_id": parent})).await
        };
        let (one, other) = tokio::join!(into(&a, &in_b), into(&b, &in_a));
        let won = [&one, &other]
            .iter()
            .filter(|answer| answer.status == 200)
            .count();
        assert_eq!(won, 1, "{round}: {one} / {other}");
        let lost = if one.status == 200 { &other } else { &one };
        lost.assert_problem(Kind::ValidationFailed);
    }
}
