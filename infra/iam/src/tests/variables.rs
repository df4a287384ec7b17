//! Variables: what they take, and what happens without a value.

use super::{ask, context, holds_among};
use serde_json::json;

const KEY: &str = "test:Key";

#[test]
fn take_the_value_of_a_key() {
    let tag = "aws:PrincipalTag/Team";
    for (written, fits) in [
        ("${aws:PrincipalTag/Team}", true),
        ("${AWS:principaltag/TEAM}", true),
        ("x${aws:PrincipalTag/Team}", false),
    ] {
        assert_eq!(
            holds_among(
                "StringEquals",
                json!(written),
                &[(tag, &["red"]), (KEY, &["red"])]
            ),
            fits,
            "{written}"
        );
    }
    assert!(holds_among(
        "StringLike",
        json!("${aws:PrincipalTag/Team}/*/${aws:PrincipalTag/Team}"),
        &[(tag, &["red"]), (KEY, &["red/x/red"])]
    ));
    assert!(holds_among(
        "ArnLike",
        json!("arn:aws:s3:::${aws:PrincipalTag/Team}/*"),
        &[(tag, &["red:a"]), (KEY, &["arn:aws:s3:::red:a/b"])]
    ));
}

#[test]
fn their_text_is_literal() {
    let tag = "aws:PrincipalTag/Team";
    for wild in ["*", "?", "r*d", "${aws:PrincipalTag/Other}"] {
        assert!(
            !holds_among(
                "StringLike",
                json!("${aws:PrincipalTag/Team}"),
                &[
                    (tag, &[wild]),
                    ("aws:PrincipalTag/Other", &["red"]),
                    (KEY, &["red"])
                ]
            ),
            "{wild}"
        );
        assert!(
            holds_among(
                "StringLike",
                json!("${aws:PrincipalTag/Team}"),
                &[(tag, &[wild]), (KEY, &[wild])]
            ),
            "{wild}"
        );
    }
}

#[test]
fn literal_characters() {
    assert!(holds_among("StringLike", json!("a${*}"), &[(KEY, &["a*"])]));
    assert!(!holds_among(
        "StringLike",
        json!("a${*}"),
        &[(KEY, &["ab"])]
    ));
    assert!(!holds_among(
        "StringLike",
        json!("a${?}"),
        &[(KEY, &["ab"])]
    ));
    assert!(holds_among(
        "StringEquals",
        json!("${$}{a}${?}"),
        &[(KEY, &["${a}?"])]
    ));
}

#[test]
fn without_a_value_nothing_fits() {
    let written = "a${aws:PrincipalTag/Team}";
    for actual in ["a", "a${aws:PrincipalTag/Team}", ""] {
        assert!(
            !holds_among("StringEquals", json!(written), &[(KEY, &[actual])]),
            "{actual}"
        );
        assert!(
            !holds_among("StringLike", json!(written), &[(KEY, &[actual])]),
            "{actual}"
        );
    }
    assert!(
        holds_among("StringEquals", json!([written, "b"]), &[(KEY, &["b"])]),
        "another value may fit"
    );
    assert!(
        !holds_among(
            "StringEquals",
            json!(written),
            &[("aws:PrincipalTag/Team", &["x", "y"]), (KEY, &["ax"])]
        ),
        "a key with several values is no variable"
    );
    assert!(
        holds_among(
            "StringEquals",
            json!(written),
            &[("aws:PrincipalTag/Team", &[""]), (KEY, &["a"])]
        ),
        "empty text is a value"
    );
}

#[test]
fn without_a_value_nothing_differs_either() {
    let written = "a${aws:PrincipalTag/Team}";
    for operator in [
        "StringNotEquals",
        "StringNotLike",
        "StringNotEqualsIgnoreCase",
        "ForAllValues:StringNotLike",
        "ForAnyValue:StringNotLike",
    ] {
        assert!(
            !holds_among(operator, json!(written), &[(KEY, &["b"])]),
            "{operator}"
        );
        assert!(
            !holds_among(operator, json!(["c", written]), &[(KEY, &["b"])]),
            "{operator}"
        );
    }
    assert!(!holds_among("StringNotEquals", json!(written), &[]));
    assert!(!holds_among(
        "ArnNotLike",
        json!("arn:aws:s3:::${aws:PrincipalTag/Team}"),
        &[(KEY, &["arn:aws:s3:::b"])]
    ));
    assert!(
        holds_among("StringNotEqualsIfExists", json!(written), &[]),
        "IfExists looks at the key first"
    );
}

#[test]
fn defaults() {
    for written in [
        "${aws:PrincipalTag/Team, 'none'}",
        "${aws:PrincipalTag/Team,'none'}",
    ] {
        assert!(
            holds_among("StringEquals", json!(written), &[(KEY, &["none"])]),
            "{written}"
        );
        assert!(
            holds_among(
                "StringEquals",
                json!(written),
                &[("aws:PrincipalTag/Team", &["red"]), (KEY, &["red"])]
            ),
            "{written}"
        );
    }
    assert!(
        !holds_among(
            "StringLike",
            json!("${aws:PrincipalTag/Team, '*'}"),
            &[(KEY, &["x"])]
        ),
        "a default is literal too"
    );
}

#[test]
fn in_resources() {
    let document = |element: &str| {
        json!({"Version": "2012-10-17", "Statement": [
            {"Sid": "Own", "Effect": "Allow", "Action": "s3:GetObject", element: "arn:aws:s3:::files/${aws:PrincipalTag/TenantId}/*"}]})
    };
    let allowed = |element: &str, tag: &[&str], resource: &str| {
        ask(
            &document(element),
            "s3:GetObject",
            resource,
            &context(&[("aws:PrincipalTag/TenantId", tag)]),
        )
        .is_allowed()
    };
    assert!(allowed("Resource", &["a"], "arn:aws:s3:::files/a/x"));
    assert!(!allowed("Resource", &["a"], "arn:aws:s3:::files/b/x"));
    assert!(!allowed("Resource", &["*"], "arn:aws:s3:::files/b/x"));
    assert!(!allowed("Resource", &[], "arn:aws:s3:::files//x"));
    assert!(allowed("NotResource", &["a"], "arn:aws:s3:::files/b/x"));
    assert!(!allowed("NotResource", &["a"], "arn:aws:s3:::files/a/x"));
    assert!(
        !allowed("NotResource", &[], "arn:aws:s3:::files/b/x"),
        "without a value it matches nothing, not everything"
    );
}
