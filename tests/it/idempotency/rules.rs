//! Whose a key is, for how long, and what it may look like.

use super::{KEY, REPLAYED, assert_replays};
use serde_json::json;
use tests::{Access, Answer, Kind, Person, Role, TestCloud, TestTenant, now, unique};

async fn create(tenant: &TestTenant, by: &Person, key: &str, name: &str) -> Answer {
    let request = tenant.cloud().post(tenant.records("contacts"));
    request
        .as_(by)
        .header(KEY, key)
        .json(json!({"name": name}))
        .await
}

async fn count(tenant: &TestTenant) -> usize {
    let list = tenant.cloud().get(tenant.records("contacts"));
    list.as_(&tenant.owner)
        .await
        .assert_status(200)
        .items()
        .len()
}

#[tokio::test]
async fn a_colleague_with_the_same_key_is_somebody_else() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let colleague = tenant.member(Role::Admin).await;
    let own = create(&tenant, &tenant.owner, "k", "Ada").await;
    let theirs = create(&tenant, &colleague, "k", "Grace").await;
    assert_ne!(own.assert_status(201).id(), theirs.assert_status(201).id());
    assert_eq!(count(&tenant).await, 2);
}

#[tokio::test]
async fn what_was_refused_can_be_put_right_and_sent_again() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    let key = unique();
    let wrong = create(&tenant, &tenant.owner, &key, "").await;
    wrong.assert_problem(Kind::ValidationFailed);
    let right = create(&tenant, &tenant.owner, &key, "Ada").await;
    let right = right.assert_status(201);
    assert!(!right.headers.contains_key(REPLAYED));
    // Refused by the state that it met, and not by a check of its input.
    let role = |key: &str| {
        let request = tenant.cloud().post("/v1/roles").as_(&tenant.owner);
        let body = json!({"name": "Auditors", "permissions": ["records:read"]});
        request.header(KEY, key).json(body)
    };
    let first = role("a").await.assert_status(201);
    role("b").await.assert_problem(Kind::AlreadyTaken);
    let path = format!("/v1/roles/{}", first.id());
    let deleted = tenant.cloud().delete(&path).as_(&tenant.owner).await;
    deleted.assert_status(204);
    let second = role("b").await.assert_status(201);
    assert_ne!(second.id(), first.id());
}

#[tokio::test]
async fn after_a_day_a_key_is_new() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let first = create(&tenant, &tenant.owner, "k", "Ada").await;
    let first = first.assert_status(201);
    // The day is over, and the purge has not come yet.
    let prefix = format!("TENANT#{}#IDEMPOTENCY#", tenant.uuid());
    let items = cloud.dump("TenantTable").into_iter();
    let kept = items.filter(|item| item["pk"]["S"].as_str().unwrap().starts_with(&prefix));
    for item in kept {
        let update = json!({
            "TableName": "TenantTable", "Key": {"pk": item["pk"], "sk": item["sk"]},
            "UpdateExpression": "SET #t = :t", "ExpressionAttributeNames": {"#t": "ttl"},
            "ExpressionAttributeValues": {":t": {"N": (now() - 1).to_string()}},
        });
        let credentials = tenant.credentials(Access::Write);
        cloud
            .dynamodb(&credentials, "UpdateItem", update)
            .await
            .ok();
    }
    let second = create(&tenant, &tenant.owner, "k", "Grace").await;
    let second = second.assert_status(201);
    assert_ne!(second.id(), first.id());
    let again = create(&tenant, &tenant.owner, "k", "Grace").await;
    assert_replays(&second, &again);
    assert_eq!(count(&tenant).await, 2);
}

#[tokio::test]
async fn who_may_not_see_it_any_more_does_not_see_the_answer() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let person = tenant.member(Role::SalesRep).await;
    let first = create(&tenant, &person, "k", "Ada").await;
    first.assert_status(201);
    let membership = format!(
        "/v1/projects/{}/members/{}",
        tenant.project_id, person.user_id
    );
    let removed = cloud.delete(&membership).as_(&tenant.owner).await;
    removed.assert_status(204);
    let again = create(&tenant, &person, "k", "Ada").await;
    again.assert_problem(Kind::NotFound);
    tenant
        .put_in_project(&tenant.project_id, &person, "reader")
        .await;
    let again = create(&tenant, &person, "k", "Ada").await;
    assert_eq!(again.assert_status(201).header(REPLAYED), "true");
}

#[tokio::test]
async fn a_key_is_printable_and_not_endless() {
    let tenant = TestTenant::create(TestCloud::shared(), "acme").await;
    for key in ["", "a\tb", &"x".repeat(256)] {
        let answer = create(&tenant, &tenant.owner, key, "Ada").await;
        answer.assert_problem(Kind::InvalidHeader);
    }
    let longest = "x".repeat(255);
    let answer = create(&tenant, &tenant.owner, &longest, "Ada").await;
    answer.assert_status(201);
    assert_eq!(count(&tenant).await, 1);
}

#[tokio::test]
async fn elsewhere_it_means_nothing() {
    let cloud = TestCloud::shared();
    let tenant = TestTenant::create(cloud, "acme").await;
    let read = cloud.get("/v1/me").as_(&tenant.owner).header(KEY, "k");
    assert!(!read.await.assert_status(200).headers.contains_key(REPLAYED));
}
