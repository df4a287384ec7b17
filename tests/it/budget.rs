//! What each request costs, to the unit: calls to DynamoDB, how many of them follow one another, units, calls to STS, and what the
//! authorizer adds.
//!
//! [`BUDGET`] is the truth. `infra/docs/budget.md` prints it: `TENANTRY_WRITE_BUDGET=1 cargo test -p tests budget`
//! writes it anew. Every route has a row; a change that costs one unit more than it did makes a test red by the route's name.

use crate::apart;
use gateway::{DecisionRecord, RouteUse};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;
use tests::budget::{AUTHORIZER, BUDGET, Cost, FIRST, MEETING, RECORDS, Row, Stage, calm};
use tests::{Answer, Route, TestCloud, TestTenant};

/// What the gateway has counted for one request.
struct Counted {
    answer: Answer,
    routes: Vec<RouteUse>,
    decisions: Vec<DecisionRecord>,
}

impl Counted {
    fn of(&self, route: &str) -> Cost {
        let used = self.routes.iter().find(|used| used.route == route);
        used.map_or(Cost::NONE, |used| Cost {
            calls: used.dynamodb_calls,
            depth: used.depth(&self.decisions),
            read_units: used.capacity.read,
            write_units: used.capacity.write,
        })
    }

    fn sts_calls(&self) -> u64 {
        self.routes.iter().map(|used| used.sts_calls).sum()
    }

    /// The calls, for whoever wonders.
    fn calls(&self) -> String {
        let mut text = String::new();
        for decision in &self.decisions {
            let route = decision.caller.route.as_deref().unwrap_or("?");
            let _ = write!(
                text,
                "\n    {route}: {} {} read {} write {}",
                decision.service,
                decision.operation,
                decision.capacity.read,
                decision.capacity.write
            );
        }
        text
    }
}

async fn count(stage: &Stage, row: &Row) -> Counted {
    let (cloud, request) = (TestCloud::apart(), stage.prepare(row).await);
    calm(cloud);
    let gateway = cloud.gateway();
    gateway.clear_decisions();
    gateway.set_latency(MEETING);
    let answer = request.send().await;
    gateway.set_latency(Duration::ZERO);
    Counted {
        answer,
        routes: gateway.capacity(),
        decisions: gateway.decisions(),
    }
}

/// On a busy machine a request may meet a process that was started just for it, and has its credentials still to get; and calls made
/// at the same time may miss one another.
async fn count_warm(stage: &Stage, row: &Row) -> Counted {
    stage.prepare(row).await.send().await;
    let mut counted = count(stage, row).await;
    for _ in 0..5 {
        if counted.sts_calls() == trades(row) && counted.of(row.route).depth <= row.cost.depth {
            break;
        }
        counted = count(stage, row).await;
    }
    counted
}

/// How many tokens are traded in a request of this row.
fn trades(row: &Row) -> u64 {
    u64::from(FIRST.contains(&row.route))
}

#[tokio::test]
async fn every_request_costs_what_the_table_says() {
    let (cloud, _turn) = apart::cloud().await;
    let stage = Stage::set(cloud).await;
    let mut wrong = Vec::new();
    for row in BUDGET {
        let counted = count_warm(&stage, row).await;
        let place = format!("{} ({})", row.route, row.case);
        assert_eq!(
            counted.answer.status, row.status,
            "{place}: {}",
            counted.answer
        );
        let cost = counted.of(row.route);
        let authorizer = counted.of("authorizer");
        let expected = if Route::named(row.route).is_public() {
            Cost::NONE
        } else {
            AUTHORIZER
        };
        if (cost, counted.sts_calls(), authorizer) != (row.cost, trades(row), expected) {
            wrong.push(format!(
                "{place} costs {cost:?} and not {:?}, authorizer {authorizer:?}, STS {}:{}",
                row.cost,
                counted.sts_calls(),
                counted.calls()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A tenant's first request in a process trades its token; no later one does.
#[tokio::test]
async fn each_process_trades_a_tenants_token_once() {
    let (cloud, _turn) = apart::cloud().await;
    let tenant = TestTenant::create(cloud, "cold").await;
    let path = tenant.records("contacts");
    cloud.gateway().clear_decisions();
    for _ in 0..20 {
        cloud.get(&path).as_(&tenant.owner).await.assert_status(200);
    }
    let decisions = cloud.gateway().decisions();
    let of = |service: &str| {
        decisions
            .iter()
            .filter(|decision| {
                decision.service == service && decision.caller.route.as_deref() == Some(RECORDS)
            })
            .count()
    };
    // The cloud runs up to four processes of a function; one after the other, the requests need one of them.
    assert!((1..=4).contains(&of("sts")), "{} trades", of("sts"));
    assert_eq!(of("dynamodb"), 20);
}

#[test]
fn every_route_has_a_row() {
    let known: BTreeSet<&str> = BUDGET.iter().map(|row| row.route).collect();
    let routes = Route::all();
    let missing: Vec<&str> = routes
        .iter()
        .map(|route| route.route_key.as_str())
        .filter(|route| !known.contains(route))
        .collect();
    assert!(
        missing.is_empty(),
        "these routes have no row in tests/src/budget/table.rs: {missing:?}"
    );
}

#[test]
fn the_printed_budget_is_the_tested_one() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/docs/budget.md");
    let text = printed();
    if std::env::var_os("TENANTRY_WRITE_BUDGET").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let stored = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        stored == text,
        "infra/docs/budget.md is stale: `TENANTRY_WRITE_BUDGET=1 cargo test -p tests budget` writes it"
    );
}

fn printed() -> String {
    let Cost {
        calls, read_units, ..
    } = AUTHORIZER;
    let mut text = format!(
        "# What a request costs\n\n\
         Written from the table in `tests/src/budget/table.rs`, which the tests hold to the unit. Do not edit.\n\n\
         Counted is a warm request: the function has credentials for its tenant, so that it makes no call to STS. The first request \
         of a tenant in a function's process makes one, and so do the rows about a person's own name, password and address, which are \
         counted as first ones. A read unit is a strongly consistent read of 4 KB begun; a write unit \
         is a write of 1 KB begun; a transaction takes double.\n\n\
         Each request with an access token also has the authorizer's {calls} call and {read_units} read units: session, member and tenant \
         in one BatchGetItem.\n\n\
         Depth is how many of the calls follow one another: those made at the same time count once.\n\n\
         | request | | answer | DynamoDB calls | depth | read units | write units | |\n|---|---|---|---|---|---|---|---|\n"
    );
    let mut rows: Vec<&Row> = BUDGET.iter().collect();
    rows.sort_by_key(|row| {
        row.route
            .split_once(' ')
            .map(|(method, path)| (path, method))
    });
    for row in rows {
        let Cost {
            calls,
            depth,
            read_units,
            write_units,
        } = row.cost;
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {calls} | {depth} | {read_units} | {write_units} | {} |",
            row.route, row.case, row.status, row.why
        );
    }
    text
}
