//! What a tenant has used, counted day by day: `TENANT#<t>#USAGE` / `DAY#<year>-<month>-<day>`; and what it has stored:
//! `STORAGE`.
//!
//! Each count is raised in the transaction that makes what is counted, so that it is counted once and never forgotten.

use crate::expression::{Condition, Update, ValueError};
use crate::ids::RecordId;
use crate::keys::TenantKeys;
use crate::table::{StoredItem, Table, Write};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use problem::Problem;
use serde::Deserialize;
use std::fmt;
use std::str::FromStr;

/// For how long a day's counts are kept: 400 days.
const KEPT_SECONDS: i64 = 400 * 24 * 60 * 60;

/// A month of a year, `2026-11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month(Date);

impl Month {
    /// That of a time, in UTC.
    pub fn of(time: Timestamp) -> Self {
        Self(time.to_zoned(TimeZone::UTC).date().first_of_month())
    }
}

impl FromStr for Month {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "is not a month, such as 2026-11";
        let first = Date::strptime("%Y-%m-%d", format!("{text}-01")).map_err(|_| WRONG)?;
        // One spelling only, and no year before the first: RFC 3339 has four digits and no sign.
        let month = Self(first);
        let is_plain = text.len() == 7 && month.to_string() == text;
        is_plain.then_some(month).ok_or(WRONG)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

/// What was used on one day (UTC).
#[derive(Debug, Clone, Deserialize)]
pub struct Day {
    /// Which, as in RFC 3339.
    pub day: String,
    /// Letters sent in the tenant's name.
    #[serde(default)]
    pub emails: i64,
}

/// What is stored at present.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub struct Storage {
    /// The bytes of its files, those of deleted files too until these are purged.
    #[serde(default)]
    pub bytes: i64,
}

/// For how long it is known that a purged file is counted no more: longer than a queue keeps what tells of it.
const PURGED_SECONDS: i64 = 30 * 24 * 60 * 60;

/// Counts bytes that have come, or gone.
pub(crate) fn bytes_stored(keys: TenantKeys, by: i64) -> Write {
    Write::update(keys.storage(), Update::new().add("bytes", by))
}

/// The same for a file whose bytes go for good: refused the second time.
pub(crate) fn bytes_purged(
    keys: TenantKeys,
    file: RecordId,
    bytes: i64,
) -> Result<Vec<Write>, ValueError> {
    let until = Timestamp::now().as_second().saturating_add(PURGED_SECONDS);
    let once = Update::new().set("ttl", until)?.when(Condition::Missing);
    Ok(vec![
        Write::update(keys.purged(file), once),
        bytes_stored(keys, -bytes),
    ])
}

/// Counts one letter that was sent at `now`, in seconds since 1970.
///
/// # Errors
/// `internal` when the day can't be stored.
pub fn email_sent(keys: TenantKeys, now: i64) -> Result<Write, ValueError> {
    let time = Timestamp::from_second(now).unwrap_or(Timestamp::UNIX_EPOCH);
    let day = time.to_zoned(TimeZone::UTC).date().to_string();
    let key = keys.usage(&day);
    let update = Update::new()
        .set("day", day)?
        .set("ttl", now.saturating_add(KEPT_SECONDS))?
        .add("emails", 1);
    Ok(Write::update(key, update))
}

/// The days of a month on which anything was used, in their order: one call.
///
/// # Errors
/// When the call fails.
pub async fn of_month(table: &Table, keys: TenantKeys, month: Month) -> Result<Vec<Day>, Problem> {
    let (first, last) = (format!("{month}-01"), format!("{month}-31"));
    let days = table.range(&keys.usage(&first), &keys.usage(&last)).await?;
    days.into_iter().map(StoredItem::read).collect()
}
