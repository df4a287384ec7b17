//! What the lines of a quote come to, in minor units: each line rounded by itself, half up.

use super::random::Random;
use serde_json::{Map, Value, json};

/// The fields that follow from the lines.
const TOTALS: [&str; 4] = ["subtotal", "discount_total", "tax_total", "total"];
/// No total is larger.
const MOST: i128 = 1_000_000_000_000_000;

/// Some lines; now and then dearer than a quote can be.
pub(super) fn lines(random: &mut Random) -> Value {
    let count = random.below(4);
    let is_too_dear = random.chance(4);
    let line = |random: &mut Random| {
        let (quantity, price) = match is_too_dear {
            true => (1_000_000, 999_999_999_999),
            false => (1 + random.below(500), random.below(100_000)),
        };
        let mut line = json!({"description": "Work", "quantity": quantity, "unit_price": price});
        for rate in ["discount_basis_points", "tax_basis_points"] {
            if random.chance(60) {
                line[rate] = json!(random.below(10_001));
            }
        }
        line
    };
    (0..count).map(|_| line(random)).collect()
}

/// The totals, unless one of them is too large.
pub(super) fn of(lines: &Value) -> Option<Map<String, Value>> {
    let mut sums = [0_i128; 4];
    for line in lines.as_array().unwrap() {
        let number = |name: &str| line[name].as_i64().map_or(0, i128::from);
        let part = |of: i128, rate: &str| {
            let exact = of * number(rate);
            let whole = exact / 10_000;
            whole + i128::from(exact % 10_000 >= 5_000)
        };
        let gross = number("quantity") * number("unit_price");
        let discount = part(gross, "discount_basis_points");
        let tax = part(gross - discount, "tax_basis_points");
        for (sum, amount) in sums
            .iter_mut()
            .zip([gross, discount, tax, gross - discount + tax])
        {
            *sum += amount;
        }
    }
    if sums.iter().any(|sum| *sum > MOST) {
        return None;
    }
    let sums = sums.map(|sum| json!(i64::try_from(sum).unwrap()));
    let names = TOTALS.map(str::to_owned);
    Some(names.into_iter().zip(sums).collect())
}
