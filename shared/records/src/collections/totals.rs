//! What the lines of a quote come to, in whole minor units.
//!
//! Each line is rounded by itself, half up, as invoices are (EN 16931, BR-CO-10 ff.): the printed lines add up to the
//! printed total. Nothing here is a floating-point number.

use serde_json::{Value, json};

/// The most that a quote comes to.
const MOST: i128 = 1_000_000_000_000_000;

/// The amounts of one line.
#[derive(Default)]
struct Amounts {
    gross: i128,
    discount: i128,
    tax: i128,
}

fn line(line: &Value) -> Amounts {
    let number = |name: &str| i128::from(line.get(name).and_then(Value::as_i64).unwrap_or(0));
    let gross = number("quantity") * number("unit_price");
    let discount = share(gross, number("discount_basis_points"));
    let tax = share(gross - discount, number("tax_basis_points"));
    Amounts {
        gross,
        discount,
        tax,
    }
}

/// So many hundredths of a percent of an amount, rounded half up.
fn share(amount: i128, basis_points: i128) -> i128 {
    (amount * basis_points + 5_000) / 10_000
}

fn sum(lines: &Value, of: impl Fn(&Amounts) -> i128) -> Result<Value, String> {
    let lines = lines.as_array().into_iter().flatten();
    let sum: i128 = lines.map(|value| of(&line(value))).sum();
    match i64::try_from(sum) {
        Ok(sum) if i128::from(sum) <= MOST => Ok(json!(sum)),
        _ => Err(format!("come to more than {MOST}")),
    }
}

pub(super) fn subtotal(lines: &Value) -> Result<Value, String> {
    sum(lines, |line| line.gross)
}

pub(super) fn discount(lines: &Value) -> Result<Value, String> {
    sum(lines, |line| line.discount)
}

pub(super) fn tax(lines: &Value) -> Result<Value, String> {
    sum(lines, |line| line.tax)
}

pub(super) fn total(lines: &Value) -> Result<Value, String> {
    sum(lines, |line| line.gross - line.discount + line.tax)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_rounded_by_itself() {
        // 3 × 3.33 less 10 % plus 19 %: 9.99, −1.00 (0.999), +1.71 (1.7081).
        let first = json!({"quantity": 3, "unit_price": 333, "discount_basis_points": 1000, "tax_basis_points": 1900});
        let lines = json!([first, {"quantity": 1, "unit_price": 50}, first]);
        assert_eq!(subtotal(&lines), Ok(json!(2048)));
        assert_eq!(discount(&lines), Ok(json!(200)));
        assert_eq!(tax(&lines), Ok(json!(342)));
        assert_eq!(total(&lines), Ok(json!(2190)));
        assert_eq!(total(&json!([])), Ok(json!(0)));
    }

    #[test]
    fn a_sum_that_is_too_large_is_no_sum() {
        let dear = json!({"quantity": 1_000_000, "unit_price": 1_000_000_000_000_i64});
        assert!(total(&json!([dear])).is_err());
        let dear = json!({"quantity": 1_000, "unit_price": 1_000_000_000_000_i64});
        assert_eq!(total(&json!([dear])), Ok(json!(1_000_000_000_000_000_i64)));
    }
}
