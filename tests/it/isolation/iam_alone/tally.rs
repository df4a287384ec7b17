//! What came of the requests, and why.

use super::case::{Case, send};
use super::elsewhere::ELSEWHERE;
use gateway::Verdict;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use tests::{Kind, Person, Role, TestCloud, TestTenant};

/// Every item of the tables that names this tenant, by its key.
pub(super) fn items_of(cloud: &TestCloud, tenant: &TestTenant) -> BTreeMap<String, Value> {
    let mut items = BTreeMap::new();
    for table in ["TenantTable", "DirectoryTable", "AuditTable"] {
        let all = cloud.dump(table).into_iter();
        for item in all.filter(|item| item.to_string().contains(tenant.uuid())) {
            items.insert(
                format!("{table} {} {}", item["pk"]["S"], item["sk"]["S"]),
                item,
            );
        }
    }
    items
}

/// The keys of items that are not the same now.
pub(super) fn changes(
    cloud: &TestCloud,
    tenant: &TestTenant,
    before: &BTreeMap<String, Value>,
) -> Vec<String> {
    let after = items_of(cloud, tenant);
    let all: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    all.into_iter()
        .filter(|key| before.get(*key) != after.get(*key))
        .cloned()
        .collect()
}

/// What the decision log says of the refusal that ended this request; else what is wrong with it.
fn refusal(
    cloud: &TestCloud,
    after: u64,
    case: &Case,
    caller: &TestTenant,
    data: &TestTenant,
    condition: &[&str],
) -> Result<String, String> {
    let decisions = cloud.gateway().decisions_after(after);
    let mut refused = decisions.iter().filter(|decision| {
        decision.service == "dynamodb"
            && decision.decision == Verdict::Denied
            && decision.caller.route.as_deref() == Some(case.route)
    });
    let decision = refused.next().ok_or("no refusal in the decision log")?;
    let tags = &decision
        .principal
        .as_ref()
        .ok_or("a refusal without a principal")?
        .tags;
    if tags.get("TenantId").map(String::as_str) != Some(caller.uuid()) {
        return Err(format!("refused to {tags:?}"));
    }
    let partition = format!("TENANT#{}", data.uuid());
    if decision.leading_keys.is_empty()
        || !decision
            .leading_keys
            .iter()
            .all(|key| key.starts_with(&partition))
    {
        return Err(format!("refused for the keys {:?}", decision.leading_keys));
    }
    let reason = decision.reason.clone().unwrap_or_default();
    if !reason.starts_with("Tenant")
        || !condition.iter().any(|condition| reason.contains(condition))
    {
        return Err(format!(
            "refused because of {reason:?}, not of {condition:?}"
        ));
    }
    Ok(reason)
}

/// What came of all the requests.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) wrong: Vec<String>,
    /// Requests that were refused, by route: for another tenant's keys, and for the access level.
    foreign: BTreeMap<&'static str, usize>,
    pub(super) level: BTreeMap<&'static str, usize>,
    /// A sentence of the decision log for each statement that came nearest.
    reasons: BTreeMap<String, String>,
}

impl Tally {
    /// Sends a case, by somebody of `caller`, at the data of `data`, and notes what came of it.
    pub(super) async fn try_case(
        &mut self,
        case: &Case,
        (role, person): (Role, &Person),
        caller: &TestTenant,
        data: &TestTenant,
    ) {
        let cloud = caller.cloud();
        let is_foreign = caller.id != data.id;
        let after = cloud.gateway().last_decision_id();
        let answer = send(cloud, case, person, is_foreign.then_some(data)).await;
        let conditions = match is_foreign {
            true => &["dynamodb:LeadingKeys", "aws:PrincipalTag/Access"][..],
            false => &["aws:PrincipalTag/Access"][..],
        };
        let refused = match answer.check_problem(Kind::IsolationRefused) {
            Ok(()) => refusal(cloud, after, case, caller, data, conditions),
            Err(what) => Err(format!("{what}: {answer}")),
        };
        match refused {
            Ok(reason) => {
                let counts = if is_foreign {
                    &mut self.foreign
                } else {
                    &mut self.level
                };
                *counts.entry(case.route).or_default() += 1;
                let (statement, _) = reason.split_once(':').unwrap_or_default();
                self.reasons.entry(statement.to_owned()).or_insert(reason);
            }
            Err(what) => {
                let keys = if is_foreign {
                    "another tenant's keys"
                } else {
                    "own keys"
                };
                self.wrong.push(format!(
                    "{} ({}) by {role}, {keys}: {what}",
                    case.route, case.what
                ));
            }
        }
    }

    pub(super) fn print(&self) {
        let line = |what: &str, counts: &BTreeMap<&str, usize>| {
            let requests: usize = counts.values().sum();
            println!(
                "  {what} {} routes, {requests} requests, all refused by IAM",
                counts.len()
            );
        };
        println!("The functions' own checks are off:");
        line("another tenant's keys:", &self.foreign);
        line("access level too low: ", &self.level);
        println!("  no tenant's data:      {} routes", ELSEWHERE.len());
        for reason in self.reasons.values() {
            println!("  - {reason}");
        }
    }
}
