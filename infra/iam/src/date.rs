//! Points in time of conditions: ISO 8601 with its offset, a day (its beginning in UTC), or seconds since 1970.

use jiff::Timestamp;
use jiff::civil::Date;

/// Reads a point in time. Four digits could be a year or seconds, so they are neither.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    if !text.is_empty() && text.chars().all(|character| character.is_ascii_digit()) {
        if text.len() <= 4 {
            return None;
        }
        return Timestamp::from_second(text.parse().ok()?).ok();
    }
    if text.len() == "2026-01-01".len() {
        let day: Date = text.parse().ok()?;
        return format!("{day}T00:00:00Z").parse().ok();
    }
    text.parse().ok()
}
