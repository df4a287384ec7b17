//! Each call of making an export, with each fault: nothing is lost, nothing is doubled, and what can't be made ends as failed.

use super::{LARGE, ask, large_records, lines, read};
use crate::apart;
use crate::faults::work::{Work, is_done_once_whatever_befalls};
use gateway::FaultError;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tests::{TestCloud, TestTenant};
use tokio::sync::{Mutex, OnceCell};
use uuid::Uuid;

/// As often as anything is tried within one invocation, and more.
const FOR_LONG: u32 = 4;
/// More than one part of 5 MiB.
const COUNT: usize = 40;
/// How long the tokens of a tenant's people are of use for many exports.
const TOKENS_LAST: Duration = Duration::from_mins(5);

/// Lets messages that failed come again, until the export is over.
async fn over(tenant: &TestTenant, id: &str, what: &str) -> Value {
    let cloud = tenant.cloud();
    for _ in 0..12 {
        cloud.settled().await;
        let export = read(cloud, &tenant.owner, id).await.assert_status(200).json;
        if !matches!(export["status"].as_str().unwrap(), "queued" | "running") {
            return export;
        }
        cloud.come_again().await;
    }
    panic!("{what}: the export does not end");
}

/// The file has these records, each as it is and once.
async fn assert_whole(tenant: &TestTenant, export: &Value, records: &[Value], what: &str) {
    let got = lines(tenant.cloud(), export).await;
    assert!(got == records, "{what}: another file: {export}");
}

/// One that is sent at once.
struct Small {
    tenant: TestTenant,
    account: Value,
    export: OnceCell<String>,
}

impl Work for Small {
    async fn ready(cloud: &'static TestCloud) -> Self {
        let tenant = TestTenant::create(cloud, "acme").await;
        let account = json!({"name": "Northwind"});
        let account = tenant.create_record(&tenant.owner, "accounts", account);
        Self {
            account: account.await,
            tenant,
            export: OnceCell::new(),
        }
    }

    async fn begin(&self, _: &'static TestCloud) {
        let asked = ask(&self.tenant, &self.tenant.owner, "accounts", json!({})).await;
        self.export.set(asked.assert_status(201).id()).unwrap();
    }

    async fn assert_done(&self, _: &'static TestCloud) {
        let what = "a small export";
        let export = over(&self.tenant, self.export.get().unwrap(), what).await;
        let account = [self.account.clone()];
        assert_whole(&self.tenant, &export, &account, what).await;
    }
}

#[tokio::test]
async fn a_small_export_is_whole_whatever_befalls_who_makes_it() {
    is_done_once_whatever_befalls::<Small>("exports-run").await;
}

#[tokio::test]
async fn a_small_export_is_whole_whatever_befalls_who_tells_of_it() {
    is_done_once_whatever_befalls::<Small>("stream-fanout").await;
}

/// A tenant with so many records that their export has parts.
struct Stock {
    tenant: TestTenant,
    records: Vec<Value>,
    since: Instant,
}

/// That of each cloud: to make one takes longer than to export it.
static STOCKS: Mutex<Vec<(&TestCloud, Arc<Stock>)>> = Mutex::const_new(Vec::new());

/// One in parts, step by step.
struct InParts {
    stock: Arc<Stock>,
    export: OnceCell<String>,
}

impl Work for InParts {
    async fn ready(cloud: &'static TestCloud) -> Self {
        let export = OnceCell::new();
        let is_kept = |(of, stock): &(&TestCloud, Arc<Stock>)| {
            std::ptr::eq(*of, cloud) && stock.since.elapsed() < TOKENS_LAST
        };
        let kept = STOCKS
            .lock()
            .await
            .iter()
            .find(|kept| is_kept(kept))
            .cloned();
        if let Some((_, stock)) = kept {
            return Self { stock, export };
        }
        let tenant = TestTenant::create(cloud, "acme").await;
        let stock = Arc::new(Stock {
            records: large_records(&tenant, COUNT).await,
            tenant,
            since: Instant::now(),
        });
        STOCKS.lock().await.push((cloud, Arc::clone(&stock)));
        Self { stock, export }
    }

    async fn begin(&self, _: &'static TestCloud) {
        let tenant = &self.stock.tenant;
        let asked = ask(tenant, &tenant.owner, LARGE, json!({})).await;
        self.export.set(asked.assert_status(201).id()).unwrap();
    }

    async fn assert_done(&self, _: &'static TestCloud) {
        let (tenant, what) = (&self.stock.tenant, "an export in parts");
        let export = over(tenant, self.export.get().unwrap(), what).await;
        assert_whole(tenant, &export, &self.stock.records, what).await;
    }
}

#[tokio::test]
async fn an_export_in_parts_is_whole_whatever_befalls_who_makes_it() {
    is_done_once_whatever_befalls::<InParts>("exports-run").await;
}

#[tokio::test]
async fn what_fails_time_and_again_has_failed_and_leaves_no_parts() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "unlucky").await;
    large_records(&tenant, COUNT).await;
    cloud.inject(
        "CompleteMultipartUpload",
        100,
        FaultError::InternalServerError,
    );
    let asked = ask(&tenant, &tenant.owner, LARGE, json!({})).await;
    let id = asked.assert_status(201).id();
    cloud.settled().await;
    // The queue brings the last step time and again.
    let queue = cloud.gateway().queue("ExportsQueue").unwrap();
    let mut tries = 1;
    let export = loop {
        let export = read(cloud, &tenant.owner, &id)
            .await
            .assert_status(200)
            .json;
        if export["status"] != "running" {
            break export;
        }
        queue.send(told(&tenant, &id, 2));
        cloud.settled().await;
        tries += 1;
        assert!(tries < 20, "{export}");
    };
    assert_eq!(tries, 8);
    cloud.gateway().forget_faults();
    assert_eq!(export["status"], "failed", "{export}");
    assert_eq!(export["failure"], "interrupted");
    assert_eq!(export["download_url"], Value::Null);
    assert!(export["finished_at"].is_string());
    let theirs = |key: &String| key.starts_with(tenant.uuid());
    assert!(!cloud.gateway().uploads("ExportsBucket").iter().any(theirs));
    assert!(!cloud.gateway().objects("ExportsBucket").iter().any(theirs));
}

/// A message that comes again, or late, finds that its step has been made.
#[tokio::test]
async fn a_step_that_was_made_is_not_made_again() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "again").await;
    let records = large_records(&tenant, COUNT).await;
    let asked = ask(&tenant, &tenant.owner, LARGE, json!({})).await;
    let id = asked.assert_status(201).id();
    let queue = cloud.gateway().queue("ExportsQueue").unwrap();
    // All steps at once, twice, while they are made.
    for step in [0, 1, 0, 2, 1, 2] {
        queue.send(told(&tenant, &id, step));
    }
    let export = over(&tenant, &id, "told twice").await;
    assert_whole(&tenant, &export, &records, "told twice").await;
    for step in [0, 1, 2, 3] {
        queue.send(told(&tenant, &id, step));
    }
    cloud.settled().await;
    let after = read(cloud, &tenant.owner, &id)
        .await
        .assert_status(200)
        .json;
    for field in ["status", "records", "bytes", "finished_at"] {
        assert_eq!(after[field], export[field], "{field}");
    }
    assert_whole(&tenant, &after, &records, "told late").await;
}

#[tokio::test]
async fn what_is_asked_for_again_under_its_key_is_made_once() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "asked").await;
    tenant.contact().await;
    for (operation, error, times) in [
        ("PutItem", FaultError::ThroughputExceeded, FOR_LONG),
        ("TransactWriteItems", FaultError::ThroughputExceeded, 1),
        (
            "TransactWriteItems",
            FaultError::ThroughputExceeded,
            FOR_LONG,
        ),
        ("TransactWriteItems", FaultError::TransactionConflict, 2),
        (
            "TransactWriteItems",
            FaultError::InternalServerError,
            FOR_LONG,
        ),
        ("TransactWriteItems", FaultError::LostReply, 1),
        ("TransactWriteItems", FaultError::LostReply, FOR_LONG),
    ] {
        let what = format!("{operation}, {error:?} x {times}");
        let before = made(&tenant);
        cloud.inject(operation, times, error);
        let key = Uuid::now_v7().to_string();
        let body = json!({"project_id": tenant.project_id, "collection": "contacts"});
        let send = async || {
            let request = cloud.post(super::PATH).as_(&tenant.owner).json(&body);
            request.header("idempotency-key", &key).await
        };
        let mut answer = send().await;
        for _ in 0..10 {
            if answer.status != 503 {
                break;
            }
            assert!(answer.header("retry-after").parse::<u32>().is_ok());
            answer = send().await;
        }
        let id = answer.assert_status(201).id();
        cloud.gateway().forget_faults();
        assert_eq!(made(&tenant), before + 1, "{what}");
        assert_eq!(over(&tenant, &id, &what).await["records"], 1, "{what}");
    }
}

fn made(tenant: &TestTenant) -> usize {
    let pk = format!("TENANT#{}#EXPORTS#", tenant.uuid());
    let items = tenant.cloud().dump("TenantTable").into_iter();
    let theirs = items.filter(|item| item["pk"]["S"].as_str().unwrap().starts_with(&pk));
    theirs.count()
}

/// What the queue is told of a step of an export.
fn told(tenant: &TestTenant, id: &str, step: u32) -> String {
    let of = |id: &str| id.split_once('_').unwrap().1.to_owned();
    let (user, export) = (of(&tenant.owner.user_id), of(id));
    let pk = format!("TENANT#{}#EXPORTS#{user}", tenant.uuid());
    json!({"pk": pk, "sk": format!("EXPORT#{export}"), "step": step}).to_string()
}
