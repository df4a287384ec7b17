//! Every route that writes, with a fault at each call that it makes: who comes again as they are told finds it done once.
//!
//! The requests are those of the budget's table, and the calls are those that are seen to be made, so that neither a new route
//! nor a new call goes without. What became of the tables must be what becomes of them when nothing goes wrong: the same
//! items come, change and go, and where the request can be repeated under a key, the same numbers rise.

use super::FOR_LONG;
use gateway::{DecisionRecord, Fault, FaultError};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tests::budget::{BUDGET, Prepared, Row, Stage, calm};
use tests::{Answer, Request, Route, TestCloud, unique};

const TRADE: &str = "AssumeRoleWithWebIdentity";
/// What ends within this time is no effect of a request. What a request leaves behind stays for an hour at least.
const PASSING: SignedDuration = SignedDuration::from_mins(55);
/// More conflicts than one request meets before it gives up.
const CONFLICTS: u32 = 9;
/// How often a client comes again.
const TRIES: usize = 10;
const TABLES: [&str; 2] = ["TenantTable", "DirectoryTable"];

/// The kinds of items that came, changed and went, with their number; and how far which numbers rose.
type Effect = BTreeMap<String, i64>;

fn writes(operation: &str) -> bool {
    ["Put", "Update", "Delete", "TransactWrite", "BatchWrite"]
        .iter()
        .any(|verb| operation.starts_with(verb))
}

/// What befalls a call, each more often than anything is tried. A function that gets no answer dies of it.
fn mishaps(route: &Route, operation: &str) -> &'static [(FaultError, u32)] {
    match (of_a_record(route), writes(operation)) {
        (_, true) => &[
            (FaultError::ThroughputExceeded, FOR_LONG),
            (FaultError::TransactionConflict, CONFLICTS),
            (FaultError::LostReply, FOR_LONG),
            (FaultError::NoReply, 1),
        ],
        // The authorizer would be the one to die: it asks in this way, and first.
        (true, false) if operation == "BatchGetItem" => {
            &[(FaultError::InternalServerError, FOR_LONG)]
        }
        (true, false) => &[
            (FaultError::InternalServerError, FOR_LONG),
            (FaultError::NoReply, 1),
        ],
        (false, false) => &[(FaultError::InternalServerError, FOR_LONG)],
    }
}

fn of_a_record(route: &Route) -> bool {
    let is_in = |part| route.path().contains(part);
    is_in("/{collection}") || is_in("/{record_id}")
}

/// Every item of both tables, but for those that come and go by themselves.
fn items(cloud: &TestCloud, soon: Timestamp) -> BTreeMap<(String, String), Value> {
    let items = TABLES.iter().flat_map(|table| cloud.dump(table));
    let keyed = items.map(|item| {
        let key = |name: &str| item[name]["S"].as_str().unwrap().to_owned();
        ((key("pk"), key("sk")), item)
    });
    // A day's counts are made by the first letter, and changed by the next.
    let passing = ["#OUTBOX", "#USAGE", "BACKOFF#", "DUE#"];
    // Some come and go by themselves.
    let is_passing = |item: &Value| {
        let ttl = item["ttl"]["N"].as_str();
        ttl.is_some_and(|ttl| ttl.parse::<i64>().unwrap() < soon.as_second())
    };
    keyed
        .filter(|(_, item)| !is_passing(item))
        .filter(|((pk, _), _)| !passing.iter().any(|part| pk.contains(part)))
        .collect()
}

/// A key without what differs from one request to the next.
fn shape((pk, sk): &(String, String)) -> String {
    let fixed = |part: &str| part.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    let parts = |key: &str| {
        let parts = key.split('#');
        let parts: Vec<&str> = parts
            .map(|part| if fixed(part) { part } else { "*" })
            .collect();
        parts.join("#")
    };
    format!("{} {}", parts(pk), parts(sk))
}

fn effect(
    before: &BTreeMap<(String, String), Value>,
    after: &BTreeMap<(String, String), Value>,
    counts: bool,
) -> Effect {
    let mut effect = Effect::new();
    let mut note = |what: String, by: i64| *effect.entry(what).or_default() += by;
    for (key, item) in after {
        match before.get(key) {
            None => note(format!("made {}", shape(key)), 1),
            Some(old) if old != item => {
                note(format!("changed {}", shape(key)), 1);
                for (name, by) in risen(old, item).into_iter().filter(|_| counts) {
                    note(format!("{} {name}", shape(key)), by);
                }
            }
            Some(_) => {}
        }
    }
    let gone = before.keys().filter(|key| !after.contains_key(*key));
    gone.for_each(|key| note(format!("gone {}", shape(key)), 1));
    // Without a key a log-in is none that was before: what is lost of that is a session whose tokens nobody has.
    if !counts && let Some(sessions) = effect.get_mut("made USER#* SESSION#*") {
        *sessions = 1;
    }
    effect
}

/// How far each number of an item rose, but for times.
fn risen(old: &Value, new: &Value) -> Vec<(String, i64)> {
    let number = |item: &Value, name: &str| item[name]["N"].as_str()?.parse::<i64>().ok();
    let names = new.as_object().unwrap().keys();
    let is_time = |name: &str| name.ends_with("_at") || ["ttl", "totp_step"].contains(&name);
    let counts = names.filter(|name| !is_time(name));
    let risen = counts.filter_map(|name| {
        let by = number(new, name)? - number(old, name).unwrap_or_default();
        (by != 0).then(|| (name.clone(), by))
    });
    risen.collect()
}

/// Comes again as long as it is told to.
async fn until_done(request: Request<'static>, row: &Row, what: &str) {
    for _ in 0..TRIES {
        let answer: Answer = request.again().await;
        let in_flight = answer.json["type"]
            .as_str()
            .is_some_and(|kind| kind.ends_with("request-in-flight"));
        if answer.status != 503 && !in_flight {
            // What a lost attempt has done is done: there is nothing left to delete, to accept or to change from.
            let is_done = answer.status == row.status || matches!(answer.status, 400..=422);
            assert!(is_done, "{what}: {answer}");
            return;
        }
        let wait = answer.header("retry-after").parse::<u32>();
        assert!(wait.is_ok(), "{what}: {answer}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{what}: does not recover");
}

/// One request, from its preparation to its effect.
async fn once(
    cloud: &'static TestCloud,
    stage: &Stage,
    (row, route): (&Row, &Route),
    mishap: Option<(&str, FaultError, u32)>,
) -> (Effect, BTreeSet<String>) {
    let Prepared::Http(request) = stage.prepare(row).await else {
        panic!("{} is the issuer's", row.route);
    };
    let mut request = *request;
    // Some have one as they are.
    if route.idempotent && !row.case.contains("Idempotency-Key") {
        request = request.header("idempotency-key", &unique());
    }
    calm(cloud);
    cloud.settled().await;
    // A process that was started just now has its credentials still to get.
    if mishap.is_none_or(|(operation, _, _)| operation == TRADE) {
        cloud.local().kill(&route.function());
    }
    let soon = Timestamp::now() + PASSING;
    let before = items(cloud, soon);
    let gateway = cloud.gateway();
    let log = gateway.last_decision_id();
    let mut what = format!("{} ({})", row.route, row.case);
    if let Some((operation, error, times)) = mishap {
        what = format!("{what}, {operation}: {error:?} x {times}");
        gateway.inject(Fault {
            operation: operation.to_owned(),
            table: None,
            times,
            error,
        });
    }
    if matches!(mishap, Some((_, FaultError::NoReply, _))) {
        let death = async {
            cloud.unanswered(log).await;
            assert!(cloud.local().kill(&route.function()) > 0, "{what}");
        };
        let (answer, ()) = tokio::join!(request.again().into_future(), death);
        assert!(answer.status >= 500, "{what}: {answer}");
    }
    until_done(request, row, &what).await;
    let made = gateway.decisions_after(log);
    gateway.forget_faults();
    cloud.settled().await;
    let is_own = |call: &&DecisionRecord| call.caller.route.as_deref() == Some(row.route);
    let calls = made
        .iter()
        .filter(is_own)
        .map(|call| call.operation.clone());
    (
        effect(&before, &items(cloud, soon), route.idempotent),
        calls.collect(),
    )
}

/// The routes that write, with the rows of their requests that succeed.
fn writing(is_meant: impl Fn(&Route) -> bool) -> Vec<(Route, Vec<&'static Row>)> {
    let routes = Route::all().into_iter();
    let routes = routes.filter(|route| route.method() != "GET" && is_meant(route));
    routes
        .map(|route| {
            let rows = BUDGET.iter().filter(|row| row.route == route.route_key);
            let rows: Vec<&Row> = rows
                .filter(|row| row.status < 300 && row.case != "repeated")
                .collect();
            let name = &route.route_key;
            assert!(
                !rows.is_empty(),
                "no request of budget/stage.rs succeeds for {name}"
            );
            (route, rows)
        })
        .collect()
}

/// Each row's request, undisturbed and with a mishap at each of its calls.
async fn try_all(cloud: &'static TestCloud, tried: Vec<(Route, Vec<&'static Row>)>) {
    let stage = Stage::set(cloud).await;
    let mut wrong = Vec::new();
    for (route, rows) in tried {
        for row in rows {
            // What the first request of its kind makes, the next ones find.
            once(cloud, &stage, (row, &route), None).await;
            let (expected, calls) = once(cloud, &stage, (row, &route), None).await;
            let befalls = calls.iter().flat_map(|operation| {
                let mishaps = mishaps(&route, operation).iter();
                mishaps.map(move |(error, times)| (operation.as_str(), *error, *times))
            });
            for befalls in befalls {
                let (found, _) = once(cloud, &stage, (row, &route), Some(befalls)).await;
                if found != expected {
                    let place = format!("{} ({}), {befalls:?}", row.route, row.case);
                    println!("{place}: {found:?}, and not {expected:?}");
                    wrong.push(place);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn in_a_project(route: &Route) -> bool {
    route.path().starts_with("/v1/projects/{project_id}/")
}

#[tokio::test]
async fn every_write_in_a_project_is_done_once_whatever_befalls_its_calls() {
    let cloud = TestCloud::own();
    try_all(cloud, writing(in_a_project)).await;
}

#[tokio::test]
async fn every_other_write_is_done_whatever_befalls_its_calls() {
    let cloud = TestCloud::own();
    try_all(
        cloud,
        writing(|route| route.api == "main" && !in_a_project(route)),
    )
    .await;
}
