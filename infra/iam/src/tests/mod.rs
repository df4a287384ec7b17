#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod decisions;
mod near_misses;
mod operators;
mod ordered_operators;
mod properties;
mod refused_documents;
mod set_operators;
mod shipped_roles;
mod tenant_policy;
mod trust;
mod variables;

use crate::{Context, Decision, Policy, Request, decide};
use serde_json::{Value, json};

/// A policy that allows one action where the condition holds.
fn policy_with(condition: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Sid": "Only", "Effect": "Allow", "Action": "service:Act", "Resource": "*", "Condition": condition}]})
}

fn context(entries: &[(&str, &[&str])]) -> Context {
    let mut context = Context::new();
    for (key, values) in entries {
        context.set(key, values.iter().map(|value| (*value).to_owned()));
    }
    context
}

fn ask(document: &Value, action: &str, resource: &str, context: &Context) -> Decision {
    let policy = Policy::parse("Test", document).unwrap();
    decide(
        &[policy],
        &Request {
            action,
            resource,
            context,
        },
    )
}

/// Whether a condition on the key `test:Key` holds for these values of it.
fn holds(operator: &str, expected: Value, actual: &[&str]) -> bool {
    holds_among(operator, expected, &[("test:Key", actual)])
}

/// The same with other keys present.
fn holds_among(operator: &str, expected: Value, entries: &[(&str, &[&str])]) -> bool {
    let document = policy_with(json!({operator: {"test:Key": expected}}));
    ask(
        &document,
        "service:Act",
        "arn:aws:service:::thing",
        &context(entries),
    )
    .is_allowed()
}

/// What parsing says about a document.
fn refusal(document: &Value) -> String {
    let message = Policy::parse("Test", document)
        .expect_err("it is refused")
        .to_string();
    assert!(!message.contains('\n'), "{message}");
    message
}
