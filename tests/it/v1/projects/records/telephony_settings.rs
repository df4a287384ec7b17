//! `/v1/projects/{project_id}/telephony-settings`: what a tenant has one of, who sets it up, and secrets that nobody reads.

use super::tenant;
use futures::future::join_all;
use serde_json::{Value, json};
use tests::{Answer, Kind, Person, Role, TestCloud, TestTenant};

const TOKEN: &str = "f00dfeed5ec3e75ec3e7f00dfeed0001";
const SECRET: &str = "5ec3e7-of-an-api-key";
const CHANGED: &str = "5ec3e7-that-came-later";

fn settings() -> Value {
    json!({"provider": "twilio", "account_sid": "AC1", "auth_token": TOKEN, "api_key": "SK1", "api_secret": SECRET})
}

fn shows_no_secret(answer: &Answer) {
    let text = String::from_utf8(answer.bytes.clone()).unwrap();
    for secret in [TOKEN, SECRET, CHANGED] {
        assert!(!text.contains(secret), "{answer}");
    }
    assert!(
        !text.contains("sealed") && !text.contains("v1.1."),
        "{answer}"
    );
    // Nor does a field of the name, whatever is in it.
    for name in [
        "\"auth_token\"",
        "\"api_secret\"",
        "\"signing_secret\"",
        "\"sip_password\"",
    ] {
        assert!(!text.contains(name), "{answer}");
    }
}

async fn created(tenant: &TestTenant) -> (String, Value) {
    let settings = tenant
        .create_record(&tenant.owner, "telephony-settings", settings())
        .await;
    let id = settings["id"].as_str().unwrap();
    (tenant.record("telephony-settings", id), settings)
}

/// The stored items of a tenant's telephony settings, the deleted one too.
fn stored(tenant: &TestTenant) -> Vec<Value> {
    let mut items = tenant.cloud().dump("TenantTable");
    items.retain(|item| {
        let pk = item["pk"]["S"].as_str().unwrap();
        pk.contains(tenant.uuid()) && pk.contains("TELEPHONY_SETTINGS")
    });
    items
}

#[tokio::test]
async fn a_secret_is_stored_sealed_and_shown_by_no_answer() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let (owner, path) = (&tenant.owner, tenant.records("telephony-settings"));
    let mut answers = Vec::new();
    for _ in 0..2 {
        let create = cloud
            .post(&path)
            .as_(owner)
            .header("idempotency-key", "settings");
        answers.push(create.json(settings()).await.assert_status(201));
    }
    assert_eq!(answers[0].json, answers[1].json);
    let shown = answers[0].json.clone();
    assert_eq!(shown["auth_token_set"], json!(true));
    assert_eq!(shown["api_secret_set"], json!(true));
    assert!(shown.get("signing_secret_set").is_none());
    let record = tenant.record("telephony-settings", shown["id"].as_str().unwrap());
    for path in [
        record.clone(),
        path.clone(),
        format!("{path}/export"),
        format!("{path}/export?format=csv"),
    ] {
        answers.push(cloud.get(path).as_(owner).await.assert_status(200));
    }
    let csv = String::from_utf8(answers[5].bytes.clone()).unwrap();
    let names: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
    assert!(names.contains(&"auth_token_set") && !names.contains(&"auth_token"));
    for key in [None, Some("change"), Some("change")] {
        let patch = cloud.patch(&record).as_(owner);
        let patch = match key {
            Some(key) => patch.header("idempotency-key", key),
            None => patch,
        };
        let patch = patch.json(json!({"signing_secret": CHANGED, "region": "ie1"}));
        answers.push(patch.await.assert_status(200));
    }
    let id = shown["id"].as_str().unwrap();
    let change = json!({"update": {"id": id, "fields": {"sip_password": CHANGED}}});
    let batch = cloud
        .post(format!("{path}/batch"))
        .as_(owner)
        .json(json!({"operations": [change]}));
    answers.push(batch.await.assert_status(201));
    cloud.delete(&record).as_(owner).await.assert_status(204);
    let restore = cloud.post(format!("{record}/restore")).as_(owner);
    let restored = restore.await.assert_status(200);
    for name in [
        "auth_token_set",
        "api_secret_set",
        "signing_secret_set",
        "sip_password_set",
    ] {
        assert_eq!(restored.json[name], json!(true), "{name}");
    }
    answers.push(restored);
    let wrong = json!({"provider": TOKEN, "auth_token": format!("{SECRET} {SECRET}")});
    let wrong = cloud.post(&path).as_(owner).json(wrong).await;
    wrong.assert_problem(Kind::ValidationFailed);
    answers.push(wrong);
    answers.push(
        cloud
            .get(format!("/v1/projects/{}/inbox", tenant.project_id))
            .as_(owner)
            .await,
    );
    for answer in &answers {
        shows_no_secret(answer);
        for line in cloud.log_of(answer.request_id()) {
            for secret in [TOKEN, SECRET, CHANGED] {
                assert!(!line.contains(secret), "{line}");
            }
        }
    }
    // The record itself holds all four, sealed; none of them stands anywhere in the table in clear.
    let items = stored(&tenant);
    assert_eq!(items.len(), 1);
    let sealed = items[0]["sealed"]["M"].as_object().unwrap();
    let mut names: Vec<&str> = sealed.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        ["api_secret", "auth_token", "signing_secret", "sip_password"]
    );
    let is_sealed = |value: &Value| value["S"].as_str().unwrap().starts_with("v1.1.");
    assert!(sealed.values().all(is_sealed));
    let all = serde_json::to_string(&cloud.dump("TenantTable")).unwrap();
    for secret in [TOKEN, SECRET, CHANGED] {
        assert!(!all.contains(secret));
    }
}

#[tokio::test]
async fn a_secret_that_is_left_out_stays_and_null_clears_it() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let (path, _) = created(&tenant).await;
    let sealed = |name: &str| stored(&tenant)[0]["sealed"]["M"].get(name).cloned();
    let token = sealed("auth_token");
    let patch = async |body: Value| {
        let patch = cloud.patch(&path).as_(&tenant.owner).json(body);
        patch.await.assert_status(200).json
    };
    let changed = patch(json!({"provider": "vonage"})).await;
    assert_eq!(changed["auth_token_set"], json!(true));
    assert_eq!(sealed("auth_token"), token);
    let changed = patch(json!({"auth_token": CHANGED})).await;
    assert_eq!(changed["auth_token_set"], json!(true));
    assert_ne!(sealed("auth_token"), token);
    let changed = patch(json!({"auth_token": null})).await;
    assert!(changed.get("auth_token_set").is_none());
    assert_eq!(changed["api_secret_set"], json!(true));
    assert_eq!(sealed("auth_token"), None);
    let written = cloud
        .patch(&path)
        .as_(&tenant.owner)
        .json(json!({"auth_token_set": true}))
        .await;
    written
        .assert_problem(Kind::ValidationFailed)
        .assert_fields(&["/auth_token_set"]);
    // What was cleared is not in a deleted record either.
    cloud
        .delete(&path)
        .as_(&tenant.owner)
        .await
        .assert_status(204);
    assert_eq!(sealed("auth_token"), None);
    assert!(sealed("api_secret").is_some());
}

#[tokio::test]
async fn a_tenant_has_one_in_all_its_projects() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let owner = &tenant.owner;
    let (path, first) = created(&tenant).await;
    let elsewhere = tenant.project().await;
    let elsewhere = format!("/v1/projects/{elsewhere}/telephony-settings");
    for list in [tenant.records("telephony-settings"), elsewhere.clone()] {
        let second = cloud.post(&list).as_(owner).json(settings()).await;
        second
            .assert_problem(Kind::AlreadyTaken)
            .assert_fields(&[""]);
        let batch = |body: Value| cloud.post(format!("{list}/batch")).as_(owner).json(body);
        let second = batch(json!({"records": [settings()]})).await;
        second
            .assert_problem(Kind::AlreadyTaken)
            .assert_fields(&["/records/0"]);
        let two = batch(json!({"records": [settings(), settings()]})).await;
        two.assert_problem(Kind::ValidationFailed)
            .assert_fields(&["/records/1"]);
        let anew = json!([{"delete": {"id": first["id"]}}, {"create": settings()}]);
        let anew = batch(json!({"operations": anew})).await;
        anew.assert_problem(Kind::ValidationFailed)
            .assert_fields(&["/operations/1"]);
        let all = cloud.get(&list).as_(owner).await.assert_status(200);
        assert_eq!(all.items().len(), 1);
        assert_eq!(all.items()[0]["id"], first["id"]);
    }
    let there = format!("{elsewhere}/{}", first["id"].as_str().unwrap());
    let changed = cloud
        .patch(&there)
        .as_(owner)
        .json(json!({"region": "us1"}));
    changed.await.assert_status(200);
    let here = cloud.get(&path).as_(owner).await.assert_status(200);
    assert_eq!(
        (&here.json["region"], &here.json["version"]),
        (&json!("us1"), &json!(2))
    );
    assert_eq!(here.json["created_at"], first["created_at"]);
    let export = cloud
        .get(format!("{elsewhere}/export"))
        .as_(owner)
        .await
        .assert_status(200);
    assert!(
        String::from_utf8(export.bytes)
            .unwrap()
            .contains("\"region\":\"us1\"")
    );
}

#[tokio::test]
async fn what_was_deleted_makes_room_and_only_the_last_can_be_restored() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let owner = &tenant.owner;
    let (path, first) = created(&tenant).await;
    let restore = || cloud.post(format!("{path}/restore")).as_(owner);
    cloud.delete(&path).as_(owner).await.assert_status(204);
    cloud
        .get(&path)
        .as_(owner)
        .await
        .assert_problem(Kind::NotFound);
    let second = json!({"provider": "vonage"});
    let second = tenant
        .create_record(owner, "telephony-settings", second)
        .await;
    assert_eq!(
        (&second["id"], &second["version"]),
        (&first["id"], &json!(1))
    );
    assert!(
        second.get("auth_token_set").is_none(),
        "nothing is left of the first"
    );
    // The first one stays where it is as long as the second is there.
    restore()
        .await
        .assert_problem(Kind::AlreadyTaken)
        .assert_fields(&[""]);
    cloud.delete(&path).as_(owner).await.assert_status(204);
    let restored = restore().await.assert_status(200);
    assert_eq!(restored.json["provider"], json!("vonage"));
    assert_eq!(restored.json["created_at"], second["created_at"]);
    cloud.delete(&path).as_(owner).await.assert_status(204);
    restore().await.assert_status(200);
    restore().await.assert_problem(Kind::NotFound);
    assert_eq!(stored(&tenant).len(), 1);
}

#[tokio::test]
async fn of_several_that_set_it_up_at_once_one_does() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let path = tenant.records("telephony-settings");
    let all = (0..6).map(async |number: usize| {
        let create = cloud.post(&path).as_(&tenant.owner);
        let create = match number % 2 {
            0 => create,
            _ => create.header("idempotency-key", &format!("key {number}")),
        };
        create.json(settings()).await
    });
    let all = join_all(all).await;
    let created = all.iter().filter(|answer| answer.status == 201);
    assert_eq!(created.count(), 1);
    for answer in all.iter().filter(|answer| answer.status != 201) {
        answer.assert_problem(Kind::AlreadyTaken);
    }
}

#[tokio::test]
async fn it_is_set_up_by_those_who_may_change_the_tenant() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    let (path, _) = created(&tenant).await;
    let list = tenant.records("telephony-settings");
    let lead = tenant.member(Role::SalesRep).await;
    tenant
        .put_in_project(&tenant.project_id, &lead, "lead")
        .await;
    let mut people: Vec<(&str, Person, bool)> = vec![("lead of a project", lead, false)];
    for (role, sets_up) in [
        (Role::Admin, true),
        (Role::Manager, false),
        (Role::SalesRep, false),
        (Role::Viewer, false),
    ] {
        people.push((role.as_str(), tenant.member(role).await, sets_up));
    }
    for (permissions, sets_up) in [
        (
            &[
                "tenant:read",
                "projects:read",
                "records:read",
                "records:create",
                "records:update",
                "records:delete",
            ][..],
            false,
        ),
        (
            &[
                "tenant:read",
                "projects:read",
                "telephony-settings:read",
                "telephony-settings:update",
            ],
            false,
        ),
        (
            &[
                "tenant:read",
                "tenant:update",
                "projects:read",
                "records:read",
                "records:create",
                "records:update",
                "records:delete",
            ],
            true,
        ),
    ] {
        let role = tenant.custom_role(permissions).await;
        let person = tenant.member(Role::Viewer).await;
        let give = cloud
            .patch(format!("/v1/members/{}", person.user_id))
            .as_(&tenant.owner);
        give.json(json!({"role": role})).await.assert_status(200);
        people.push(("custom", person, sets_up));
    }
    for (who, person, sets_up) in &people {
        for path in [&path, &list] {
            cloud.get(path).as_(person).await.assert_status(200);
        }
        let id = path.rsplit('/').next().unwrap();
        let change = json!({"operations": [{"update": {"id": id, "fields": {"region": "x"}}}]});
        let answers = [
            cloud
                .patch(&path)
                .as_(person)
                .json(json!({"region": who}))
                .await,
            cloud
                .post(format!("{list}/batch"))
                .as_(person)
                .json(change)
                .await,
            cloud.post(&list).as_(person).json(settings()).await,
            cloud.delete(&path).as_(person).await,
            cloud.post(format!("{path}/restore")).as_(person).await,
        ];
        let statuses = answers.each_ref().map(|answer| answer.status);
        if *sets_up {
            assert_eq!(statuses, [200, 201, 409, 204, 200], "{who}");
        } else {
            assert_eq!(statuses, [403; 5], "{who}");
            for answer in &answers {
                answer.assert_problem(Kind::PermissionDenied);
            }
        }
    }
}

#[tokio::test]
async fn one_record_needs_no_filter() {
    let (cloud, tenant) = (TestCloud::shared(), tenant().await);
    created(&tenant).await;
    let list = tenant.records("telephony-settings");
    for (query, field) in [
        (format!("owner_id={}", tenant.owner.user_id), "?owner_id"),
        (
            "created_from=2026-01-01T00:00:00Z".to_owned(),
            "?created_from",
        ),
        ("sort=-updated_at".to_owned(), "?sort"),
        ("name_prefix=a".to_owned(), "?name_prefix"),
    ] {
        let answer = cloud
            .get(format!("{list}?{query}"))
            .as_(&tenant.owner)
            .await;
        answer
            .assert_problem(Kind::InvalidQuery)
            .assert_fields(&[field]);
    }
}
