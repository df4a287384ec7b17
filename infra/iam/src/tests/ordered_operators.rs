//! Operators on numbers and points in time.

use super::holds;
use serde_json::json;

/// Operator ending, and whether it holds for a value below, at and above the bound.
const RELATIONS: [(&str, [bool; 3]); 6] = [
    ("Equals", [false, true, false]),
    ("NotEquals", [true, false, true]),
    ("LessThan", [true, false, false]),
    ("LessThanEquals", [true, true, false]),
    ("GreaterThan", [false, false, true]),
    ("GreaterThanEquals", [false, true, true]),
];

#[test]
fn numbers() {
    for (relation, outcomes) in RELATIONS {
        let operator = format!("Numeric{relation}");
        for (actual, outcome) in ["-9.5", "10.0", "10.25"].into_iter().zip(outcomes) {
            assert_eq!(
                holds(&operator, json!("10"), &[actual]),
                outcome,
                "{operator} {actual}"
            );
            assert_eq!(
                holds(&operator, json!(10), &[actual]),
                outcome,
                "{operator} {actual}"
            );
        }
        assert_eq!(
            holds(&operator, json!("10"), &[]),
            relation == "NotEquals",
            "{operator} absent"
        );
        for no_number in ["ten", "", "1e1", "inf", "NaN", "0x10", "1.2.3", "."] {
            assert!(
                !holds(&operator, json!("10"), &[no_number]),
                "{operator} {no_number}"
            );
        }
    }
    assert!(holds("NumericEquals", json!(["1", "2"]), &["2"]));
    assert!(!holds("NumericNotEquals", json!(["1", "2"]), &["2"]));
}

#[test]
fn points_in_time() {
    for (relation, outcomes) in RELATIONS {
        let operator = format!("Date{relation}");
        for expected in [
            "2026-03-01T12:00:00Z",
            "2026-03-01T13:00:00+01:00",
            "1772366400",
        ] {
            let actual = [
                "2026-03-01T11:59:59.999Z",
                "2026-03-01T12:00:00Z",
                "2026-03-02",
            ];
            for (actual, outcome) in actual.into_iter().zip(outcomes) {
                assert_eq!(
                    holds(&operator, json!(expected), &[actual]),
                    outcome,
                    "{operator} {expected} {actual}"
                );
            }
        }
        assert_eq!(
            holds(&operator, json!("2026-03-01"), &[]),
            relation == "NotEquals",
            "{operator} absent"
        );
        assert!(
            !holds(&operator, json!("2026-03-01"), &["yesterday"]),
            "{operator}"
        );
    }
    assert!(
        holds("DateEquals", json!("2026-03-01"), &["2026-03-01T00:00:00Z"]),
        "a day begins in UTC"
    );
}
