//! What a refusal says: each operator's words.

use super::{ask, context};
use crate::Decision;
use serde_json::{Value, json};

fn reason(condition: Value, entries: &[(&str, &[&str])]) -> String {
    let Decision::NotAllowed {
        nearest: Some(nearest),
    } = ask(
        &super::policy_with(condition),
        "service:Act",
        "arn:aws:service:::thing",
        &context(entries),
    )
    else {
        panic!("not a near miss");
    };
    let (start, reason) = (
        "Only matched service:Act on thing, but ",
        nearest.to_string(),
    );
    reason
        .strip_prefix(start)
        .unwrap_or_else(|| panic!("{reason}"))
        .to_owned()
}

#[test]
fn each_kind_in_its_words() {
    let key = "test:Key";
    for (condition, actual, expected) in [
        (
            json!({"StringEquals": {key: ["a", "b"]}}),
            vec!["c"],
            r#"StringEquals test:Key: "c" is not "a" or "b""#,
        ),
        (
            json!({"StringEquals": {key: ["a", "b"]}}),
            vec![],
            r#"StringEquals test:Key: it is absent, and must be "a" or "b""#,
        ),
        (
            json!({"StringNotLike": {key: "a*"}}),
            vec!["ab"],
            r#"StringNotLike test:Key: "ab" is like "a*""#,
        ),
        (
            json!({"StringEqualsIgnoreCase": {key: "a"}}),
            vec!["b"],
            r#"StringEqualsIgnoreCase test:Key: "b" is not (in any case) "a""#,
        ),
        (
            json!({"StringLike": {key: "a"}}),
            vec!["a", "b"],
            "StringLike test:Key: it has 2 values, and this operator compares one",
        ),
        (
            json!({"ForAllValues:StringEquals": {key: "a"}}),
            vec!["a", "b"],
            r#"ForAllValues:StringEquals test:Key: "b" is not "a""#,
        ),
        (
            json!({"ForAnyValue:StringEquals": {key: "a"}}),
            vec!["c", "b"],
            r#"ForAnyValue:StringEquals test:Key: none of "c", "b" is "a""#,
        ),
        (
            json!({"ForAnyValue:StringNotEquals": {key: "a"}}),
            vec![],
            r#"ForAnyValue:StringNotEquals test:Key: it is absent; one value must be other than "a""#,
        ),
        (
            json!({"NumericLessThanEquals": {key: 5}}),
            vec!["6"],
            r#"NumericLessThanEquals test:Key: "6" is not at most "5""#,
        ),
        (
            json!({"NumericLessThan": {key: "5"}}),
            vec!["x"],
            r#"NumericLessThan test:Key: "x" is not a number"#,
        ),
        (
            json!({"DateGreaterThan": {key: "2026-01-01"}}),
            vec!["2025-01-01"],
            r#"DateGreaterThan test:Key: "2025-01-01" is not after "2026-01-01""#,
        ),
        (
            json!({"Bool": {key: true}}),
            vec!["false"],
            r#"Bool test:Key: "false" is not "true""#,
        ),
        (
            json!({"IpAddress": {key: "10.0.0.0/8"}}),
            vec!["8.8.8.8"],
            r#"IpAddress test:Key: "8.8.8.8" is not within "10.0.0.0/8""#,
        ),
        (
            json!({"ArnLike": {key: "arn:aws:s3:::a*"}}),
            vec!["arn:aws:s3:::b"],
            r#"ArnLike test:Key: "arn:aws:s3:::b" is not like "arn:aws:s3:::a*""#,
        ),
        (
            json!({"Null": {key: "false"}}),
            vec![],
            "Null test:Key: it must be present, and is not",
        ),
        (
            json!({"Null": {key: "true"}}),
            vec!["a"],
            r#"Null test:Key: it must be absent, and is "a""#,
        ),
    ] {
        assert_eq!(reason(condition, &[(key, &actual)]), expected);
    }
}

#[test]
fn variables_are_replaced_or_explained() {
    let condition = json!({"StringLike": {"test:Key": "a${aws:PrincipalTag/Team}*"}});
    assert_eq!(
        reason(
            condition.clone(),
            &[("test:Key", &["b"]), ("aws:PrincipalTag/Team", &["r*d"])]
        ),
        r#"StringLike test:Key: "b" is not like "ar${*}d*""#,
        "a literal star shows as one"
    );
    assert_eq!(
        reason(condition, &[("test:Key", &["b"])]),
        r#"StringLike test:Key: "b" is not like "a${aws:PrincipalTag/Team}*" (aws:PrincipalTag/Team has no single value)"#
    );
    assert_eq!(
        reason(
            json!({"StringNotEquals": {"test:Key": "${aws:PrincipalTag/Team}"}}),
            &[("test:Key", &["b"])]
        ),
        "StringNotEquals test:Key: aws:PrincipalTag/Team has no single value, so there is nothing to compare with"
    );
}

#[test]
fn the_nearest_is_the_one_with_the_fewest_failures() {
    let document = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Far", "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"a:One": "x", "a:Two": "x"}}},
        {"Sid": "Near", "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"a:One": "1", "a:Two": "x"}}},
        {"Sid": "AsNear", "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"a:One": "x", "a:Two": "2"}}},
        {"Sid": "Elsewhere", "Effect": "Allow", "Action": "b:*", "Resource": "*", "Condition": {"StringEquals": {"a:Two": "x"}}}]});
    let decision = ask(
        &document,
        "a:Act",
        "arn:aws:a:::b",
        &context(&[("a:One", &["1"]), ("a:Two", &["2"])]),
    );
    let Decision::NotAllowed {
        nearest: Some(nearest),
    } = decision
    else {
        panic!("{decision}")
    };
    assert_eq!(nearest.statement.to_string(), "Test/Near");
    assert_eq!(
        (nearest.operator.as_str(), nearest.key.as_str()),
        ("StringEquals", "a:Two")
    );
    assert_eq!(
        (nearest.expected, nearest.actual),
        (vec!["\"x\"".to_owned()], vec!["2".to_owned()])
    );
}
