//! Days and moments, as RFC 3339 writes them.

use crate::{from_text, shown};
use jiff::Timestamp;
use jiff::civil::Date;

/// A calendar day (RFC 3339 `full-date`), such as `2026-01-31`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(String);

impl Day {
    fn parse(text: String) -> Result<Self, &'static str> {
        let is_plain = text.len() == 10 && text.starts_with(|c: char| c.is_ascii_digit());
        match text.parse::<Date>() {
            Ok(date) if is_plain => Ok(Self(date.to_string())),
            _ => Err("is not a day such as 2026-01-31"),
        }
    }
}

from_text!(Day, {"type": "string", "format": "date"});
shown!(Day);

/// A moment (RFC 3339 `date-time`, with its offset), kept in UTC to the millisecond.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(String);

impl Moment {
    const WRONG: &str = "is not a moment with its offset, such as 2026-01-31T09:30:00Z";

    fn parse(text: String) -> Result<Self, &'static str> {
        // The parser also reads other forms: a blank for the `T`, a zone's name, years of six digits.
        let is_plain = text.is_ascii()
            && matches!(text.as_bytes().get(10), Some(b'T' | b't'))
            && text.starts_with(|c: char| c.is_ascii_digit())
            && !text.contains('[');
        let moment: Timestamp = text.parse().map_err(|_| Self::WRONG)?;
        let text = format!("{moment:.3}");
        if is_plain && text.len() == 24 {
            Ok(Self(text))
        } else {
            Err(Self::WRONG)
        }
    }

    /// The moment as a number of milliseconds since 1970.
    pub fn milliseconds(&self) -> i64 {
        self.0
            .parse::<Timestamp>()
            .map_or(0, Timestamp::as_millisecond)
    }
}

from_text!(Moment, {"type": "string", "format": "date-time"});
shown!(Moment);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days() {
        assert_eq!(
            "2028-02-29".parse::<Day>().map(|day| day.to_string()),
            Ok("2028-02-29".to_owned())
        );
        for wrong in [
            "",
            "2026-02-29",
            "2026-1-1",
            "20260101",
            "2026-01-31T00:00",
            "tomorrow",
            "+02026-01-01",
        ] {
            assert!(wrong.parse::<Day>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn moments() {
        for (given, kept) in [
            ("2026-01-31T09:30:00Z", "2026-01-31T09:30:00.000Z"),
            ("2026-01-31T09:30:00.1239+02:00", "2026-01-31T07:30:00.123Z"),
        ] {
            let moment = given.parse::<Moment>().map(|moment| moment.to_string());
            assert_eq!(moment, Ok(kept.to_owned()), "{given}");
        }
        for wrong in [
            "",
            "2026-01-31",
            "2026-01-31T09:30:00",
            "2026-01-31 09:30:00Z",
            "2026-01-31T25:00:00Z",
            "2026-01-31T09:30:00+02:00[Europe/Berlin]",
            "1769851800",
        ] {
            assert!(wrong.parse::<Moment>().is_err(), "{wrong}");
        }
    }
}
