//! What clients see when DynamoDB is slow, busy, or answers into the void: nothing is lost, doubled, or taken for missing.

mod mishap;
mod records;
mod routes;
pub(crate) mod work;

use crate::apart;
use gateway::FaultError;
use serde_json::json;
use tests::{Answer, Kind, PASSWORD, Person, TestCloud, TestTenant, unique};

/// As many times as anything is tried.
const FOR_LONG: u32 = 4;

/// Asks for something harmless until the faults that were left over are used up.
async fn until_well(cloud: &'static TestCloud, path: &str, by: &Person) -> Answer {
    for _ in 0..FOR_LONG {
        let answer = cloud.get(path).as_(by).await;
        if answer.status == 200 {
            return answer;
        }
        answer.assert_problem(Kind::Unavailable);
    }
    panic!("{path} does not recover");
}

#[tokio::test]
async fn what_the_authorizer_could_not_read_is_not_missing() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    cloud.inject("BatchGetItem", 2, FaultError::Unprocessed);
    cloud
        .get("/v1/me")
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    for error in [
        FaultError::Unprocessed,
        FaultError::ThroughputExceeded,
        FaultError::InternalServerError,
    ] {
        cloud.inject("BatchGetItem", FOR_LONG, error);
        let answer = cloud.get("/v1/me").as_(&tenant.owner).await;
        answer.assert_problem(Kind::Unavailable);
        assert!(answer.header("retry-after").parse::<u32>().is_ok());
        until_well(cloud, "/v1/me", &tenant.owner).await;
    }
}

#[tokio::test]
async fn a_busy_table_is_told_as_such_and_recovers() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    let path = tenant.record("contacts", &tenant.contact().await);
    // The SDK tries again by itself.
    cloud.inject("GetItem", 1, FaultError::ThroughputExceeded);
    cloud.get(&path).as_(&tenant.owner).await.assert_status(200);
    cloud.inject("GetItem", FOR_LONG, FaultError::ThroughputExceeded);
    cloud
        .get(&path)
        .as_(&tenant.owner)
        .await
        .assert_problem(Kind::Unavailable);
    until_well(cloud, &path, &tenant.owner).await;
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_happens_once() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    cloud.inject("PutItem", 1, FaultError::LostReply);
    let contact = cloud
        .post(tenant.records("contacts"))
        .as_(&tenant.owner)
        .json(json!({"name": "Ada"}))
        .await
        .assert_status(201);
    let list = cloud
        .get(tenant.records("contacts"))
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    assert_eq!(list.items().len(), 1, "{list}");

    let path = tenant.record("contacts", &contact.id());
    cloud.inject("UpdateItem", 1, FaultError::LostReply);
    let patch = cloud
        .patch(&path)
        .as_(&tenant.owner)
        .header("if-match", "\"1\"")
        .json(json!({"name": "Ada L."}));
    let changed = patch.await.assert_status(200);
    assert_eq!(changed.json["version"], 2);

    let account = tenant.account().await;
    cloud.inject("TransactWriteItems", 1, FaultError::LostReply);
    let deal = json!({"name": "Order", "stage": "proposal", "account_id": account});
    cloud
        .post(tenant.records("deals"))
        .as_(&tenant.owner)
        .json(deal)
        .await
        .assert_status(201);
    let list = cloud
        .get(tenant.records("deals"))
        .as_(&tenant.owner)
        .await
        .assert_status(200);
    assert_eq!(list.items().len(), 1, "{list}");

    cloud.inject("TransactWriteItems", 1, FaultError::LostReply);
    cloud
        .delete(&path)
        .as_(&tenant.owner)
        .await
        .assert_status(204);
}

#[tokio::test]
async fn a_sign_up_that_met_a_conflict_or_lost_its_answer_succeeds() {
    let (cloud, _turn) = apart::cloud().await;
    for error in [
        FaultError::TransactionConflict,
        FaultError::LostReply,
        FaultError::InternalServerError,
    ] {
        cloud.inject("TransactWriteItems", 1, error);
        let slug = format!("faulty-{}", unique());
        let email = format!("o@{slug}.example");
        let body = json!({"name": "Faulty", "slug": slug, "owner_email": email, "owner_name": "O", "owner_password": PASSWORD});
        let answer = cloud
            .post("/v1/tenants")
            .json(body)
            .await
            .assert_status(201);
        let owner = Person::signed_in(&answer, &email);
        cloud.get("/v1/me").as_(&owner).await.assert_status(200);
    }
}

#[tokio::test]
async fn a_refresh_whose_answer_was_lost_can_be_repeated() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    let body = json!({"refresh_token": tenant.owner.refresh_token});
    cloud.inject("UpdateItem", 1, FaultError::LostReply);
    let first = cloud
        .post("/v1/auth/refresh")
        .json(&body)
        .await
        .assert_status(200);
    let second = cloud
        .post("/v1/auth/refresh")
        .json(&body)
        .await
        .assert_status(200);
    assert_eq!(first.json["refresh_token"], second.json["refresh_token"]);
}
