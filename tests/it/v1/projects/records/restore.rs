//! `POST /v1/projects/{project_id}/{collection}/{record_id}/restore`

use super::tenant;
use serde_json::json;
use tests::{Kind, Role, TestCloud};

#[tokio::test]
async fn a_deleted_record_comes_back_as_it_was() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let contact = tenant
        .create_record(
            &tenant.owner,
            "contacts",
            json!({"name": "Ada", "notes": "first", "stage": "lead"}),
        )
        .await;
    let path = tenant.record("contacts", contact["id"].as_str().unwrap());
    let restore = || cloud.post(format!("{path}/restore")).as_(&tenant.owner);
    // What is there was not deleted.
    restore().await.assert_problem(Kind::NotFound);
    cloud
        .delete(&path)
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    let manager = tenant.member(Role::Manager).await;
    let restored = cloud
        .post(format!("{path}/restore"))
        .as_(&manager)
        .await
        .assert_status(200);
    assert_eq!(restored.header("etag"), "\"2\"");
    for field in [
        "id",
        "name",
        "notes",
        "stage",
        "created_at",
        "created_by",
        "owner_id",
    ] {
        assert_eq!(restored.json[field], contact[field], "{field}");
    }
    assert_eq!(restored.json["updated_by"], json!(manager.user_id));
    restore().await.assert_problem(Kind::NotFound);
    for query in ["sort=updated_at", "name_prefix=ad", "status=lead"] {
        let list = cloud
            .get(format!("{}?{query}", tenant.records("contacts")))
            .as_(&tenant.owner)
            .await
            .assert_status(200);
        assert_eq!(
            list.items(),
            std::slice::from_ref(&restored.json),
            "{query}"
        );
    }
    cloud
        .delete(&path)
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    restore().await.assert_status(200);
}

#[tokio::test]
async fn who_may_delete_only_their_own_restores_only_their_own() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let seller = tenant.member(Role::SalesRep).await;
    let foreign = tenant.record("contacts", &tenant.contact().await);
    let own = tenant.record("contacts", &tenant.contact_of(&seller).await);
    for path in [&foreign, &own] {
        cloud
            .delete(path)
            .as_(&tenant.owner)
            .await
            .assert_status(204);
    }
    cloud
        .post(format!("{foreign}/restore"))
        .as_(&seller)
        .await
        .assert_problem(Kind::PermissionDenied);
    cloud
        .post(format!("{own}/restore"))
        .as_(&seller)
        .await
        .assert_status(200);
}

#[tokio::test]
async fn what_it_named_and_is_gone_is_cleared_or_prevents_it() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let (account, contact) = (tenant.account().await, tenant.contact().await);
    let deal =
        json!({"name": "Order", "stage": "proposal", "account_id": account, "contact_id": contact});
    let deal = tenant.create_record(&tenant.owner, "deals", deal).await;
    let path = tenant.record("deals", deal["id"].as_str().unwrap());
    let delete = |path: String| cloud.delete(path).as_(&tenant.owner);
    let restore = |path: &str| cloud.post(format!("{path}/restore")).as_(&tenant.owner);
    delete(path.clone()).await.assert_status(204);
    // A deleted deal holds nothing.
    delete(tenant.record("contacts", &contact))
        .await
        .assert_status(204);
    delete(tenant.record("accounts", &account))
        .await
        .assert_status(204);
    restore(&path).await.assert_problem(Kind::ReferenceNotFound);
    restore(&tenant.record("accounts", &account))
        .await
        .assert_status(200);
    let restored = restore(&path).await.assert_status(200);
    assert!(restored.json.get("contact_id").is_none(), "{restored}");
    // And once restored it holds the account again.
    delete(tenant.record("accounts", &account))
        .await
        .assert_problem(Kind::StillReferenced);
}

#[tokio::test]
async fn of_concurrent_restores_one_wins() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let path = tenant.record("contacts", &tenant.contact().await);
    cloud
        .delete(&path)
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    let restores = (0..8).map(|_| {
        cloud
            .post(format!("{path}/restore"))
            .as_(&tenant.owner)
            .into_future()
    });
    let answers = futures::future::join_all(restores).await;
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 200).count(),
        1
    );
    for lost in answers.iter().filter(|answer| answer.status != 200) {
        lost.assert_problem(Kind::NotFound);
    }
}
