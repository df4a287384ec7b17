//! What must hold for any input.

use super::tenant_policy;
use crate::pattern::{self, Token};
use crate::{Context, Decision, Policy, Principal, Request, TrustPolicy, decide};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// The definition of a wildcard pattern, with no thought of speed.
fn reference(pattern: &[Token], text: &[char]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (None, Some(_)) => false,
        (Some((Token::Run, rest)), None) => reference(rest, text),
        (Some((Token::Run, rest)), Some((_, shorter))) => {
            reference(rest, text) || reference(pattern, shorter)
        }
        (Some((Token::One, rest)), Some((_, shorter))) => reference(rest, shorter),
        (Some((Token::Literal(expected), rest)), Some((actual, shorter))) => {
            expected == actual && reference(rest, shorter)
        }
        (Some(_), None) => false,
    }
}

fn token() -> impl Strategy<Value = Token> {
    prop_oneof![3 => prop::sample::select(vec!['a', 'b', '*']).prop_map(Token::Literal), 1 => Just(Token::One), 2 => Just(Token::Run)]
}

/// Text of the characters that matter to IAM, and now and then any other.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![3 => "[ab#*?:/${},' ]{0,8}", 1 => any::<String>()]
}

const OPERATORS: [&str; 12] = [
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLikeIfExists",
    "ForAllValues:StringLike",
    "ForAnyValue:StringNotEquals",
    "NumericLessThan",
    "DateNotEquals",
    "Bool",
    "NotIpAddress",
    "ArnNotLike",
    "Null",
];
const VALUES: [&str; 12] = [
    "a",
    "b*",
    "?",
    "${test:Var}",
    "x${test:Other, 'a'}",
    "5",
    "-1",
    "2026-01-01",
    "true",
    "false",
    "10.0.0.0/8",
    "arn:aws:s3:::${test:Var}*",
];
const KEYS: [&str; 4] = ["test:Key", "test:Var", "test:Other", "TEST:KEY"];

fn condition() -> impl Strategy<Value = Value> {
    let operator = prop::sample::select(OPERATORS.to_vec());
    let key = prop::sample::select(KEYS.to_vec());
    let values = prop::collection::vec(prop::sample::select(VALUES.to_vec()), 1..3);
    (operator, key, values).prop_map(|(operator, key, values)| json!({operator: {key: values}}))
}

fn statement(effects: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let action = prop::sample::select(vec!["*", "a:Get*", "a:Get", "a:Put"]);
    let actions = prop::sample::select(vec!["Action", "NotAction"]);
    let resource = prop::sample::select(vec!["*", "arn:aws:s3:::a*", "arn:aws:s3:::${test:Var}"]);
    let resources = prop::sample::select(vec!["Resource", "NotResource"]);
    (
        prop::sample::select(effects),
        actions,
        action,
        resources,
        resource,
        prop::option::of(condition()),
    )
        .prop_map(
            |(effect, actions, action, resources, resource, condition)| {
                let mut statement = json!({"Effect": effect, actions: action, resources: resource});
                if let Some(condition) = condition {
                    statement["Condition"] = condition;
                }
                statement
            },
        )
}

fn document(statements: Vec<Value>) -> Value {
    let named = statements
        .into_iter()
        .enumerate()
        .map(|(index, mut statement)| {
            statement["Sid"] = json!(format!("S{index}"));
            statement
        });
    json!({"Version": "2012-10-17", "Statement": named.collect::<Vec<_>>()})
}

fn contexts() -> impl Strategy<Value = Context> {
    let value = prop::sample::select(VALUES.to_vec()).prop_map(str::to_owned);
    let entry = (
        prop::sample::select(KEYS.to_vec()),
        prop::collection::vec(prop_oneof![value, text()], 0..3),
    );
    prop::collection::vec(entry, 0..4).prop_map(|entries| {
        let mut context = Context::new();
        for (key, values) in entries {
            context.set(key, values);
        }
        context
    })
}

/// Anything that could stand in a document, with the right words in likely and unlikely places.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "Version",
        "2012-10-17",
        "Statement",
        "Sid",
        "Effect",
        "Allow",
        "Deny",
        "Action",
        "NotAction",
        "Resource",
        "Principal",
        "Federated",
        "AWS",
        "Service",
        "Condition",
        "StringLike",
        "ForAllValues:StringLike",
        "Null",
        "ArnLike",
        "dynamodb:LeadingKeys",
        "a:${",
        "*",
        "${a:b}",
        "arn:aws:s3:::x",
        "sts:AssumeRole",
    ]);
    let word = prop_oneof![4 => word.prop_map(str::to_owned), 1 => text()].boxed();
    let leaf = prop_oneof![4 => word.clone().prop_map(Value::from), 1 => any::<bool>().prop_map(Value::from), 1 => any::<f64>().prop_map(Value::from), 1 => Just(Value::Null)];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((word.clone(), inner), 0..5)
                .prop_map(|entries| Value::Object(Map::from_iter(entries))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn wildcards_match_as_defined(pattern in prop::collection::vec(token(), 0..8), text in "[ab*]{0,10}") {
        let characters: Vec<char> = text.chars().collect();
        prop_assert_eq!(pattern::matches(&pattern, &text), reference(&pattern, &characters));
    }

    #[test]
    fn substituted_text_is_never_a_wildcard(tag in text(), asked in text(), after in "[ab#]{0,3}") {
        let allowed = |pattern: &str, asked: &str| {
            let document = super::policy_with(json!({"StringLike": {"test:Key": pattern}}));
            let mut context = Context::new();
            context.set("test:Key", [asked.to_owned()]);
            context.set("test:Tag", [tag.clone()]);
            super::ask(&document, "service:Act", "arn:aws:service:::thing", &context).is_allowed()
        };
        let exact = format!("{tag}{after}");
        let closed = format!("${{test:Tag}}{after}");
        let open = format!("{closed}*");
        prop_assert!(allowed(&closed, &exact));
        prop_assert_eq!(allowed(&closed, &asked), asked == exact);
        prop_assert_eq!(allowed(&open, &asked), asked.starts_with(&exact));
    }

    #[test]
    fn a_deny_never_allows(statements in prop::collection::vec(statement(&["Allow", "Deny"]), 1..4), deny in statement(&["Deny"]), context in contexts(), at in any::<prop::sample::Index>()) {
        for (action, resource) in [("a:Get", "arn:aws:s3:::ab"), ("a:Put", "arn:aws:s3:::x")] {
            let mut with = statements.clone();
            with.insert(at.index(statements.len() + 1), deny.clone());
            // Documents whose values don't suit their operators are refused, and prove nothing.
            let (Ok(before), Ok(after)) = (Policy::parse("P", &document(statements.clone())), Policy::parse("P", &document(with))) else { return Ok(()) };
            let request = Request { action, resource, context: &context };
            if !decide(&[before], &request).is_allowed() {
                prop_assert!(!decide(&[after], &request).is_allowed());
            }
        }
    }

    #[test]
    fn no_tag_reaches_another_tenant(tag in "[^#*?]{0,6}|[0-9a-f]{2}", other in "[^#]{0,6}|[0-9a-f]{2}", part in prop::option::of(text()), beside in any::<bool>()) {
        prop_assume!(tag != other);
        let foreign = format!("TENANT#{other}{}", part.map_or(String::new(), |part| format!("#{part}")));
        let own = format!("TENANT#{tag}");
        let keys: Vec<&str> = if beside { vec![&own, &foreign] } else { vec![&foreign] };
        let decision = tenant_policy::ask(&tenant_policy::document(), Some(&tag), &keys);
        prop_assert!(!decision.is_allowed(), "{} {:?}", tag, keys);
    }

    #[test]
    fn no_document_breaks_the_reader(document in any_json(), context in contexts()) {
        match Policy::parse("P", &document) {
            Ok(policy) => {
                let _ = decide(&[policy], &Request { action: "a:Get", resource: "arn:aws:s3:::x", context: &context }).to_string();
            }
            Err(error) => prop_assert!(!error.to_string().contains('\n')),
        }
        match TrustPolicy::parse("R", &document) {
            Ok(trust) => {
                let _ = trust.decide(&Principal::Service("a.b".to_owned()), "sts:AssumeRole", &context).to_string();
            }
            Err(error) => prop_assert!(!error.to_string().contains('\n')),
        }
    }

    #[test]
    fn no_request_breaks_a_sound_policy(statements in prop::collection::vec(statement(&["Allow", "Deny"]), 1..4), context in contexts(), action in text(), resource in text()) {
        if let Ok(policy) = Policy::parse("P", &document(statements)) {
            let decision = decide(&[policy], &Request { action: &action, resource: &resource, context: &context });
            if let Decision::NotAllowed { nearest: Some(nearest) } = decision {
                let _ = nearest.to_string();
            }
        }
    }
}
