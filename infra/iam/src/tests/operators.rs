//! Operators on text, truth values, addresses and ARNs, one by one.

use super::{holds, holds_among};
use serde_json::json;

#[test]
fn string_equals() {
    assert!(holds("StringEquals", json!("a"), &["a"]));
    assert!(holds("StringEquals", json!(["b", "a"]), &["a"]));
    assert!(!holds("StringEquals", json!("a"), &["A"]));
    assert!(!holds("StringEquals", json!("a*"), &["ab"]), "no wildcards");
    assert!(holds("StringEquals", json!("a*"), &["a*"]));
    assert!(!holds("StringEquals", json!("a"), &[]), "absent");
    assert!(
        holds("StringEquals", json!(true), &["true"]),
        "a truth value is its text"
    );
    assert!(
        holds("StringEquals", json!(5), &["5"]),
        "a number is its text"
    );
    assert!(holds("StringEquals", json!(""), &[""]));
}

#[test]
fn string_not_equals() {
    assert!(holds("StringNotEquals", json!("a"), &["b"]));
    assert!(!holds("StringNotEquals", json!("a"), &["a"]));
    assert!(
        !holds("StringNotEquals", json!(["a", "b"]), &["b"]),
        "none of the values may fit"
    );
    assert!(
        holds("StringNotEquals", json!("a"), &[]),
        "what is absent differs"
    );
}

#[test]
fn string_equals_ignore_case() {
    assert!(holds("StringEqualsIgnoreCase", json!("Äb"), &["äB"]));
    assert!(!holds("StringEqualsIgnoreCase", json!("a"), &["b"]));
    assert!(!holds("StringEqualsIgnoreCase", json!("a*"), &["ab"]));
    assert!(!holds("StringNotEqualsIgnoreCase", json!("a"), &["A"]));
    assert!(holds("StringNotEqualsIgnoreCase", json!("a"), &["b"]));
}

#[test]
fn string_like() {
    assert!(holds("StringLike", json!("a*c?"), &["abbcd"]));
    assert!(holds("StringLike", json!("*"), &[""]));
    assert!(!holds("StringLike", json!("?"), &[""]));
    assert!(
        holds("StringLike", json!("?"), &["é"]),
        "one character, however many bytes"
    );
    assert!(
        holds("StringLike", json!("a*"), &["a\nb"]),
        "a line break is a character"
    );
    assert!(
        !holds("StringLike", json!("a"), &["ab"]),
        "the whole text must match"
    );
    assert!(!holds("StringLike", json!("A*"), &["ab"]), "case counts");
    assert!(!holds("StringLike", json!("*"), &[]), "absent");
    assert!(holds("StringNotLike", json!("a*"), &["b"]));
    assert!(!holds("StringNotLike", json!(["x*", "a*"]), &["ab"]));
    assert!(holds("StringNotLike", json!("a*"), &[]));
}

#[test]
fn bool_operator() {
    assert!(holds("Bool", json!("true"), &["true"]));
    assert!(holds("Bool", json!(true), &["True"]));
    assert!(!holds("Bool", json!("true"), &["false"]));
    assert!(!holds("Bool", json!("false"), &[]), "absent is not false");
    assert!(!holds("Bool", json!("false"), &["no"]), "another type");
}

#[test]
fn ip_address() {
    assert!(holds(
        "IpAddress",
        json!("203.0.113.0/24"),
        &["203.0.113.77"]
    ));
    assert!(!holds(
        "IpAddress",
        json!("203.0.113.0/24"),
        &["203.0.114.1"]
    ));
    assert!(
        holds("IpAddress", json!("203.0.113.9/24"), &["203.0.113.77"]),
        "bits after the prefix don't count"
    );
    for (range, first, last, after) in [
        (
            "203.0.113.0/25",
            "203.0.113.0",
            "203.0.113.127",
            "203.0.113.128",
        ),
        (
            "203.0.113.8/31",
            "203.0.113.8",
            "203.0.113.9",
            "203.0.113.10",
        ),
        (
            "2001:db8::/33",
            "2001:db8::",
            "2001:db8:7fff::",
            "2001:db8:8000::",
        ),
        (
            "2001:db8::6/127",
            "2001:db8::6",
            "2001:db8::7",
            "2001:db8::8",
        ),
    ] {
        assert!(holds("IpAddress", json!(range), &[first]), "{range}");
        assert!(holds("IpAddress", json!(range), &[last]), "{range}");
        assert!(!holds("IpAddress", json!(range), &[after]), "{range}");
    }
    assert!(holds("IpAddress", json!("203.0.113.7"), &["203.0.113.7"]));
    assert!(!holds("IpAddress", json!("203.0.113.7"), &["203.0.113.8"]));
    assert!(holds("IpAddress", json!("0.0.0.0/0"), &["8.8.8.8"]));
    assert!(
        !holds("IpAddress", json!("0.0.0.0/0"), &["2001:db8::1"]),
        "the other family"
    );
    assert!(holds(
        "IpAddress",
        json!("2001:db8::/32"),
        &["2001:0db8:1::5"]
    ));
    assert!(!holds(
        "IpAddress",
        json!("2001:db8::/32"),
        &["2001:db9::5"]
    ));
    assert!(holds("IpAddress", json!("::/0"), &["2001:db9::5"]));
    assert!(holds(
        "IpAddress",
        json!("2001:db8::1/128"),
        &["2001:db8::1"]
    ));
    assert!(
        holds(
            "IpAddress",
            json!("203.0.113.0/24"),
            &["::ffff:203.0.113.7"]
        ),
        "an IPv4 address written as IPv6"
    );
    assert!(!holds("IpAddress", json!("0.0.0.0/0"), &["localhost"]));
    assert!(holds(
        "NotIpAddress",
        json!(["10.0.0.0/8", "192.168.0.0/16"]),
        &["8.8.8.8"]
    ));
    assert!(!holds(
        "NotIpAddress",
        json!(["10.0.0.0/8", "192.168.0.0/16"]),
        &["192.168.1.1"]
    ));
    assert!(holds("NotIpAddress", json!("10.0.0.0/8"), &[]));
    assert!(
        !holds("NotIpAddress", json!("10.0.0.0/8"), &["localhost"]),
        "what is no address can't be said to lie elsewhere"
    );
}

#[test]
fn arn_operators() {
    let topic = "arn:aws:sns:eu-west-1:123456789012:topic:a:b";
    for operator in ["ArnEquals", "ArnLike"] {
        assert!(holds(operator, json!(topic), &[topic]));
        assert!(holds(
            operator,
            json!("arn:aws:sns:*:123456789012:topic:*"),
            &[topic]
        ));
        assert!(holds(operator, json!("arn:*:*:*:*:*"), &[topic]));
        assert!(
            !holds(operator, json!("arn:aws:sns:*:topic:*:*"), &[topic]),
            "a wildcard stays in its part"
        );
        assert!(!holds(
            operator,
            json!("arn:aws:sns:eu-west-?:12345678901?:other"),
            &[topic]
        ));
        assert!(
            !holds(operator, json!("arn:*:*:*:*:*"), &["topic"]),
            "another type"
        );
        assert!(!holds(operator, json!(topic), &[]));
    }
    for operator in ["ArnNotEquals", "ArnNotLike"] {
        assert!(!holds(operator, json!("arn:aws:sns:*:*:*"), &[topic]));
        assert!(holds(operator, json!("arn:aws:sqs:*:*:*"), &[topic]));
        assert!(holds(operator, json!("arn:aws:sqs:*:*:*"), &[]));
        assert!(
            !holds(operator, json!("arn:aws:sqs:*:*:*"), &["topic"]),
            "another type"
        );
    }
}

#[test]
fn null_operator() {
    assert!(
        holds("Null", json!("true"), &[]),
        "a key with an empty list is absent"
    );
    assert!(
        holds_among("Null", json!(true), &[]),
        "so is one that was never set"
    );
    assert!(!holds("Null", json!("true"), &["x"]));
    assert!(holds("Null", json!("false"), &["x"]));
    assert!(holds("Null", json!(false), &["x", "y"]));
    assert!(!holds("Null", json!("false"), &[]));
    assert!(!holds_among("Null", json!("false"), &[]));
    assert!(
        !holds("Null", json!("false"), &[""]),
        "empty text is null to AWS"
    );
}

#[test]
fn if_exists() {
    for (operator, fits, misfits) in [
        ("StringEqualsIfExists", "a", "b"),
        ("StringLikeIfExists", "a", "b"),
        ("ForAllValues:StringLikeIfExists", "a", "b"),
        ("ForAnyValue:StringEqualsIfExists", "a", "b"),
    ] {
        assert!(holds(operator, json!("a"), &[fits]), "{operator}");
        assert!(!holds(operator, json!("a"), &[misfits]), "{operator}");
        assert!(holds(operator, json!("a"), &[]), "{operator} absent");
    }
    assert!(holds("NumericLessThanIfExists", json!("5"), &[]));
    assert!(!holds("NumericLessThanIfExists", json!("5"), &["5"]));
    assert!(holds("BoolIfExists", json!("true"), &[]));
    assert!(holds("StringNotEqualsIfExists", json!("a"), &[]));
    assert!(!holds("StringNotEqualsIfExists", json!("a"), &["a"]));
}

#[test]
fn several_values_need_a_set_operator() {
    for operator in [
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLike",
        "StringEqualsIfExists",
    ] {
        assert!(!holds(operator, json!("a"), &["a", "a"]), "{operator}");
        assert!(!holds(operator, json!("x"), &["a", "b"]), "{operator}");
    }
}
