//! ForAllValues and ForAnyValue.

use super::holds;
use serde_json::json;

#[test]
fn for_all_values() {
    let operator = "ForAllValues:StringLike";
    assert!(holds(operator, json!(["a*", "b"]), &["a1", "b", "a2"]));
    assert!(
        !holds(operator, json!(["a*", "b"]), &["a1", "c"]),
        "one that fits nothing is enough"
    );
    assert!(
        holds(operator, json!("a*"), &[]),
        "true of nothing: the reason for the Null guard"
    );
    assert!(
        holds(operator, json!("a*"), &[""]),
        "empty text is nothing to AWS"
    );
    assert!(!holds(operator, json!("a*"), &["", "b"]));
    assert!(holds(
        "ForAllValues:StringEquals",
        json!(["a", "b"]),
        &["b", "a"]
    ));
    assert!(!holds(
        "ForAllValues:StringEquals",
        json!(["a", "b"]),
        &["a*"]
    ));
}

#[test]
fn for_all_values_negated() {
    let operator = "ForAllValues:StringNotEquals";
    assert!(holds(operator, json!(["a", "b"]), &["c", "d"]));
    assert!(!holds(operator, json!(["a", "b"]), &["c", "a"]));
    assert!(holds(operator, json!("a"), &[]));
}

#[test]
fn for_any_value() {
    let operator = "ForAnyValue:StringLike";
    assert!(holds(operator, json!("a*"), &["b", "a1"]));
    assert!(!holds(operator, json!("a*"), &["b", "c"]));
    assert!(!holds(operator, json!("*"), &[]), "false of nothing");
}

#[test]
fn for_any_value_negated() {
    let operator = "ForAnyValue:StringNotLike";
    assert!(holds(operator, json!("a*"), &["a1", "b"]));
    assert!(!holds(operator, json!("a*"), &["a1", "a2"]));
    assert!(
        !holds(operator, json!("a*"), &[]),
        "false of nothing, negated or not"
    );
}

#[test]
fn other_kinds_take_set_operators_too() {
    assert!(holds(
        "ForAllValues:NumericLessThan",
        json!("5"),
        &["1", "4"]
    ));
    assert!(!holds(
        "ForAllValues:NumericLessThan",
        json!("5"),
        &["1", "x"]
    ));
    assert!(holds(
        "ForAnyValue:IpAddress",
        json!("10.0.0.0/8"),
        &["8.8.8.8", "10.1.1.1"]
    ));
    assert!(!holds(
        "ForAllValues:ArnLike",
        json!("arn:aws:sns:*:*:a*"),
        &["arn:aws:sns:::ab", "arn:aws:sns:::b"]
    ));
}
