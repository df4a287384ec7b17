//! Many at once: what must happen once happens once, and what loses leaves nothing behind.
//!
//! The embedded store has one writer, so that transactions never meet in it by themselves. These tests bring the errors
//! about that DynamoDB would answer with: fewer than a single request gives up after, so that none has an excuse.

mod accepts;
mod addresses;
mod leaving;
mod meanwhile;
mod named;
mod owners;
mod passwords;
mod references;
mod refreshes;
mod roles;
mod seats;
mod sign_ups;
mod slugs;
mod team;

use futures::future::join_all;
use gateway::{Fault, FaultError};
use serde_json::Value;
use std::collections::BTreeMap;
use tests::{Answer, Request, TestCloud};

/// The same moment for all of them.
async fn at_once(requests: impl IntoIterator<Item = Request<'_>>) -> Vec<Answer> {
    join_all(requests.into_iter().map(IntoFuture::into_future)).await
}

/// How many answers there were of each kind.
fn tally(answers: &[Answer]) -> BTreeMap<String, usize> {
    let mut tally = BTreeMap::new();
    for answer in answers {
        let kind = answer.json["type"]
            .as_str()
            .and_then(|kind| kind.rsplit('/').next())
            .unwrap_or("success");
        *tally
            .entry(format!("{} {kind}", answer.status))
            .or_default() += 1;
    }
    tally
}

/// Errors for calls to come; from here on the calls are counted.
fn bring_about(cloud: &TestCloud, operation: &str, faults: &[(FaultError, u32)]) {
    for (error, times) in faults {
        cloud.gateway().inject(Fault {
            operation: operation.to_owned(),
            table: None,
            route: None,
            after: 0,
            times: *times,
            error: *error,
        });
    }
    cloud.gateway().clear_decisions();
}

/// How often endpoints called an operation since [`bring_about`]: as often as there were requests, and once more for each
/// error. What wakes by itself, such as the sender of letters, names no method and is not counted; what was on its way to it
/// before must have [settled](TestCloud::settled), lest an error befall it.
fn calls(cloud: &TestCloud, operation: &str) -> usize {
    let decisions = cloud.gateway().decisions();
    decisions
        .iter()
        .filter(|decision| decision.operation == operation)
        .filter(|decision| {
            let route = decision.caller.route.as_deref();
            route.is_some_and(|route| route.contains(' '))
        })
        .count()
}

/// The items of both tables by `table pk sk`.
fn everything(cloud: &TestCloud) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for table in ["TenantTable", "DirectoryTable"] {
        for item in cloud.dump(table) {
            let text = |name: &str| item[name]["S"].as_str().unwrap().to_owned();
            all.insert(format!("{table} {} {}", text("pk"), text("sk")), item);
        }
    }
    all
}

/// The kinds of the items that are there now and were not before: `TENANT#…/MEMBER#…`.
fn new_items(before: &BTreeMap<String, Value>, cloud: &TestCloud) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for key in everything(cloud)
        .keys()
        .filter(|key| !before.contains_key(*key))
    {
        let mut words = key
            .split(' ')
            .skip(1)
            .map(|word| word.split('#').next().unwrap_or_default());
        let kind = format!(
            "{}/{}",
            words.next().unwrap_or_default(),
            words.next().unwrap_or_default()
        );
        *kinds.entry(kind).or_default() += 1;
    }
    kinds
}

fn counts(pairs: &[(&str, usize)]) -> BTreeMap<String, usize> {
    pairs
        .iter()
        .map(|(kind, count)| ((*kind).to_owned(), *count))
        .collect()
}
