//! Values of the fields that name nothing.

use super::shapes::Shape;
use serde_json::{Value, json};

/// Values of a collection's plain fields.
pub(super) fn plain(shape: &Shape) -> Vec<(&'static str, Vec<Value>)> {
    match shape.name {
        "accounts" => vec![
            ("industry", vec![json!("Shipping"), json!("Mining")]),
            ("employee_count", vec![json!(0), json!(51)]),
            ("tags", vec![json!([]), json!(["a", "b"])]),
        ],
        "contacts" => vec![
            ("email", vec![json!("ada@customer.example")]),
            ("do_not_call", vec![json!(true), json!(false)]),
        ],
        "deals" => vec![
            ("amount", vec![json!(1), json!(1_000_000_000_000_i64)]),
            ("next_step", vec![json!("Call again.")]),
        ],
        "activities" => vec![
            ("type", vec![json!("task"), json!("meeting")]),
            ("priority", vec![json!("low"), json!("urgent")]),
        ],
        "customers" => vec![("health_score", vec![json!(0), json!(100)])],
        "notifications" => vec![
            ("type", vec![json!("mention"), json!("alert")]),
            ("body", vec![json!("Look at it.")]),
        ],
        // The lines are made anew each time.
        "quotes" => vec![
            ("currency", vec![json!("EUR"), json!("JPY")]),
            ("lines", vec![json!([])]),
            ("purchase_order", vec![json!("A 1"), json!("B 2")]),
        ],
        _ => vec![("colour", vec![json!("red"), json!("green")])],
    }
}

/// Beginnings of names, some of which are beginnings of others.
pub(super) const NAMES: [&str; 6] = ["Ada", "Adam", "adamant", "Babbage", "Zuse", "\u{c9}mile"];
