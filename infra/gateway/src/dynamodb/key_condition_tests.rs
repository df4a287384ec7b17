#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
use super::*;
use serde_json::json;

fn keys() -> KeySchema {
    KeySchema {
        partition: "pk".to_owned(),
        sort: Some("sk".to_owned()),
    }
}

fn query(expression: &str) -> Result<KeyCondition, String> {
    let body = json!({
        "KeyConditionExpression": expression,
        "ExpressionAttributeNames": {"#p": "pk", "#s": "sk", "#odd": "pk.sk"},
        "ExpressionAttributeValues": {":p": {"S": "TENANT#1"}, ":q": {"S": "TENANT#2"}, ":n": {"N": "1"}, ":two": {"S": "a", "N": "1"}},
    });
    read(body.as_object().unwrap(), &keys())
}

#[test]
fn reads_every_way_of_writing_it() {
    for (text, plain) in [
        ("pk = :p", "pk = :p"),
        (":p = pk", "pk = :p"),
        ("#p=:p", "#p = :p"),
        (":p = #p", "#p = :p"),
        ("(pk = :p)", "pk = :p"),
        ("((pk) = (:p))", "pk = :p"),
        ("(:p) = pk", "pk = :p"),
        ("pk = :p AND sk > :q", "pk = :p AND sk > :q"),
        ("pk = :p and :q < sk", "pk = :p AND sk > :q"),
        (":q >= sk AND pk = :p", "sk <= :q AND pk = :p"),
        (
            "(sk BETWEEN :p AND :q) AND (pk = :p)",
            "sk BETWEEN :p AND :q AND pk = :p",
        ),
        (
            "sk BETWEEN :p AND :q AND pk = :p",
            "sk BETWEEN :p AND :q AND pk = :p",
        ),
        (
            "begins_with(#s, :q) AND pk = :p",
            "begins_with(#s, :q) AND pk = :p",
        ),
        (
            "(pk = :p AND (begins_with(sk, :q)))",
            "pk = :p AND begins_with(sk, :q)",
        ),
    ] {
        let read = query(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(
            (read.partition_value.as_str(), read.plain.as_deref()),
            ("TENANT#1", Some(plain)),
            "{text}"
        );
    }
}

#[test]
fn refuses_what_leaves_the_partition_in_doubt() {
    for text in [
        "",
        "sk = :p",
        "#odd = :p",
        "pk > :p",
        "begins_with(pk, :p)",
        "pk BETWEEN :p AND :q",
        "pk = :p AND pk = :q",
        "pk = :p AND #p = :q",
        "pk = :p OR pk = :q",
        "NOT pk = :p",
        "pk <> :p",
        "pk IN (:p, :q)",
        "pk = sk",
        ":p = :p",
        "pk = :unknown",
        "#unknown = :p",
        "pk = :n",
        "pk = :two",
        "pk = :p AND",
        "pk = :p sk = :q",
        "pk.x = :p",
        "pk[0] = :p",
        "contains(sk, :q) AND pk = :p",
        "(pk = :p",
        "pk = :p)",
        "((((((((((((((((((((((((((((((((((((((((pk = :p))))))))))))))))))))))))))))))))))))))))",
    ] {
        assert!(query(text).is_err(), "{text}");
    }
}

#[test]
fn reads_the_older_form() {
    let read_legacy = |conditions: Value| {
        read(
            json!({"KeyConditions": conditions}).as_object().unwrap(),
            &keys(),
        )
    };
    let equal = json!({"AttributeValueList": [{"S": "TENANT#1"}], "ComparisonOperator": "EQ"});
    let condition = read_legacy(json!({"pk": equal, "sk": {"AttributeValueList": [{"S": "a"}], "ComparisonOperator": "BEGINS_WITH"}})).unwrap();
    assert_eq!(
        (
            condition.partition_value.as_str(),
            condition.attributes.len()
        ),
        ("TENANT#1", 2)
    );
    for refused in [
        json!({}),
        json!({"sk": equal}),
        json!({"pk": {"AttributeValueList": [{"S": "a"}], "ComparisonOperator": "BEGINS_WITH"}}),
        json!({"pk": {"AttributeValueList": [{"S": "a"}, {"S": "b"}], "ComparisonOperator": "EQ"}}),
        json!({"pk": {"AttributeValueList": [], "ComparisonOperator": "EQ"}}),
        json!({"pk": {"ComparisonOperator": "EQ"}}),
        json!({"pk": {"AttributeValueList": [{"N": "1"}], "ComparisonOperator": "EQ"}}),
    ] {
        assert!(read_legacy(refused.clone()).is_err(), "{refused}");
    }
    let both = json!({"KeyConditionExpression": "pk = :p", "KeyConditions": {"pk": equal}, "ExpressionAttributeValues": {":p": {"S": "x"}}});
    assert!(read(both.as_object().unwrap(), &keys()).is_err());
}
