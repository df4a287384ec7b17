//! `POST /v1/projects/{project_id}/{collection}/batch` with operations of every kind.

use super::tenant;
use serde_json::{Value, json};
use tests::{Answer, Kind, Person, Role, TestTenant};

async fn batch(tenant: &TestTenant, by: &Person, collection: &str, operations: Value) -> Answer {
    let path = format!("{}/batch", tenant.records(collection));
    let post = tenant.cloud().post(path).as_(by);
    post.json(json!({"operations": operations})).await
}

#[tokio::test]
async fn records_are_created_changed_and_deleted_together() {
    let tenant = tenant().await;
    let (owner, account) = (&tenant.owner, tenant.account().await);
    let (kept, gone) = (tenant.contact().await, tenant.contact().await);
    let operations = json!([
        {"create": {"name": "New", "account_id": account}},
        {"update": {"id": kept, "version": 1, "fields": {"name": "Kept", "account_id": account, "email": null}}},
        {"delete": {"id": gone, "version": 1}},
    ]);
    let done = batch(&tenant, owner, "contacts", operations).await;
    let done = done.assert_status(201);
    let [new, changed, deleted] = &done.items()[..] else {
        panic!("{done}");
    };
    assert_eq!(deleted["id"], json!(gone));
    assert_eq!(
        (&changed["name"], &changed["version"]),
        (&json!("Kept"), &json!(2))
    );
    let list = |query: String| {
        let get = tenant.cloud().get(tenant.records("contacts") + &query);
        get.as_(owner)
    };
    for query in [
        "?sort=-created_at".to_owned(),
        format!("?reference=account_id:{account}&sort=-created_at"),
    ] {
        assert_eq!(list(query).await.items(), &[new.clone(), changed.clone()]);
    }
    // Both hold the account, and what was deleted can come back.
    let restore = format!("{}/restore", tenant.record("contacts", &gone));
    let restored = tenant.cloud().post(restore).as_(owner).await;
    assert_eq!(restored.assert_status(200).json["version"], 2);
}

#[tokio::test]
async fn nothing_is_done_if_anything_can_not_be() {
    let tenant = tenant().await;
    let owner = &tenant.owner;
    let (one, other, needed) = (
        tenant.contact().await,
        tenant.contact().await,
        tenant.account().await,
    );
    let deal = json!({"name": "Machine", "stage": "proposal", "account_id": needed});
    tenant.create_record(owner, "deals", deal).await;
    let update = |id: &str, fields: Value| json!({"update": {"id": id, "fields": fields}});
    let good = update(&one, json!({"name": "Changed"}));
    let missing = "rec_0198c5f0-0000-7000-8000-00000000000a";
    for (wrong, kind, pointer) in [
        (
            update(&other, json!({"email": "x"})),
            Kind::ValidationFailed,
            "/operations/1/update/fields/email",
        ),
        (
            json!({"create": {}}),
            Kind::ValidationFailed,
            "/operations/1/create/name",
        ),
        (good.clone(), Kind::ValidationFailed, "/operations/1"),
        (
            update(missing, json!({"name": "x"})),
            Kind::NotFound,
            "/operations/1",
        ),
        (
            json!({"delete": {"id": missing}}),
            Kind::NotFound,
            "/operations/1",
        ),
        (
            json!({"delete": {"id": other, "version": 7}}),
            Kind::VersionMismatch,
            "/operations/1",
        ),
        (
            update(&other, json!({"account_id": missing})),
            Kind::ReferenceNotFound,
            "/operations/1/update/fields/account_id",
        ),
        (
            json!({"replace": {"id": other}}),
            Kind::ValidationFailed,
            "/operations/1",
        ),
        (
            json!({"delete": {"id": "x"}}),
            Kind::ValidationFailed,
            "/operations/1/delete/id",
        ),
        (
            json!({"update": {"id": other, "version": "1", "fields": {}}}),
            Kind::ValidationFailed,
            "/operations/1/update/version",
        ),
    ] {
        let refused = batch(&tenant, owner, "contacts", json!([good, wrong])).await;
        let refused = refused.assert_problem(kind);
        let named = refused.json["errors"][0]["pointer"].as_str().unwrap();
        assert!(named.starts_with(pointer), "{refused}");
    }
    batch(
        &tenant,
        owner,
        "accounts",
        json!([{"delete": {"id": needed}}]),
    )
    .await
    .assert_problem(Kind::StillReferenced)
    .assert_fields(&["/operations/0"]);
    let read = tenant.cloud().get(tenant.record("contacts", &one));
    let read = read.as_(owner).await.assert_status(200);
    assert_eq!(read.json["version"], 1);
}

#[tokio::test]
async fn of_each_operation_it_is_said_why_it_can_not_be_done() {
    let tenant = tenant().await;
    let owner = &tenant.owner;
    let folder = async |name: &str, parent: Value| {
        let folder = json!({"name": name, "parent_id": parent});
        let folder = tenant.create_record(owner, "folders", folder).await;
        folder["id"].clone()
    };
    let top = folder("Top", Value::Null).await;
    let within = folder("Within", top.clone()).await;
    let free = folder("Free", Value::Null).await;
    let (goal, other) = (
        folder("Goal", Value::Null).await,
        folder("Other", Value::Null).await,
    );
    let missing = "rec_0198c5f0-0000-7000-8000-00000000000a";
    let into = |parent: &Value| json!({"create": {"name": "New", "parent_id": parent}});
    let operations = json!([
        {"update": {"id": free, "fields": {"name": "Changed"}}},
        {"delete": {"id": missing}},
        {"update": {"id": other, "version": 7, "fields": {"name": "Changed"}}},
        {"update": {"id": top, "fields": {"parent_id": within}}},
        {"delete": {"id": goal}},
        into(&goal),
        into(&goal),
        // What can't be changed is not changed: it can be named.
        into(&other),
    ]);
    let refused = batch(&tenant, owner, "folders", operations).await;
    refused.assert_problem(Kind::NotFound);
    let errors = refused.json["errors"].as_array().unwrap().iter();
    let said: Vec<(&str, Option<&str>)> = errors
        .map(|error| {
            let kind = error["type"].as_str().map(|kind| kind.rsplit('/').next());
            (error["pointer"].as_str().unwrap(), kind.flatten())
        })
        .collect();
    let invalid = Some(Kind::ValidationFailed.slug());
    let expected = [
        ("/operations/1", None),
        ("/operations/2", Some(Kind::VersionMismatch.slug())),
        ("/operations/3/update/fields/parent_id", invalid),
        ("/operations/5", invalid),
        ("/operations/6", invalid),
    ];
    assert_eq!(said, expected, "{refused}");
}

#[tokio::test]
async fn a_stage_where_deals_stand_is_not_taken_away_in_a_batch_either() {
    let tenant = tenant().await;
    let owner = &tenant.owner;
    let stage = |key: &str| json!({"key": key, "name": key});
    let pipeline = json!({"name": "Sales", "stages": [stage("first"), stage("last")]});
    let pipeline = tenant.create_record(owner, "pipelines", pipeline).await;
    let deal = json!({
        "name": "Machine", "account_id": tenant.account().await,
        "pipeline_id": pipeline["id"], "stage": "first",
    });
    tenant.create_record(owner, "deals", deal).await;
    let only = |key: &str| {
        let change = json!({"id": pipeline["id"], "fields": {"stages": [stage(key)]}});
        batch(&tenant, owner, "pipelines", json!([{"update": change}]))
    };
    only("last")
        .await
        .assert_problem(Kind::StillReferenced)
        .assert_fields(&["/operations/0/update/fields/stages"]);
    only("first").await.assert_status(201);
}

#[tokio::test]
async fn each_kind_of_operation_needs_its_own_permission() {
    let tenant = tenant().await;
    let seller = tenant.member(Role::SalesRep).await;
    let (own, foreign) = (tenant.contact_of(&seller).await, tenant.contact().await);
    let operations = |id: &str| {
        [
            json!([{"update": {"id": id, "fields": {"name": "x"}}}]),
            json!([{"delete": {"id": id}}]),
        ]
    };
    for operation in operations(&foreign) {
        let refused = batch(&tenant, &seller, "contacts", operation).await;
        refused.assert_problem(Kind::PermissionDenied);
    }
    for operation in operations(&own) {
        let done = batch(&tenant, &seller, "contacts", operation).await;
        done.assert_status(201);
    }
    let role = tenant
        .custom_role(&["projects:read", "records:read", "records:create"])
        .await;
    let person = tenant.member(Role::Viewer).await;
    let patch = tenant
        .cloud()
        .patch(format!("/v1/members/{}", person.user_id));
    let patch = patch.as_(&tenant.owner).json(json!({"role": role})).await;
    patch.assert_status(200);
    let new = json!([{"create": {"name": "x"}}]);
    batch(&tenant, &person, "contacts", new)
        .await
        .assert_status(201);
    for operation in operations(&foreign) {
        let refused = batch(&tenant, &person, "contacts", operation).await;
        refused.assert_problem(Kind::PermissionDenied);
    }
}

#[tokio::test]
async fn a_record_changes_once_in_a_batch() {
    let tenant = tenant().await;
    let owner = &tenant.owner;
    let folder = |name: &str| {
        let folder = json!({"name": name});
        tenant.create_record(owner, "folders", folder)
    };
    let (one, other) = (folder("One").await, folder("Other").await);
    // Each into the other one: together they would lie nowhere.
    let into = |what: &Value, into: &Value| json!({"update": {"id": what["id"], "fields": {"parent_id": into["id"]}}});
    let circle = json!([into(&one, &other), into(&other, &one)]);
    batch(&tenant, owner, "folders", circle)
        .await
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/operations/1"]);
    for both in [
        json!({"records": [{"name": "x"}], "operations": [{"create": {"name": "x"}}]}),
        json!({}),
        json!({"operations": []}),
    ] {
        let path = format!("{}/batch", tenant.records("folders"));
        let post = tenant.cloud().post(path).as_(owner).json(both).await;
        post.assert_problem(Kind::ValidationFailed);
    }
}
