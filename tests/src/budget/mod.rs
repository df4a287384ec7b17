//! What each request costs: the table, and the requests it speaks of.
//!
//! The test of the budget holds the table to the unit; the bench sends the same requests to measure what has no exact figure.

mod stage;
mod table;

pub use stage::{Prepared, Stage};
pub use table::{AUTHORIZER, BUDGET, Cost, RECORDS, Row};

use crate::TestCloud;
use serde_json::json;
use std::time::Duration;

/// What somebody seldom does twice in a process's life: counted with the trade of their own token.
pub const FIRST: [&str; 5] = [
    "POST /v1/auth/resend-verification",
    "PATCH /v1/me",
    "POST /v1/me/change-password",
    "POST /v1/me/change-email",
    "POST /v1/me/tenants",
];

/// So long does each answer of AWS take where depth is counted: calls that are made at the same time meet one another.
pub const MEETING: Duration = Duration::from_millis(20);

/// Nobody has tried anything lately: a count of guesses costs one call then, and two in quick succession.
pub fn calm(cloud: &TestCloud) {
    let items = cloud.dump("DirectoryTable").into_iter();
    let counts = items.filter(|item| item["sk"]["S"] == "BACKOFF");
    let counted = counts.filter(|item| item["full_at"]["N"] != "0");
    // Put past everybody, since one may end and go at this very moment.
    let calm = counted.map(|mut item| {
        item["full_at"] = json!({"N": "0"});
        item.to_string()
    });
    let done = cloud.gateway().import("DirectoryTable", calm.collect());
    done.unwrap_or_else(|error| panic!("{error}"));
}
