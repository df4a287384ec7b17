//! Which statement decides.

use super::{ask, context};
use crate::{Context, Decision, Policy, Request, decide};
use serde_json::{Value, json};

fn document(statements: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn outcome(statements: Value, action: &str, resource: &str) -> String {
    ask(&document(statements), action, resource, &Context::new()).to_string()
}

const THING: &str = "arn:aws:dynamodb:us-east-1:000000000000:table/Things";

#[test]
fn an_explicit_deny_wins_wherever_it_stands() {
    let allow = json!({"Sid": "May", "Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"});
    let deny =
        json!({"Sid": "Never", "Effect": "Deny", "Action": "dynamodb:Scan", "Resource": "*"});
    assert_eq!(
        outcome(json!([allow, deny]), "dynamodb:Scan", THING),
        "denied by Test/Never"
    );
    assert_eq!(
        outcome(json!([deny, allow]), "dynamodb:Scan", THING),
        "denied by Test/Never"
    );
    assert_eq!(
        outcome(json!([deny, allow]), "dynamodb:Query", THING),
        "allowed by Test/May"
    );
    let policies = [
        Policy::parse("One", &document(allow)).unwrap(),
        Policy::parse("Two", &document(deny)).unwrap(),
    ];
    let decision = decide(
        &policies,
        &Request {
            action: "dynamodb:Scan",
            resource: THING,
            context: &Context::new(),
        },
    );
    assert_eq!(decision.to_string(), "denied by Two/Never");
}

#[test]
fn a_deny_whose_condition_fails_does_not_count() {
    let statements = json!([
        {"Sid": "May", "Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Sid": "Never", "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2026-01-01"}}}]);
    let asked = |issued: &str| {
        ask(
            &document(statements.clone()),
            "a:B",
            THING,
            &context(&[("aws:TokenIssueTime", &[issued])]),
        )
    };
    assert!(!asked("2025-12-31T23:59:59Z").is_allowed());
    assert!(asked("2026-01-01T00:00:00Z").is_allowed());
}

#[test]
fn what_nothing_allows_is_refused() {
    let statements =
        json!([{"Sid": "May", "Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": THING}]);
    let refused = "not allowed: no statement allows this action on this resource";
    assert_eq!(
        outcome(statements.clone(), "dynamodb:PutItem", THING),
        refused
    );
    assert_eq!(
        outcome(statements.clone(), "dynamodb:GetItem", &format!("{THING}2")),
        refused
    );
    assert_eq!(
        outcome(
            statements.clone(),
            "dynamodb:GetItem",
            &format!("{THING}/index/a")
        ),
        refused
    );
    assert_eq!(outcome(statements, "dynamodb:GetItem", "*"), refused);
    let decision = decide(
        &[],
        &Request {
            action: "dynamodb:GetItem",
            resource: THING,
            context: &Context::new(),
        },
    );
    assert_eq!(decision, Decision::NotAllowed { nearest: None });
}

#[test]
fn actions() {
    let allowed = |written: Value, action: &str| {
        outcome(
            json!([{"Sid": "S", "Effect": "Allow", "Action": written, "Resource": "*"}]),
            action,
            THING,
        )
        .starts_with("allowed")
    };
    assert!(
        allowed(json!("DynamoDB:getITEM"), "dynamodb:GetItem"),
        "case does not count"
    );
    assert!(allowed(json!("dynamodb:GetItem"), "DYNAMODB:GETITEM"));
    assert!(allowed(json!("dynamodb:*Item"), "dynamodb:PutItem"));
    assert!(!allowed(json!("dynamodb:*Item"), "dynamodb:PutItems"));
    assert!(allowed(json!("dynamodb:?etItem"), "dynamodb:GetItem"));
    assert!(!allowed(json!("dynamodb:*"), "dynamodbx:GetItem"));
    assert!(allowed(json!(["s3:GetObject", "*"]), "x:Y"));
    let not = |action: &str| {
        outcome(json!([{"Sid": "S", "Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}]), action, THING).starts_with("allowed")
    };
    assert!(not("dynamodb:GetItem"));
    assert!(!not("iam:CreateUser"));
    assert!(!not("STS:AssumeRole"));
}

#[test]
fn resources() {
    let allowed = |element: &str, written: Value, resource: &str| {
        outcome(
            json!([{"Sid": "S", "Effect": "Allow", "Action": "*", element: written}]),
            "a:B",
            resource,
        )
        .starts_with("allowed")
    };
    assert!(allowed(
        "Resource",
        json!("arn:aws:dynamodb:*:*:table/T*"),
        THING
    ));
    assert!(allowed(
        "Resource",
        json!("arn:aws:dynamodb:us-east-?:000000000000:*"),
        &format!("{THING}/index/x:y")
    ));
    assert!(
        !allowed("Resource", json!("arn:aws:dynamodb:*:table/T*:*"), THING),
        "a wildcard stays in its part"
    );
    assert!(
        !allowed("Resource", json!("arn:aws:dynamodb:*:*:table/t*"), THING),
        "case counts"
    );
    assert!(!allowed(
        "NotResource",
        json!(["arn:aws:dynamodb:*:*:table/T*", "arn:aws:s3:::x"]),
        THING
    ));
    assert!(allowed("NotResource", json!("arn:aws:s3:::x"), THING));
}

#[test]
fn condition_keys_ignore_case() {
    let statements = json!([{"Sid": "S", "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"AWS:principaltag/tenantid": "a"}}}]);
    assert!(
        ask(
            &document(statements),
            "a:B",
            THING,
            &context(&[("aws:PrincipalTag/TenantId", &["a"])])
        )
        .is_allowed()
    );
}

#[test]
fn all_conditions_must_hold() {
    let statements = json!([{"Sid": "S", "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"a:One": "1", "a:Two": "2"}, "Bool": {"a:Three": "true"}}}]);
    let asked = |one: &str, two: &str, three: &str| {
        ask(
            &document(statements.clone()),
            "a:B",
            THING,
            &context(&[("a:One", &[one]), ("a:Two", &[two]), ("a:Three", &[three])]),
        )
        .is_allowed()
    };
    assert!(asked("1", "2", "true"));
    assert!(!asked("x", "2", "true"));
    assert!(!asked("1", "x", "true"));
    assert!(!asked("1", "2", "false"));
}

#[test]
fn a_policy_names_the_keys_it_looks_at() {
    let statements = json!([
        {"Sid": "A", "Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::x/${aws:PrincipalTag/R}", "Condition": {"StringLike": {"s3:prefix": "${aws:PrincipalTag/P}"}}},
        {"Sid": "B", "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Null": {"aws:TagKeys": "true"}}}]);
    let policy = Policy::parse("Test", &document(statements)).unwrap();
    assert_eq!(
        policy.condition_keys().collect::<Vec<_>>(),
        [
            "s3:prefix",
            "aws:PrincipalTag/P",
            "aws:PrincipalTag/R",
            "aws:TagKeys"
        ]
    );
}

#[test]
fn decisions_serialise_for_the_log() {
    let decision = ask(
        &document(json!([{"Sid": "S", "Effect": "Allow", "Action": "*", "Resource": "*"}])),
        "a:B",
        THING,
        &Context::new(),
    );
    assert_eq!(
        serde_json::to_value(decision).unwrap(),
        json!({"outcome": "allowed", "statement": {"policy": "Test", "sid": "S"}})
    );
}
