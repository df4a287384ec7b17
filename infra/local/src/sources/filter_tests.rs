#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
use super::*;
use serde_json::json;

fn filter(pattern: &Value) -> Result<Filter, String> {
    let criteria = json!({"Filters": [{"Pattern": pattern.to_string()}]});
    Filter::read(Some(&criteria))
}

fn record(event: &str, pk: &str) -> Value {
    json!({"eventName": event, "dynamodb": {"Keys": {"pk": {"S": pk}}, "NewImage": {"n": {"N": "1"}, "tags": {"SS": ["a", "b"]}}}, "size": 5})
}

#[test]
fn records_are_told_apart() {
    let insert = json!(["INSERT"]);
    let pk = |test: Value| json!({"dynamodb": {"Keys": {"pk": {"S": [test]}}}});
    for (pattern, fits) in [
        (json!({"eventName": insert}), true),
        (json!({"eventName": ["MODIFY", "INSERT"]}), true),
        (json!({"eventName": ["MODIFY"]}), false),
        (pk(json!({"suffix": "#OUTBOX"})), true),
        (pk(json!({"suffix": "#OUT"})), false),
        (pk(json!({"prefix": "TENANT#"})), true),
        (pk(json!({"prefix": "USER#"})), false),
        (pk(json!("TENANT#1#OUTBOX")), true),
        (pk(json!({"equals-ignore-case": "tenant#1#outbox"})), true),
        (pk(json!({"anything-but": ["TENANT#1#OUTBOX"]})), false),
        (pk(json!({"anything-but": {"prefix": "USER#"}})), true),
        (
            json!({"eventName": ["INSERT"], "dynamodb": {"Keys": {"pk": {"S": [{"suffix": "#X"}]}}}}),
            false,
        ),
        (
            json!({"dynamodb": {"NewImage": {"n": {"N": [{"exists": true}]}}}}),
            true,
        ),
        (
            json!({"dynamodb": {"NewImage": {"gone": {"S": [{"exists": false}]}}}}),
            true,
        ),
        (
            json!({"dynamodb": {"NewImage": {"n": [{"exists": true}]}}}),
            false,
        ),
        (
            json!({"dynamodb": {"OldImage": {"n": {"N": [{"exists": true}]}}}}),
            false,
        ),
        (
            json!({"dynamodb": {"NewImage": {"tags": {"SS": ["b"]}}}}),
            true,
        ),
        (json!({"size": [{"numeric": [">", 4, "<=", 5]}]}), true),
        (json!({"size": [{"numeric": ["<", 5]}]}), false),
        (json!({"size": [5.0]}), true),
        (json!({"size": [null]}), false),
        (
            json!({"$or": [{"eventName": ["MODIFY"]}, {"size": [5]}]}),
            true,
        ),
        (
            json!({"$or": [{"eventName": ["MODIFY"]}, {"size": [6]}]}),
            false,
        ),
    ] {
        let given = record("INSERT", "TENANT#1#OUTBOX");
        assert_eq!(filter(&pattern).unwrap().fits(&given), fits, "{pattern}");
    }
    let none = Filter::read(None).unwrap();
    assert!(none.fits(&record("REMOVE", "x")));
}

#[test]
fn one_of_several_filters_is_enough() {
    let criteria = json!({"Filters": [{"Pattern": r#"{"eventName":["REMOVE"]}"#}, {"Pattern": r#"{"size":[5]}"#}]});
    let filter = Filter::read(Some(&criteria)).unwrap();
    assert!(filter.fits(&record("INSERT", "x")));
    assert!(!filter.fits(&json!({"eventName": "INSERT", "size": 6})));
}

#[test]
fn what_is_not_understood_is_refused() {
    for (pattern, expected) in [
        (json!({"eventName": "INSERT"}), "list"),
        (json!({"eventName": [{"wildcard": "*"}]}), "wildcard"),
        (json!({"eventName": [["INSERT"]]}), "list"),
        (json!({"size": [{"numeric": ["~", 5]}]}), "numeric"),
        (json!({"size": [{"exists": "yes"}]}), "exists"),
        (json!({"eventName": []}), "list"),
        (json!({}), "empty"),
        (json!({"x": [{"prefix": "a", "suffix": "b"}]}), "one member"),
    ] {
        let error = filter(&pattern).unwrap_err();
        assert!(error.contains(expected), "{pattern}: {error}");
    }
    for criteria in [
        json!({}),
        json!({"Filters": []}),
        json!({"Filters": [{"Pattern": "{"}]}),
        json!({"Filters": [{"Pattern": {"a": ["b"]}}]}),
    ] {
        assert!(Filter::read(Some(&criteria)).is_err(), "{criteria}");
    }
}
