//! Telephone numbers.
//!
//! What numbers a country can have is known from Google's libphonenumber, in the form of the crate `phonenumber`. That crate
//! itself is no part of a function: it adds 2.7 MB to a binary, 12 MB to a process and 170 ms to its first number. So
//! `cargo xtask generate` writes the numbering plans out of it into `plans.txt` (11 KB), and the plan of the one country that
//! a number names is read when a number is. A number is held against its country's plan as a whole, lengths and first digits,
//! and not against the area codes that are in use this month: those change faster than programs do.

mod sender;

pub use sender::Sender;

use crate::{from_text, shown};
use regex_lite::Regex;

/// A line for each region: its calling code, its name, the lengths of its national numbers, and their pattern.
const PLANS: &str = include_str!("plans.txt");

/// Characters of a number as it may be written.
const MOST: usize = 40;

/// A telephone number in the international form of E.164, `+` and up to 15 digits, such as can be in its country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    fn parse(text: String) -> Result<Self, &'static str> {
        const WRONG: &str = "is not a telephone number in international form, such as +14155550100";
        if text.chars().count() > MOST {
            return Err(WRONG);
        }
        // Many write the 0 that is dialled at home.
        let text = text.replace("(0)", "");
        let is_between = |c: char| matches!(c, ' ' | '\u{a0}' | '.' | '-' | '(' | ')' | '/');
        let text: String = text.chars().filter(|c| !is_between(*c)).collect();
        let digits = text.strip_prefix('+').ok_or(WRONG)?;
        let is_number = (7..=15).contains(&digits.len()) && !digits.starts_with('0');
        if !is_number || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(WRONG);
        }
        in_plan(digits)?;
        Ok(Self(text))
    }
}

from_text!(PhoneNumber, {"type": "string", "examples": ["+14155550100"], "maxLength": 40});
shown!(PhoneNumber);

/// The plan of a region.
struct Plan<'a> {
    code: &'a str,
    lengths: &'a str,
    pattern: &'a str,
}

fn plans() -> impl Iterator<Item = Plan<'static>> {
    PLANS.lines().filter_map(|line| {
        let mut parts = line.splitn(4, ' ');
        let (code, _region) = (parts.next()?, parts.next()?);
        Some(Plan {
            code,
            lengths: parts.next()?,
            pattern: parts.next()?,
        })
    })
}

/// Whether a number can be in the plan of one of the regions that share its calling code.
fn in_plan(digits: &str) -> Result<(), &'static str> {
    // No calling code is the beginning of another.
    let (mut is_code, mut is_length) = (false, false);
    for plan in plans() {
        let Some(national) = digits.strip_prefix(plan.code) else {
            continue;
        };
        is_code = true;
        let mut lengths = plan.lengths.split(',');
        if !lengths.any(|length| length.parse() == Ok(national.len())) {
            continue;
        }
        is_length = true;
        let pattern = Regex::new(&format!("^(?:{})$", plan.pattern));
        if pattern.is_ok_and(|pattern| pattern.is_match(national)) {
            return Ok(());
        }
    }
    Err(match (is_code, is_length) {
        (false, _) => "begins with no country's calling code",
        (true, false) => "has more or fewer digits than a number of its country",
        (true, true) => "is no number that its country's numbering plan can have",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, String> {
        let number = text.parse::<PhoneNumber>();
        number
            .map(|number| number.to_string())
            .map_err(|refused| refused.0.to_owned())
    }

    #[test]
    fn numbers_are_kept_as_e164() {
        for (written, kept) in [
            ("+1 (415) 555-0100", "+14155550100"),
            ("+44 (0)20 7946 0018", "+442079460018"),
            ("+49 30/901820", "+4930901820"),
            ("+39 06 698 82100", "+390669882100"),
            ("+91\u{a0}98765.43210", "+919876543210"),
            ("+800 1234 5678", "+80012345678"),
        ] {
            assert_eq!(read(written), Ok(kept.to_owned()), "{written}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused_and_told() {
        for (wrong, told) in [
            ("", "international form"),
            ("+", "international form"),
            ("4155550100", "international form"),
            ("0049 30 901820", "international form"),
            ("+0123456789", "international form"),
            ("+12345", "international form"),
            ("+1234567890123456", "international form"),
            ("+1415555O100", "international form"),
            ("+1 415 555 0100 ext. 7", "international form"),
            (
                "+1 (((((((((((415)))))))))))) 555 - - - 0100",
                "international form",
            ),
            ("+210 123 456 78", "calling code"),
            ("+999 123 456 78", "calling code"),
            ("+1 415 555 010", "digits"),
            ("+1 415 555 01000", "digits"),
            ("+33 6 12 34 56", "digits"),
            ("+1 015 555 0100", "numbering plan"),
            ("+33 0 12 34 56 78", "numbering plan"),
        ] {
            let detail = read(wrong).err().unwrap_or_default();
            assert!(detail.contains(told), "{wrong}: {detail}");
        }
    }

    #[test]
    fn every_plan_can_be_read_and_no_code_begins_another() {
        assert_eq!(plans().count(), PLANS.lines().count());
        assert!(plans().count() > 200);
        for plan in plans() {
            assert!(Regex::new(plan.pattern).is_ok(), "{}", plan.pattern);
            let mut lengths = plan.lengths.split(',');
            assert!(lengths.all(|length| length.parse::<usize>().is_ok()));
            let mut others = plans().filter(|other| other.code != plan.code);
            assert!(others.all(|other| !other.code.starts_with(plan.code)));
        }
    }
}
