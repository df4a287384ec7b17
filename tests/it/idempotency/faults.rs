//! Whatever befalls the calls of a request: who repeats it under its key loses nothing and doubles nothing.

use super::requests::{self, Asked};
use super::{REPLAYED, assert_replays, send, traces};
use crate::apart;
use gateway::FaultError;
use std::time::Duration;
use tests::{Answer, Route, TestCloud, TestTenant, unique};

/// As many times as a call is tried at most.
const FOR_LONG: u32 = 4;
const CREATE: &str = "POST /v1/projects/{project_id}/{collection}";

fn befall(cloud: &TestCloud, operation: &str, error: FaultError, times: u32) {
    cloud.inject(operation, times, error);
}

/// Repeats until there is an answer that is meant.
async fn until_answered(cloud: &'static TestCloud, asked: &Asked, key: &str) -> Answer {
    for _ in 0..20 {
        let answer = send(cloud, asked, asked.body.as_ref(), key).await;
        if answer.status < 300 {
            return answer;
        }
        assert!(matches!(answer.status, 409 | 503), "{answer}");
        assert!(
            answer.header("retry-after").parse::<u32>().is_ok(),
            "{answer}"
        );
    }
    panic!("{} never recovers", asked.path);
}

/// A call that a request makes, and what befalls it.
#[derive(Debug, Clone, Copy)]
struct Mishap(&'static str, FaultError, u32);

async fn once(tenant: &TestTenant, route: &str, mishap: Mishap) {
    let (cloud, what) = (tenant.cloud(), format!("{route}: {mishap:?}"));
    let asked = requests::of(&Route::named(route), tenant).await;
    cloud.settled().await;
    let before = traces(cloud, &tenant.owner);
    let key = unique();
    let Mishap(operation, error, times) = mishap;
    befall(cloud, operation, error, times);
    let mut first = until_answered(cloud, &asked, &key).await;
    let after = traces(cloud, &tenant.owner);
    // Whatever the client had seen: what was asked for is there once, and so is the answer.
    let mut made: Vec<&String> = after.keys().collect();
    made.retain(|key| !before.contains_key(*key) && !key.contains("ROLE_NAME"));
    assert_eq!(made.len(), 2, "{what}: {made:?}");
    let again = until_answered(cloud, &asked, &key).await;
    first.headers.remove(REPLAYED);
    assert_replays(&first, &again);
    assert_eq!(after, traces(cloud, &tenant.owner), "{what}");
    // A new one makes each of the calls: once it succeeds, nothing is left of the fault.
    let asked = requests::of(&Route::named(CREATE), tenant).await;
    until_answered(cloud, &asked, &unique()).await;
}

#[tokio::test]
async fn faults_of_each_call_lose_nothing_and_double_nothing() {
    let (cloud, _turn) = apart::cloud().await;
    for times in [1, FOR_LONG] {
        let tenant = TestTenant::create(cloud, "acme").await;
        for error in [
            FaultError::ThroughputExceeded,
            FaultError::InternalServerError,
            FaultError::LostReply,
        ] {
            for operation in ["BatchGetItem", "GetItem", "TransactWriteItems"] {
                once(&tenant, CREATE, Mishap(operation, error, times)).await;
            }
        }
        for route in ["POST /v1/projects", "POST /v1/roles"] {
            let lost = Mishap("TransactWriteItems", FaultError::LostReply, times);
            once(&tenant, route, lost).await;
        }
        for route in [CREATE, "POST /v1/projects", "POST /v1/roles"] {
            // More often than one request tries.
            let conflicts = if times == 1 { 1 } else { 9 };
            let conflict = FaultError::TransactionConflict;
            once(
                &tenant,
                route,
                Mishap("TransactWriteItems", conflict, conflicts),
            )
            .await;
        }
    }
}

/// The function dies; nobody ever hears of what it did.
async fn dies(cloud: &'static TestCloud, operation: &str, is_done: bool) {
    let tenant = TestTenant::create(cloud, "acme").await;
    let asked = requests::of(&Route::named(CREATE), &tenant).await;
    cloud.settled().await;
    let before = traces(cloud, &tenant.owner);
    // The function is warm, so that nothing but the request is under way.
    tenant.contact().await;
    let warm = traces(cloud, &tenant.owner);
    assert_ne!(before, warm);
    befall(cloud, operation, FaultError::NoReply, 1);
    cloud.gateway().clear_decisions();
    let death = async {
        let asked_for = || {
            let decisions = cloud.gateway().decisions();
            decisions.iter().any(|call| call.operation == operation)
        };
        while !asked_for() || (is_done && traces(cloud, &tenant.owner) == warm) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(cloud.local().kill("RecordsCreateFunction") > 0);
    };
    let (lost, ()) = tokio::join!(send(cloud, &asked, asked.body.as_ref(), "k"), death);
    assert!(lost.status >= 500, "{lost}");
    let is_there = traces(cloud, &tenant.owner).len() > warm.len();
    assert_eq!(is_there, is_done);
    let answer = until_answered(cloud, &asked, "k").await;
    assert_eq!(answer.headers.contains_key(REPLAYED), is_done, "{answer}");
    // The contact and its answer.
    assert_eq!(traces(cloud, &tenant.owner).len(), warm.len() + 2);
    let path = answer.header("location").to_owned();
    cloud.get(path).as_(&tenant.owner).await.assert_status(200);
}

#[tokio::test]
async fn a_death_after_the_write_is_made_up_for() {
    let (cloud, _turn) = apart::cloud().await;
    dies(cloud, "TransactWriteItems", true).await;
}

#[tokio::test]
async fn a_death_before_the_write_leaves_nothing() {
    let (cloud, _turn) = apart::cloud().await;
    dies(cloud, "GetItem", false).await;
}
