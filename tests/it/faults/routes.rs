//! Every route that writes, with a fault at each call that it makes: who comes again as they are told finds it done once.
//!
//! The requests are those of the budget's table, and the calls are those that are seen to be made, so that neither a new route
//! nor a new call goes without. What became of the tables must be what becomes of them when nothing goes wrong: the same
//! items come, change and go, and where the request can be repeated under a key, the same numbers rise.

use super::mishap::{Call, Mishap};
use futures::FutureExt as _;
use futures::future::join_all;
use gateway::DecisionRecord;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};
use tests::budget::{BUDGET, Prepared, Row, Stage, calm};
use tests::{Answer, Request, Route, TestCloud};
use uuid::Uuid;

const TRADE: &str = "AssumeRoleWithWebIdentity";
/// What ends within this time is no effect of a request. What a request leaves behind stays for an hour at least.
const PASSING: SignedDuration = SignedDuration::from_mins(55);
/// For so long a stage is used.
const TOKENS_LAST: Duration = Duration::from_mins(5);
/// How often a client comes again.
const TRIES: usize = 10;
/// How many requests are under way, each in a cloud of its own.
const CLOUDS: usize = 8;
const TABLES: [&str; 2] = ["TenantTable", "DirectoryTable"];

/// The kinds of items that came, changed and went, with their number; and how far which numbers rose.
type Effect = BTreeMap<String, i64>;

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

/// Comes again as long as it is told to; tells how often, and what it was told at last.
async fn until_done(request: Request<'static>, what: &str) -> (usize, u16) {
    for tries in 1..=TRIES {
        let answer: Answer = request.again().await;
        let in_flight = answer.json["type"]
            .as_str()
            .is_some_and(|kind| kind.ends_with("request-in-flight"));
        if answer.status != 503 && !in_flight {
            assert!(answer.status < 500, "{what}: {answer}");
            return (tries, answer.status);
        }
        let wait = answer.header("retry-after").parse::<u32>();
        assert!(wait.is_ok(), "{what}: {answer}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{what}: does not recover");
}

/// One request, from its preparation to its effect, and how often it made which calls. A mishap befalls the one of an operation's
/// calls that comes after so many.
async fn once(
    stage: &Stage,
    (row, route): (&Row, &Route),
    mishap: Option<(Call<'_>, Mishap)>,
) -> (Effect, BTreeMap<String, u32>) {
    let cloud = stage.cloud;
    let Prepared::Http(request) = stage.prepare(row).await else {
        panic!("{} is the issuer's", row.route);
    };
    let mut request = *request;
    // Some have one as they are.
    if route.idempotent && !row.case.contains("Idempotency-Key") {
        request = request.header("idempotency-key", &Uuid::new_v4().to_string());
    }
    calm(cloud);
    cloud.settled().await;
    // A process that was started just now has its credentials still to get.
    if mishap.is_none_or(|((operation, _), _)| operation == TRADE) {
        cloud.local().kill(&route.function());
    }
    let soon = Timestamp::now() + PASSING;
    let before = items(cloud, soon);
    let gateway = cloud.gateway();
    let log = gateway.last_decision_id();
    let mut what = format!("{} ({})", row.route, row.case);
    if let Some((call, mishap)) = mishap {
        what = format!("{what}, {call:?}: {mishap:?}");
        gateway.inject(mishap.fault(row.route, call));
    }
    if matches!(mishap, Some((_, Mishap::Death))) {
        let death = async {
            cloud.unanswered(log).await;
            assert!(cloud.local().kill(&route.function()) > 0, "{what}");
        };
        let (answer, ()) = tokio::join!(request.again().into_future(), death);
        assert!(answer.status >= 500, "{what}: {answer}");
    }
    let (tries, status) = until_done(request, &what).await;
    let is_unnoticed = mishap.is_none_or(|(_, mishap)| mishap.is_unnoticed());
    assert!(!is_unnoticed || tries == 1, "{what}: noticed");
    // What a lost attempt has done is done: without a key there is nothing left to delete, to accept or to change from; with one, who
    // has given away the right to ask is not told again.
    let is_too_late = !is_unnoticed
        && match route.idempotent {
            true => status == 403,
            false => matches!(status, 400..=422),
        };
    assert!(status == row.status || is_too_late, "{what}: {status}");
    let made = gateway.decisions_after(log);
    let left = gateway.forget_faults();
    if let Some((call, mishap)) = mishap {
        let is_untouched = mishap.is_untouched(row.route, call, &left);
        assert!(!is_untouched, "{what}: befell nothing");
    }
    cloud.settled().await;
    let is_own = |call: &&DecisionRecord| call.caller.route.as_deref() == Some(row.route);
    let mut calls = BTreeMap::new();
    for call in made.iter().filter(is_own) {
        *calls.entry(call.operation.clone()).or_default() += 1;
    }
    (
        effect(&before, &items(cloud, soon), route.idempotent),
        calls,
    )
}

/// The routes that write, with the rows of their requests that succeed.
fn writing() -> Vec<(Route, Vec<&'static Row>)> {
    let routes = Route::all().into_iter();
    let routes = routes.filter(|route| route.method() != "GET" && route.api == "main");
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

/// Each row's request, undisturbed and with a mishap at each of its calls. Gives those that came to another end.
async fn try_all(tried: &[(&Route, &'static Row)]) -> Vec<String> {
    let cloud = TestCloud::own();
    let (mut stage, mut set) = (Stage::set(cloud).await, Instant::now());
    let mut wrong = Vec::new();
    for (route, row) in tried.iter().copied() {
        // Its people's tokens are good for ten minutes.
        if set.elapsed() > TOKENS_LAST {
            (stage, set) = (Stage::set(cloud).await, Instant::now());
        }
        // What the first request of its kind makes, the next ones find.
        once(&stage, (row, route), None).await;
        let (expected, calls) = once(&stage, (row, route), None).await;
        assert!(!calls.is_empty(), "{} makes no call", row.route);
        let each = calls.iter();
        let each = each.flat_map(|(operation, count)| (0..*count).map(|at| (&**operation, at)));
        for call in each {
            for mishap in Mishap::all(call.0) {
                let befalls = Some((call, mishap));
                let tried = AssertUnwindSafe(once(&stage, (row, route), befalls));
                let found = tried.catch_unwind().await.map(|(found, _)| found);
                // All that is wrong is told in one run: it takes minutes.
                if found.as_ref().ok() != Some(&expected) {
                    let place = format!("{} ({}), {befalls:?}", row.route, row.case);
                    println!("{place}: {found:?}, and not {expected:?}");
                    wrong.push(place);
                    cloud.gateway().forget_faults();
                }
            }
        }
    }
    wrong
}

/// The requests are dealt to some clouds, since most of the time they wait.
#[tokio::test]
async fn every_write_is_done_once_whatever_befalls_its_calls() {
    let writing = writing();
    let rows = writing.iter();
    let all = rows.flat_map(|(route, rows)| rows.iter().map(move |row| (route, *row)));
    let mut parts = vec![Vec::new(); CLOUDS];
    for (number, tried) in all.enumerate() {
        parts[number % CLOUDS].push(tried);
    }
    let wrong = join_all(parts.iter().map(|part| try_all(part))).await;
    let wrong = wrong.concat();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
