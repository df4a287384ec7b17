//! Whose a record is, and what `:own` means.

use super::tenant;
use serde_json::{Value, json};
use tests::{Kind, Role, TestCloud, TestTenant};
use uuid::Uuid;

#[tokio::test]
async fn own_means_the_records_one_owns() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let seller = tenant.member(Role::SalesRep).await;
    let foreign = tenant.record("contacts", &tenant.contact().await);
    let own = tenant.record("contacts", &tenant.contact_of(&seller).await);
    cloud.get(&foreign).as_(&seller).await.assert_status(200);
    let patch = |path: &str, body: Value| cloud.patch(path).as_(&seller).json(body);
    patch(&foreign, json!({"name": "mine now"}))
        .await
        .assert_problem(Kind::PermissionDenied);
    patch(&foreign, json!({"owner_id": seller.user_id}))
        .await
        .assert_problem(Kind::PermissionDenied);
    cloud
        .delete(&foreign)
        .as_(&seller)
        .await
        .assert_problem(Kind::PermissionDenied);
    patch(&own, json!({"name": "still mine"}))
        .await
        .assert_status(200);
    patch(&own, json!({"owner_id": tenant.owner.user_id}))
        .await
        .assert_problem(Kind::PermissionDenied);
    let for_another = json!({"name": "x", "owner_id": tenant.owner.user_id});
    cloud
        .post(tenant.records("contacts"))
        .as_(&seller)
        .json(for_another)
        .await
        .assert_problem(Kind::PermissionDenied);
    cloud.delete(&own).as_(&seller).await.assert_status(204);
    let untouched = cloud.get(&foreign).as_(&seller).await.assert_status(200);
    assert_eq!(
        (&untouched.json["name"], &untouched.json["version"]),
        (&json!("Ada Lovelace"), &json!(1))
    );
}

#[tokio::test]
async fn a_record_can_be_given_to_an_active_member_only() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let seller = tenant.member(Role::SalesRep).await;
    let stranger = TestTenant::create(cloud, "globex").await.owner;
    let path = tenant.record("contacts", &tenant.contact().await);
    let give = |to: &str| {
        cloud
            .patch(&path)
            .as_(&tenant.owner)
            .json(json!({"owner_id": to}))
    };
    let given = give(&seller.user_id).await.assert_status(200);
    assert_eq!(given.json["owner_id"], json!(seller.user_id));
    cloud
        .patch(&path)
        .as_(&seller)
        .json(json!({"name": "Mine"}))
        .await
        .assert_status(200);
    for other in [stranger.user_id, format!("usr_{}", Uuid::now_v7())] {
        give(&other)
            .await
            .assert_problem(Kind::ReferenceNotFound)
            .assert_fields(&["/owner_id"]);
    }
    give("somebody")
        .await
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/owner_id"]);
    tenant.remove(&seller).await;
    give(&seller.user_id)
        .await
        .assert_problem(Kind::ReferenceNotFound)
        .assert_fields(&["/owner_id"]);
}

/// A role that reads its own records finds no others, whichever way it asks.
#[tokio::test]
async fn who_may_read_their_own_finds_no_others() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let permissions = [
        "projects:read",
        "records:read:own",
        "records:create",
        "records:update:own",
    ];
    let person = tenant.member_with(&permissions).await;
    let foreign = tenant.contact().await;
    let own = tenant.contact_of(&person).await;
    let get = |path: String| cloud.get(path).as_(&person);
    let ids = |answer: &tests::Answer| -> Vec<Value> {
        answer
            .items()
            .iter()
            .map(|item| item["id"].clone())
            .collect()
    };
    get(tenant.record("contacts", &own))
        .await
        .assert_status(200);
    let missing = get(tenant.record("contacts", &format!("rec_{}", Uuid::now_v7()))).await;
    let others = get(tenant.record("contacts", &foreign)).await;
    assert_eq!(others.without_request_id(), missing.without_request_id());
    let list = tenant.records("contacts");
    let query = format!("owner_id={}", person.user_id);
    for path in [
        list.clone(),
        format!("{list}?{query}"),
        format!("{list}?sort=created_at"),
    ] {
        let page = get(path).await.assert_status(200);
        assert_eq!(ids(&page), [json!(own)]);
    }
    get(format!("{list}?owner_id={}", tenant.owner.user_id))
        .await
        .assert_problem(Kind::PermissionDenied);
    // What no index serves among one's own is refused, and not looked for among all.
    for query in ["status=lead", "name_prefix=Ada", "sort=updated_at"] {
        get(format!("{list}?{query}"))
            .await
            .assert_problem(Kind::InvalidQuery);
    }
    let search = cloud.post(format!("/v1/projects/{}/search", tenant.project_id));
    let search = search
        .as_(&person)
        .json(json!({"embedding": [1.0, 0.0]}))
        .await;
    search.assert_problem(Kind::PermissionDenied);
    let file = tenant.file(&tenant.owner, "a.pdf").await;
    tenant
        .upload(&tenant.owner, &file, "application/pdf", b"x")
        .await;
    get(format!("{}/download-url", tenant.record("files", &file)))
        .await
        .assert_problem(Kind::NotFound);
}

/// What a change answers with shows no more than reading does.
#[tokio::test]
async fn who_may_not_read_a_record_learns_nothing_by_changing_it() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let rights = [
        "projects:read",
        "tenant:read",
        "records:create",
        "records:update",
        "records:delete",
    ];
    let blind = tenant.member_with(&rights).await;
    let with_own = [&rights[..], &["records:read:own"]].concat();
    let own = tenant.member_with(&with_own).await;
    let foreign = tenant.contact().await;
    let path = tenant.record("contacts", &foreign);
    let batch = json!({"operations": [{"update": {"id": foreign, "fields": {}}}]});
    for person in [&own, &blind] {
        let patch = cloud.patch(&path).as_(person).json(json!({})).await;
        patch.assert_problem(Kind::PermissionDenied);
        let batch = cloud
            .post(format!("{}/batch", tenant.records("contacts")))
            .as_(person)
            .json(&batch);
        batch.await.assert_problem(Kind::PermissionDenied);
    }
    cloud
        .delete(&path)
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    for person in [&own, &blind] {
        let restore = cloud.post(format!("{path}/restore")).as_(person).await;
        restore.assert_problem(Kind::PermissionDenied);
    }
    let mine = tenant.record("contacts", &tenant.contact_of(&own).await);
    cloud
        .patch(&mine)
        .as_(&own)
        .json(json!({"name": "Mine"}))
        .await
        .assert_status(200);
    // What belongs to one person alone, or to the whole tenant, has no list by owner.
    for path in ["notifications?status=unread", "telephony-settings"] {
        let path = tenant.records(path);
        cloud.get(path).as_(&own).await.assert_status(200);
    }
}
