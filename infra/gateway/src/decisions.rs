//! The log of decisions, and what each route's calls cost.

use crate::Gateway;
use crate::principal::Principal;
use crate::sigv4::Incoming;
use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

/// How many decisions are kept.
const CAPACITY: usize = 10_000;

/// Capacity units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Units {
    /// Read capacity units.
    pub read: f64,
    /// Write capacity units.
    pub write: f64,
}

/// How a request was judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every part of the request is allowed.
    Allowed,
    /// The caller is not who it says, or some part of the request is not allowed.
    Denied,
    /// The request could not be understood, so nothing was decided.
    #[default]
    Invalid,
}

/// One question that was put to IAM.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CheckRecord {
    /// The action: `dynamodb:GetItem`.
    pub action: String,
    /// The ARN.
    pub resource: String,
    /// The partition key values it touches.
    pub leading_keys: Vec<String>,
    /// Whether it is allowed.
    pub allowed: bool,
    /// The statement that decided, as `policy/sid`.
    pub statement: Option<String>,
    /// If nothing allows it: the statement that came nearest and the condition that failed.
    pub reason: Option<String>,
}

/// Who made the call, as the caller's headers tell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Caller {
    /// The function.
    pub function: Option<String>,
    /// The id of the request that the function was serving.
    pub request_id: Option<String>,
    /// The route that the function was serving.
    pub route: Option<String>,
}

/// One request to the gateway and what became of it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct DecisionRecord {
    /// Counts up from 1.
    pub id: u64,
    /// When, in UTC.
    pub time: String,
    /// `dynamodb`, `s3`, `s3vectors`, `sts`, `secretsmanager`, `ses` or `sqs`.
    pub service: &'static str,
    /// The operation as the client named it.
    pub operation: String,
    /// The actions that had to be allowed, each once.
    pub actions: Vec<String>,
    /// The resources, each once.
    pub resources: Vec<String>,
    /// The leading keys, each once.
    pub leading_keys: Vec<String>,
    /// Who asked, once established.
    pub principal: Option<Principal>,
    /// The outcome.
    pub decision: Verdict,
    /// The statements that decided, as `policy/sid`, each once.
    pub statement: Option<String>,
    /// Why not, if not.
    pub reason: Option<String>,
    /// The single questions behind it.
    pub checks: Vec<CheckRecord>,
    /// What it cost.
    pub capacity: Units,
    /// Who made the call.
    pub caller: Caller,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The error of the answer, if it is one.
    pub error: Option<String>,
    /// The last decision that had been answered when the request came: what came of that, its caller can have known.
    #[serde(skip)]
    pub follows: u64,
    /// Whether a fault keeps the answer from being given.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unanswered: bool,
}

impl DecisionRecord {
    /// Begins the record of a request.
    pub(crate) fn of(
        gateway: &Gateway,
        request: &Incoming,
        service: &'static str,
        operation: &str,
    ) -> Self {
        let header = |name: &str| request.header(name).map(str::to_owned);
        let caller = Caller {
            function: header("x-tenantry-function").or_else(|| function_in_user_agent(request)),
            request_id: header("x-tenantry-request-id"),
            route: header("x-tenantry-route"),
        };
        Self {
            service,
            operation: operation.to_owned(),
            caller,
            follows: gateway.decisions.last_id(),
            ..Self::default()
        }
    }

    /// Adds one question and its answer.
    pub(crate) fn add(&mut self, check: CheckRecord) {
        add_once(&mut self.actions, &check.action);
        add_once(&mut self.resources, &check.resource);
        for key in &check.leading_keys {
            add_once(&mut self.leading_keys, key);
        }
        if let Some(statement) = &check.statement {
            match &mut self.statement {
                Some(known) if known.split(", ").any(|part| part == statement) => {}
                Some(known) => {
                    known.push_str(", ");
                    known.push_str(statement);
                }
                none => *none = Some(statement.clone()),
            }
        }
        self.checks.push(check);
    }

    /// Notes that the request ends here.
    pub(crate) fn deny(&mut self, reason: impl Into<String>) {
        self.decision = Verdict::Denied;
        self.reason = Some(reason.into());
    }
}

fn add_once(list: &mut Vec<String>, item: &str) {
    if !list.iter().any(|known| known == item) {
        list.push(item.to_owned());
    }
}

/// SDKs put the application's name into the user agent as `app/NAME`.
fn function_in_user_agent(request: &Incoming) -> Option<String> {
    request
        .header("user-agent")?
        .split_whitespace()
        .find_map(|part| part.strip_prefix("app/"))
        .map(str::to_owned)
}

/// What one route's requests used.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct RouteUse {
    /// The route as the caller named it; empty for calls that name none.
    pub route: String,
    /// Calls to DynamoDB.
    pub dynamodb_calls: u64,
    /// Calls to STS.
    pub sts_calls: u64,
    /// Calls to anything else.
    pub other_calls: u64,
    /// The units they consumed.
    pub capacity: Units,
}

impl RouteUse {
    /// How many of these calls to DynamoDB had to follow one another: those that were under way at the same time count once. Calls so
    /// quick that none meets another are taken for a row; [`Gateway::set_latency`] keeps them from that.
    pub fn depth(&self, decisions: &[DecisionRecord]) -> u64 {
        let is_own = |call: &&DecisionRecord| {
            call.service == "dynamodb" && call.caller.route.as_deref() == Some(&*self.route)
        };
        // Decisions come in the order of their answers.
        let mut levels: Vec<(u64, u64)> = Vec::new();
        for call in decisions.iter().filter(is_own) {
            let before = levels.iter().filter(|(id, _)| *id <= call.follows);
            let level = before.map(|(_, level)| level + 1).max().unwrap_or(1);
            levels.push((call.id, level));
        }
        levels.iter().map(|(_, level)| *level).max().unwrap_or(0)
    }
}

#[derive(Debug, Default)]
struct Kept {
    count: u64,
    records: VecDeque<DecisionRecord>,
    routes: BTreeMap<String, RouteUse>,
}

/// The most recent decisions and the sums over all of them.
#[derive(Debug, Default)]
pub(crate) struct DecisionLog {
    kept: Mutex<Kept>,
}

impl DecisionLog {
    pub(crate) fn record(&self, mut record: DecisionRecord) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.count += 1;
        record.id = kept.count;
        let route = record.caller.route.clone().unwrap_or_default();
        let sum = kept
            .routes
            .entry(route.clone())
            .or_insert_with(|| RouteUse {
                route,
                ..RouteUse::default()
            });
        match record.service {
            "dynamodb" => sum.dynamodb_calls += 1,
            "sts" => sum.sts_calls += 1,
            _ => sum.other_calls += 1,
        }
        sum.capacity.read += record.capacity.read;
        sum.capacity.write += record.capacity.write;
        if kept.records.len() == CAPACITY {
            kept.records.pop_front();
        }
        kept.records.push_back(record);
    }

    /// The records with an id above this one.
    pub(crate) fn after(&self, id: u64) -> Vec<DecisionRecord> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let records = kept.records.iter();
        records
            .skip_while(|record| record.id <= id)
            .cloned()
            .collect()
    }

    pub(crate) fn last_id(&self) -> u64 {
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .count
    }

    pub(crate) fn routes(&self) -> Vec<RouteUse> {
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .routes
            .values()
            .cloned()
            .collect()
    }

    pub(crate) fn clear(&self) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.records.clear();
        kept.routes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(id: u64, follows: u64) -> DecisionRecord {
        DecisionRecord {
            id,
            follows,
            service: "dynamodb",
            caller: Caller {
                route: Some("GET /v1/me".to_owned()),
                ..Caller::default()
            },
            ..DecisionRecord::default()
        }
    }

    #[test]
    fn calls_at_the_same_time_count_once() {
        let route = RouteUse {
            route: "GET /v1/me".to_owned(),
            ..RouteUse::default()
        };
        assert_eq!(route.depth(&[]), 0);
        assert_eq!(route.depth(&[call(7, 6)]), 1);
        assert_eq!(route.depth(&[call(7, 6), call(8, 6)]), 1);
        assert_eq!(route.depth(&[call(7, 6), call(8, 6), call(9, 8)]), 2);
        assert_eq!(route.depth(&[call(7, 6), call(8, 7), call(9, 8)]), 3);
        // The third one began together with the first one, and long before the second one.
        assert_eq!(route.depth(&[call(7, 6), call(9, 7), call(10, 6)]), 2);
        let others = DecisionRecord {
            caller: Caller::default(),
            ..call(8, 7)
        };
        let traded = DecisionRecord {
            service: "sts",
            ..call(9, 8)
        };
        assert_eq!(route.depth(&[call(7, 6), others, traded]), 1);
    }
}
