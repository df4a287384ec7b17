//! What can't be evaluated is refused when it is read.

use super::{policy_with, refusal};
use serde_json::{Value, json};

fn statement(changes: Value) -> Value {
    let mut statement = json!({"Sid": "S", "Effect": "Allow", "Action": "a:B", "Resource": "*"});
    for (key, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => statement.as_object_mut().unwrap().remove(key),
            value => statement
                .as_object_mut()
                .unwrap()
                .insert(key.clone(), value.clone()),
        };
    }
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

#[test]
fn documents() {
    for (document, message) in [
        (json!("text"), "policy Test: is not a mapping"),
        (
            json!({"Statement": []}),
            r#"policy Test: Version must be "2012-10-17""#,
        ),
        (
            json!({"Version": "2008-10-17", "Statement": []}),
            r#"policy Test: Version must be "2012-10-17""#,
        ),
        (
            json!({"Version": "2012-10-17"}),
            "policy Test: Statement must be a list of statements",
        ),
        (
            json!({"Version": "2012-10-17", "Statement": []}),
            "policy Test: has no statements",
        ),
        (
            json!({"Version": "2012-10-17", "Statement": ["x"]}),
            "policy Test: statement 1 is not a mapping",
        ),
        (
            json!({"Version": "2012-10-17", "Statements": []}),
            "policy Test: the element Statements is not known here",
        ),
        (
            json!({"Version": "2012-10-17", "Id": 1, "Statement": []}),
            "policy Test: Id must be text",
        ),
    ] {
        assert_eq!(refusal(&document), message);
    }
}

#[test]
fn statements() {
    for (changes, message) in [
        (
            json!({"Sid": null}),
            "policy Test: statement 1: has no Sid; decisions are named by it",
        ),
        (
            json!({"Sid": 7}),
            "policy Test: statement 1: Sid must be text",
        ),
        (
            json!({"Sid": "with space"}),
            r#"policy Test: statement 1: the Sid "with space" must consist of letters and digits"#,
        ),
        (
            json!({"Effect": null}),
            "policy Test: statement S: Effect must be Allow or Deny",
        ),
        (
            json!({"Effect": "allow"}),
            "policy Test: statement S: Effect must be Allow or Deny",
        ),
        (
            json!({"Principal": "*"}),
            "policy Test: statement S: the element Principal is not known here",
        ),
        (
            json!({"NotPrincipal": "*"}),
            "policy Test: statement S: the element NotPrincipal is not known here",
        ),
        (
            json!({"Conditions": {}}),
            "policy Test: statement S: the element Conditions is not known here",
        ),
        (
            json!({"Action": null}),
            "policy Test: statement S: Action is missing",
        ),
        (
            json!({"NotAction": "a:C"}),
            "policy Test: statement S: Action and NotAction can't stand together",
        ),
        (
            json!({"NotResource": "*"}),
            "policy Test: statement S: Resource and NotResource can't stand together",
        ),
        (
            json!({"Resource": null}),
            "policy Test: statement S: Resource is missing",
        ),
        (
            json!({"Action": []}),
            "policy Test: statement S: Action: has no values",
        ),
        (
            json!({"Action": [1]}),
            "policy Test: statement S: Action: 1 is not text",
        ),
        (
            json!({"Action": "GetItem"}),
            r#"policy Test: statement S: Action: "GetItem" is not an action (service:Name)"#,
        ),
        (
            json!({"Action": "dyn*:GetItem"}),
            r#"policy Test: statement S: Action: "dyn*:GetItem" is not an action (service:Name)"#,
        ),
        (
            json!({"Action": "a:${aws:x}"}),
            r#"policy Test: statement S: Action: "a:${aws:x}" is not an action (service:Name)"#,
        ),
        (
            json!({"Resource": "table/x"}),
            r#"policy Test: statement S: Resource: "table/x" is not an ARN (arn:partition:service:region:account:resource)"#,
        ),
        (
            json!({"Resource": "arn:aws:s3:*"}),
            r#"policy Test: statement S: Resource: "arn:aws:s3:*" is not an ARN (arn:partition:service:region:account:resource)"#,
        ),
        (
            json!({"Resource": "arn:aws:s*:::x"}),
            r#"policy Test: statement S: Resource: "arn:aws:s*:::x" must name its service without wildcards"#,
        ),
        (
            json!({"Resource": "arn:aws:s3::${a:b}:x"}),
            r#"policy Test: statement S: Resource: "arn:aws:s3::${a:b}:x" has a variable before its last part"#,
        ),
        (
            json!({"Resource": "arn:aws:s3:::${a"}),
            r#"policy Test: statement S: Resource: "arn:aws:s3:::${a" has a variable that is not closed"#,
        ),
        (
            json!({"Condition": []}),
            "policy Test: statement S: Condition must be a mapping of operators",
        ),
    ] {
        assert_eq!(refusal(&statement(changes)), message);
    }
    let twice = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "S", "Effect": "Allow", "Action": "a:B", "Resource": "*"},
        {"Sid": "S", "Effect": "Deny", "Action": "a:B", "Resource": "*"}]});
    assert_eq!(
        refusal(&twice),
        "policy Test: two statements have the Sid S"
    );
}

#[test]
fn operators() {
    for unknown in [
        "StringSort",
        "stringEquals",
        "BinaryEquals",
        "StringEqualsIfexists",
        "ForEachValue:StringEquals",
        "forallvalues:StringEquals",
        "NumericLike",
        "DateWithin",
        "Numeric",
        "Date",
        "NullIfExists",
        "ForAllValues:Null",
        "ForAnyValue:Null",
        "StringEqualsIfExistsIfExists",
        "NotBool",
        "",
    ] {
        let message = refusal(&policy_with(json!({unknown: {"a:Key": "true"}})));
        assert_eq!(
            message,
            format!(
                "policy Test: statement Only: the condition operator {unknown} is not known here"
            )
        );
    }
}

#[test]
fn conditions() {
    let start = "policy Test: statement Only: ";
    for (condition, message) in [
        (
            json!({"StringEquals": "x"}),
            "StringEquals must be a mapping of condition keys",
        ),
        (
            json!({"StringEquals": {"key": "x"}}),
            "StringEquals key: is not a condition key (service:Name)",
        ),
        (
            json!({"StringEquals": {"a:Key": []}}),
            "StringEquals a:Key: has no values",
        ),
        (
            json!({"StringEquals": {"a:Key": null}}),
            "StringEquals a:Key: null is not a value",
        ),
        (
            json!({"StringEquals": {"a:Key": [["x"]]}}),
            r#"StringEquals a:Key: ["x"] is not a value"#,
        ),
        (
            json!({"StringEquals": {"a:Key": "x", "A:KEY": "y"}}),
            "StringEquals A:KEY: stands twice (condition keys ignore case)",
        ),
        (
            json!({"Null": {"a:Key": "maybe"}}),
            r#"Null a:Key: "maybe" is neither true nor false"#,
        ),
        (
            json!({"Null": {"a:Key": ["true", "false"]}}),
            "Null a:Key: takes one value",
        ),
        (
            json!({"Bool": {"a:Key": "yes"}}),
            r#"Bool a:Key: "yes" is neither true nor false"#,
        ),
        (
            json!({"Bool": {"a:Key": "${a:b}"}}),
            r#"Bool a:Key: "${a:b}" is neither true nor false"#,
        ),
        (
            json!({"NumericEquals": {"a:Key": "five"}}),
            r#"NumericEquals a:Key: "five" is not a number"#,
        ),
        (
            json!({"NumericEquals": {"a:Key": "${a:b}"}}),
            r#"NumericEquals a:Key: "${a:b}" has a variable, which only string and ARN operators take"#,
        ),
        (
            json!({"DateEquals": {"a:Key": "2026"}}),
            r#"DateEquals a:Key: "2026" is not a point in time (2026-01-31T12:00:00Z, 2026-01-31, or seconds since 1970)"#,
        ),
        (
            json!({"DateEquals": {"a:Key": "2026-02-30"}}),
            r#"DateEquals a:Key: "2026-02-30" is not a point in time (2026-01-31T12:00:00Z, 2026-01-31, or seconds since 1970)"#,
        ),
        (
            json!({"IpAddress": {"a:Key": "10.0.0.0/33"}}),
            r#"IpAddress a:Key: "10.0.0.0/33" is not an address or a range (203.0.113.0/24)"#,
        ),
        (
            json!({"IpAddress": {"a:Key": "10.0.0.0/+8"}}),
            r#"IpAddress a:Key: "10.0.0.0/+8" is not an address or a range (203.0.113.0/24)"#,
        ),
        (
            json!({"ArnLike": {"a:Key": "*"}}),
            r#"ArnLike a:Key: "*" is not an ARN (arn:partition:service:region:account:resource)"#,
        ),
        (
            json!({"StringLike": {"a:Key": "${a:b"}}),
            r#"StringLike a:Key: "${a:b" has a variable that is not closed"#,
        ),
        (
            json!({"StringLike": {"a:Key": "${a}"}}),
            r#"StringLike a:Key: "${a}" has a variable that can't be read: ${a}"#,
        ),
        (
            json!({"StringLike": {"a:Key": "${}"}}),
            r#"StringLike a:Key: "${}" has a variable that can't be read: ${}"#,
        ),
        (
            json!({"StringLike": {"a:Key": "${a:${b:c}}"}}),
            r#"StringLike a:Key: "${a:${b:c}}" has a variable that can't be read: ${a:${b:c}"#,
        ),
        (
            json!({"StringLike": {"a:Key": "${a:b, c}"}}),
            r#"StringLike a:Key: "${a:b, c}" has a variable that can't be read: ${a:b, c}"#,
        ),
        (
            json!({"StringLike": {"a:Key": "${ a:b }"}}),
            r#"StringLike a:Key: "${ a:b }" has a variable that can't be read: ${ a:b }"#,
        ),
        (
            json!({"StringLike": {"dynamodb:LeadingKeys": "x"}}),
            "StringLike dynamodb:LeadingKeys: the key may have several values: write ForAllValues: or ForAnyValue: before the operator",
        ),
    ] {
        assert_eq!(
            refusal(&policy_with(condition)),
            format!("{start}{message}")
        );
    }
}

#[test]
fn line_breaks_in_a_document_stay_out_of_the_message() {
    assert_eq!(
        refusal(&policy_with(json!({"Odd\nName": {}}))),
        "policy Test: statement Only: the condition operator Odd Name is not known here"
    );
}
