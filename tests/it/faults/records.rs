//! Each way of writing records, with each fault at each call that it makes: the client is told the truth or to come again,
//! nothing is lost, and who comes again with the same Idempotency-Key finds it done once.

use super::FOR_LONG;
use crate::apart;
use futures::future::join_all;
use gateway::FaultError;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tests::{Answer, Kind, Request, TestCloud, TestTenant};
use uuid::Uuid;

/// What happens to a call that reads, or that trades a token: the fault, and how often.
const OF_READS: [(FaultError, u32); 2] = [
    (FaultError::ThroughputExceeded, FOR_LONG),
    (FaultError::InternalServerError, FOR_LONG),
];
/// The same of a call that writes.
const OF_WRITES: [(FaultError, u32); 6] = [
    (FaultError::ThroughputExceeded, 1),
    (FaultError::ThroughputExceeded, FOR_LONG),
    (FaultError::TransactionConflict, 2),
    (FaultError::InternalServerError, FOR_LONG),
    (FaultError::LostReply, 1),
    (FaultError::LostReply, FOR_LONG),
];
const TRADE: &str = "AssumeRoleWithWebIdentity";

/// A way of writing records.
struct Way {
    name: &'static str,
    /// The function, by its logical id.
    function: &'static str,
    /// Its calls to DynamoDB; the last one writes.
    calls: &'static [&'static str],
}

const WAYS: [Way; 10] = [
    way(
        "create",
        "RecordsCreateFunction",
        &["GetItem", "TransactWriteItems"],
    ),
    way(
        "create naming",
        "RecordsCreateFunction",
        &["GetItem", "TransactWriteItems"],
    ),
    way("update", "RecordsUpdateFunction", &["UpdateItem"]),
    way(
        "update naming",
        "RecordsUpdateFunction",
        &["GetItem", "TransactWriteItems"],
    ),
    way(
        "delete",
        "RecordsDeleteFunction",
        &["GetItem", "TransactWriteItems"],
    ),
    way(
        "delete named",
        "RecordsDeleteFunction",
        &["GetItem", "Query", "TransactWriteItems"],
    ),
    way(
        "restore",
        "RecordsRestoreFunction",
        &["GetItem", "TransactWriteItems"],
    ),
    way(
        "batch",
        "RecordsBatchFunction",
        &["GetItem", "TransactWriteItems"],
    ),
    way(
        "move",
        "RecordsUpdateFunction",
        &["GetItem", "TransactWriteItems"],
    ),
    way(
        "settings",
        "RecordsCreateFunction",
        &["GetItem", "TransactWriteItems"],
    ),
];
/// Without a key nobody can repeat it: what befalls it must be made up for within the request.
const KEYLESS: Way = way(
    "create without a key",
    "RecordsCreateFunction",
    &["PutItem"],
);

const fn way(name: &'static str, function: &'static str, calls: &'static [&'static str]) -> Way {
    Way {
        name,
        function,
        calls,
    }
}

/// What a way needs: an account, a contact, a deleted contact, and a key that no other request has. What is moved, and into what, are
/// folders in place of contact and account.
struct Scene<'a> {
    tenant: &'a TestTenant,
    account: String,
    contact: String,
    deleted: String,
    key: String,
    /// The records that were there before, and whether they were deleted.
    old: BTreeSet<(String, bool)>,
}

impl<'a> Scene<'a> {
    async fn set(tenant: &'a TestTenant, way: &Way) -> Self {
        let made = async |collection, fields| {
            let record = tenant.create_record(&tenant.owner, collection, fields);
            record.await["id"].as_str().unwrap().to_owned()
        };
        let ada = json!({"name": "Ada"});
        let (account, contact) = match way.name {
            "move" => (
                made("folders", json!({"name": "Above"})).await,
                made("folders", ada).await,
            ),
            "delete named" => {
                let account = tenant.account().await;
                let naming = json!({"name": "Ada", "account_id": account});
                let contact = made("contacts", naming).await;
                (account, contact)
            }
            _ => (tenant.account().await, made("contacts", ada).await),
        };
        let deleted = tenant.contact().await;
        let mut gone = vec![tenant.record("contacts", &deleted)];
        if way.name == "settings" {
            // A tenant has them once.
            let list = tenant.records("telephony-settings");
            let list = tenant.cloud().get(list).as_(&tenant.owner).await;
            let ids = list.items().iter().filter_map(|item| item["id"].as_str());
            gone.extend(ids.map(|id| tenant.record("telephony-settings", id)));
        }
        for path in gone {
            let delete = tenant.cloud().delete(path).as_(&tenant.owner);
            delete.await.assert_status(204);
        }
        let mut scene = Self {
            tenant,
            account,
            contact,
            deleted,
            key: Uuid::now_v7().to_string(),
            old: BTreeSet::new(),
        };
        let items = scene.items().into_iter();
        scene.old = items.map(|(id, is_deleted, _)| (id, is_deleted)).collect();
        // Nothing of what went before is on its way to a function that a fault could befall.
        tenant.cloud().settled().await;
        scene
    }

    fn request(&self, way: &Way) -> Request<'static> {
        let (cloud, tenant) = (self.tenant.cloud(), self.tenant);
        let contacts = tenant.records("contacts");
        let contact = tenant.record("contacts", &self.contact);
        let naming = json!({"name": "New", "account_id": self.account});
        let request = match way.name {
            "create" | "create without a key" => cloud.post(contacts).json(json!({"name": "New"})),
            "create naming" => cloud.post(contacts).json(naming),
            "update" => cloud.patch(contact).json(json!({"name": "New"})),
            "update naming" => cloud.patch(contact).json(naming),
            "move" => {
                let folder = tenant.record("folders", &self.contact);
                cloud.patch(folder).json(json!({"parent_id": self.account}))
            }
            "settings" => {
                let settings = json!({"provider": "twilio", "auth_token": "f00dfeed"});
                let list = tenant.records("telephony-settings");
                cloud.post(list).json(settings)
            }
            "delete" => cloud.delete(contact),
            "delete named" => cloud.delete(tenant.record("accounts", &self.account)),
            "restore" => {
                let deleted = tenant.record("contacts", &self.deleted);
                cloud.post(format!("{deleted}/restore"))
            }
            _ => {
                let records = json!({"records": [naming, naming]});
                cloud.post(format!("{contacts}/batch")).json(records)
            }
        };
        let request = request.as_(&self.tenant.owner);
        // A POST is repeated by its key, a change by the version that it is meant for, a deletion as it is.
        match way.name {
            "update" | "update naming" | "move" => request.header("if-match", "\"1\""),
            "delete" | "delete named" | "create without a key" => request,
            _ => request.header("idempotency-key", &self.key),
        }
    }

    /// The tenant's records: id, whether it is deleted, and the item.
    fn items(&self) -> Vec<(String, bool, Value)> {
        let prefix = format!("TENANT#{}#", self.tenant.uuid());
        let items = self.tenant.cloud().dump("TenantTable").into_iter();
        let records = items.filter_map(|item| {
            let pk = item["pk"]["S"].as_str()?;
            let id = item["sk"]["S"].as_str()?.strip_prefix("RECORD#")?;
            let (id, is_deleted) = (format!("rec_{id}"), pk.ends_with("#DELETED"));
            pk.starts_with(&prefix).then_some((id, is_deleted, item))
        });
        records.collect()
    }

    /// What has become of the records of this scene, and which ones the request made.
    fn outcome(&self) -> BTreeMap<String, Vec<Value>> {
        let mut outcome: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for (id, is_deleted, item) in self.items() {
            let known = [&self.account, &self.contact, &self.deleted];
            let name = match known.iter().position(|known| **known == id) {
                Some(position) => ["account", "contact", "deleted"][position],
                None if self.old.contains(&(id, is_deleted)) => continue,
                None => "new",
            };
            let fields = &item["fields"]["M"];
            let names = ["account_id", "parent_id"].map(|field| fields[field].is_object());
            let shown = json!({
                "is_deleted": is_deleted, "version": item["version"]["N"],
                "name": fields["name"]["S"], "names": names,
                "held_by": item["held_by"]["N"].as_str().unwrap_or("0"),
                "named_by": item["named_by"]["N"].as_str().unwrap_or("0"),
            });
            outcome.entry(name.to_owned()).or_default().push(shown);
        }
        outcome
    }

    /// Comes again as long as it is told to.
    async fn until_done(&self, way: &Way, what: &str) {
        for _ in 0..10 {
            let answer = self.request(way).await;
            match answer.status {
                503 => told_to_come_again(&answer),
                _ => return assert!(is_done(way, &answer), "{what}: {answer}"),
            }
        }
        panic!("{what}: does not recover");
    }
}

#[track_caller]
fn told_to_come_again(answer: &Answer) {
    answer.assert_problem(Kind::Unavailable);
    assert!(answer.header("retry-after").parse::<u32>().is_ok());
}

/// Whether an answer means that it is done: now, or by an earlier attempt whose answer was lost.
fn is_done(way: &Way, answer: &Answer) -> bool {
    match way.name {
        "update" | "update naming" | "move" => matches!(answer.status, 200 | 412),
        "delete" | "delete named" => matches!(answer.status, 204 | 404),
        "restore" => answer.status == 200,
        _ => answer.status == 201,
    }
}

/// What the records are when it was done once, and nothing went wrong.
async fn undisturbed(tenant: &TestTenant, way: &Way) -> BTreeMap<String, Vec<Value>> {
    let scene = Scene::set(tenant, way).await;
    let before = scene.outcome();
    let gateway = tenant.cloud().gateway();
    let log = gateway.last_decision_id();
    let answer = scene.request(way).await;
    assert!(answer.status < 300, "{}: {answer}", way.name);
    // The calls are those that the faults befall.
    let decisions = gateway.decisions_after(log);
    for call in way.calls {
        let mut made = decisions.iter().map(|decision| &decision.operation);
        assert!(made.any(|made| made == call), "{}: no {call}", way.name);
    }
    let after = scene.outcome();
    assert_ne!(before, after, "{}", way.name);
    after
}

async fn befall(
    cloud: &'static TestCloud,
    scene: &Scene<'_>,
    way: &Way,
    call: &str,
    (error, times): (FaultError, u32),
) {
    let what = format!("{}, {call}, {error:?} x {times}", way.name);
    let before = scene.outcome();
    cloud.inject(call, times, error);
    let first = scene.request(way).await;
    if first.status == 503 {
        told_to_come_again(&first);
        // Where the service had not done it, nothing is done.
        let is_unheard = error == FaultError::LostReply;
        assert!(is_unheard || scene.outcome() == before, "{what}: half done");
        scene.until_done(way, &what).await;
    } else {
        assert!(first.status < 300, "{what}: {first}");
    }
}

#[tokio::test]
async fn a_write_is_done_once_whatever_befalls_its_calls() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "faulty").await;
    for way in &WAYS {
        let expected = undisturbed(&tenant, way).await;
        let (write, reads) = way.calls.split_last().unwrap();
        let of_reads = reads
            .iter()
            .flat_map(|call| OF_READS.map(|mishap| (*call, mishap)));
        let of_write = OF_WRITES.map(|mishap| (*write, mishap));
        for (call, mishap) in of_reads.chain(of_write) {
            let scene = Scene::set(&tenant, way).await;
            befall(cloud, &scene, way, call, mishap).await;
            let what = format!("{}, {call}, {mishap:?}", way.name);
            assert_eq!(scene.outcome(), expected, "{what}");
        }
    }
}

/// A function that was started just now has no credentials of the tenant, and can't get them.
#[tokio::test]
async fn a_write_is_done_once_whatever_befalls_the_trade_of_its_token() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "cold").await;
    for way in &WAYS {
        let expected = undisturbed(&tenant, way).await;
        for mishap in OF_READS {
            let scene = Scene::set(&tenant, way).await;
            cloud.local().kill(way.function);
            let log = cloud.gateway().last_decision_id();
            befall(cloud, &scene, way, TRADE, mishap).await;
            let decisions = cloud.gateway().decisions_after(log);
            let mut calls = decisions.iter().map(|decision| &decision.operation);
            let is_met = calls.any(|call| call == TRADE);
            assert!(is_met, "{}: {mishap:?} befell nothing", way.name);
            assert_eq!(scene.outcome(), expected, "{}, {mishap:?}", way.name);
        }
    }
}

/// The function dies after a call was made and before it heard of that.
#[tokio::test]
async fn a_write_is_done_once_though_its_function_dies() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "dying").await;
    for way in &WAYS {
        let expected = undisturbed(&tenant, way).await;
        for call in way.calls.iter().chain([&TRADE]) {
            let what = format!("{} dies at {call}", way.name);
            let scene = Scene::set(&tenant, way).await;
            if *call == TRADE {
                cloud.local().kill(way.function);
            }
            let log = cloud.gateway().last_decision_id();
            cloud.inject(call, 1, FaultError::NoReply);
            let death = async {
                cloud.unanswered(log).await;
                assert!(cloud.local().kill(way.function) > 0, "{what}");
            };
            let (answer, ()) = tokio::join!(scene.request(way).into_future(), death);
            assert!(answer.status >= 500, "{what}: {answer}");
            scene.until_done(way, &what).await;
            assert_eq!(scene.outcome(), expected, "{what}");
        }
    }
}

/// A call that nobody answers is given up and made again: the client waits, and learns of nothing. Of two tenants' requests side by
/// side one meets a call that was not done, and the other one that was.
#[tokio::test]
async fn a_write_is_done_once_though_a_call_of_it_gets_no_answer() {
    let cloud = TestCloud::own();
    let tenants = [
        TestTenant::create(cloud, "silent").await,
        TestTenant::create(cloud, "mute").await,
    ];
    for way in WAYS.iter().chain([&KEYLESS]) {
        let expected = undisturbed(&tenants[0], way).await;
        for call in way.calls.iter().chain([&TRADE]) {
            let what = format!("{}, {call} without an answer", way.name);
            let mut scenes = Vec::new();
            for tenant in &tenants {
                scenes.push(Scene::set(tenant, way).await);
            }
            if *call == TRADE {
                cloud.local().kill(way.function);
            }
            let log = cloud.gateway().last_decision_id();
            cloud.inject(call, 1, FaultError::Silent);
            cloud.inject(call, 1, FaultError::NoReply);
            let requests = scenes.iter().map(|scene| scene.request(way).into_future());
            for answer in join_all(requests).await {
                assert!(answer.status < 300, "{what}: {answer}");
            }
            let decisions = cloud.gateway().decisions_after(log).into_iter();
            let own = decisions.filter(|call| call.unanswered && call.caller.route.is_some());
            assert_eq!(own.count(), 2, "{what}");
            for scene in &scenes {
                assert_eq!(scene.outcome(), expected, "{what}");
            }
        }
    }
}
