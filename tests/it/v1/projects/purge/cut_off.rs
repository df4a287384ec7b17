//! A purge goes on where it was cut off, and comes to its end.

use super::{beginning, delete_project, expire, finish, given_up, remains, under, under_way, uuid};
use crate::apart;
use crate::faults::work::{Work, is_done_once_whatever_befalls};
use crate::v1::projects::search::index_of;
use gateway::{DecisionRecord, FaultError};
use serde_json::{Value, json};
use tests::{Role, TestCloud, TestTenant};
use uuid::Uuid;

/// Longer than a message that failed stays away.
const PAUSE: jiff::SignedDuration = jiff::SignedDuration::from_secs(181);
/// More than two runs delete.
const MANY: usize = 2_500;

/// What failed is tried again.
async fn try_again(tenant: &TestTenant) {
    let gateway = tenant.cloud().gateway();
    gateway.forget_faults();
    gateway.advance_clock(PAUSE);
    finish(tenant).await;
    gateway.advance_clock(-PAUSE);
}

fn assert_gone(tenant: &TestTenant, what: &str) {
    let project = &tenant.project_id;
    assert_eq!(remains(tenant, project), [""; 0], "{what}");
    assert_eq!(under_way(tenant), [Value::Null; 0], "{what}");
    assert_eq!(given_up(tenant.cloud(), project), [""; 0], "{what}");
}

/// A project with a record, a file that has bytes, one that has none, an embedding and something of a person's own.
struct Purged {
    tenant: TestTenant,
}

impl Work for Purged {
    async fn ready(cloud: &'static TestCloud) -> Self {
        let tenant = TestTenant::create(cloud, "acme").await;
        tenant.contact().await;
        let file = tenant.file(&tenant.owner, "a.pdf").await;
        tenant
            .upload(&tenant.owner, &file, "application/pdf", b"bytes")
            .await;
        tenant.file(&tenant.owner, "b.pdf").await;
        for (collection, fields) in [
            ("chunks", json!({"text": "A passage.", "embedding": [1, 0]})),
            ("notifications", json!({"title": "Look", "type": "mention"})),
        ] {
            tenant
                .create_record(&tenant.owner, collection, fields)
                .await;
        }
        cloud.settled().await;
        delete_project(&tenant, &tenant.project_id).await;
        // Of each at least one: two files and their note, a contact, a notification, a chunk with its vector twice, what is said of
        // all vectors, and the bytes.
        assert!(remains(&tenant, &tenant.project_id).len() >= 9);
        Self { tenant }
    }

    async fn begin(&self, _: &'static TestCloud) {
        expire(&self.tenant, &self.tenant.project_id).await;
        finish(&self.tenant).await;
    }

    async fn again(&self, _: &'static TestCloud) {
        try_again(&self.tenant).await;
    }

    async fn assert_done(&self, cloud: &'static TestCloud) {
        assert_gone(&self.tenant, "a small project");
        let index = index_of(self.tenant.uuid(), &self.tenant.project_id);
        assert_eq!(cloud.gateway().vectors(&index), None);
        let usage = cloud.get("/v1/tenant/usage").as_(&self.tenant.owner);
        assert_eq!(usage.await.json["storage_bytes"]["used"], 0);
    }
}

#[tokio::test]
async fn a_project_is_purged_whatever_befalls_who_purges_it() {
    is_done_once_whatever_befalls::<Purged>("files-settle").await;
}

/// Puts so many copies of each record that lies in such a partition into the first project, past the API.
fn copy(tenant: &TestTenant, part: &str, number: usize) {
    let cloud = tenant.cloud();
    let partition = format!("{}{part}", beginning(tenant, &tenant.project_id));
    let records = under(cloud, &partition).into_iter();
    let copies = records.flat_map(|mut record| {
        (0..number).map(move |_| {
            record["sk"]["S"] = json!(format!("RECORD#{}", Uuid::now_v7()));
            record.to_string()
        })
    });
    let copies: Vec<String> = copies.collect();
    assert!(copies.len() >= number);
    let all = copies.len();
    let put = cloud.gateway().import("TenantTable", copies);
    assert_eq!(put.unwrap(), all);
}

async fn crowd(tenant: &TestTenant, number: usize) {
    tenant.contact().await;
    copy(tenant, "CONTACTS", number);
}

/// A message that comes too often ends in the dead-letter queue: so none comes again for what is left, and each run wakes the next.
#[tokio::test]
async fn a_large_project_is_purged_in_runs_of_which_each_wakes_the_next() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    crowd(&tenant, MANY).await;
    let person = tenant
        .create_record(
            &tenant.owner,
            "notifications",
            json!({"title": "Look", "type": "mention"}),
        )
        .await;
    assert_eq!(person["status"], "unread");
    delete_project(&tenant, &tenant.project_id).await;
    assert!(remains(&tenant, &tenant.project_id).len() > MANY);
    let log = cloud.gateway().last_decision_id();
    expire(&tenant, &tenant.project_id).await;
    finish(&tenant).await;
    assert_gone(&tenant, "a large project");

    // Each run asks once whether the project is nowhere, and all but the last say how far they have come.
    let made = cloud.gateway().decisions_after(log);
    let purges = format!("TENANT#{}#PURGES", tenant.uuid());
    let core = format!("TENANT#{}", tenant.uuid());
    let calls = |operation: &str, key: &str| {
        let is_such = |call: &&DecisionRecord| {
            call.operation == operation && call.leading_keys.iter().any(|other| other == key)
        };
        made.iter().filter(is_such).count()
    };
    assert!(calls("TransactWriteItems", &core) >= 3, "too few runs");
    // The first is begun by the end of the project's own item.
    let (begun, moved) = (
        calls("TransactWriteItems", &core) - 1,
        calls("UpdateItem", &purges),
    );
    assert_eq!(
        moved,
        2 * begun,
        "each further run is begun and was handed on"
    );
}

/// The first run ends among what is one person's own, the next among the other's; those behind it go on there.
#[tokio::test]
async fn a_purge_that_ends_a_run_among_people_goes_on_with_them() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    let member = tenant.member(Role::SalesRep).await;
    for person in [&tenant.owner, &member] {
        let fields = json!({"title": "Look", "type": "mention", "owner_id": person.user_id});
        tenant
            .create_record(&tenant.owner, "notifications", fields)
            .await;
    }
    copy(&tenant, "NOTIFICATIONS", 1_600);
    delete_project(&tenant, &tenant.project_id).await;
    assert!(remains(&tenant, &tenant.project_id).len() >= 3_200);
    let log = cloud.gateway().last_decision_id();
    expire(&tenant, &tenant.project_id).await;
    finish(&tenant).await;
    assert_gone(&tenant, "people's own");
    let made = cloud.gateway().decisions_after(log);
    // Every run asks S3 for bytes, until one has found that nothing but people's own is left.
    let lists = made.iter().filter(|call| call.operation == "ListObjectsV2");
    let runs = made
        .iter()
        .filter(|call| call.operation == "TransactWriteItems");
    let (lists, runs) = (lists.count(), runs.count());
    assert!(runs >= 4 && lists < runs, "{lists} lists in {runs} runs");
}

#[tokio::test]
async fn a_run_that_cannot_be_handed_on_comes_again() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "acme").await;
    crowd(&tenant, MANY).await;
    delete_project(&tenant, &tenant.project_id).await;
    let sort_key = format!("DELETED_PROJECT#{}", uuid(&tenant.project_id));
    tenant.set(&sort_key, "ttl", json!({"N": "1"})).await;
    // All that the SDK makes of the call which hands the first run on.
    cloud.inject("UpdateItem", 3, FaultError::InternalServerError);
    cloud.gateway().sweep_expired().unwrap();
    finish(&tenant).await;
    let left = remains(&tenant, &tenant.project_id).len();
    assert!(left > 0 && left < MANY, "{left} are left");
    try_again(&tenant).await;
    assert_gone(&tenant, uuid(&tenant.project_id));
}
