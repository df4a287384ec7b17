//! `shared/fields/src/phone/plans.txt`: which numbers the telephone networks of the world can have.
//!
//! The crate `phonenumber` brings Google's libphonenumber; its lock decides how new the plans are.

use phonenumber::metadata::{DATABASE, Metadata};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The file's text: calling code, region, lengths and pattern of the national numbers.
pub(crate) fn render() -> String {
    // By their codes: what belongs to no country has one region's name for all of them.
    let plans = (1_u16..1_000).filter_map(|code| DATABASE.by_code(&code));
    let mut plans: Vec<&Metadata> = plans.flatten().collect();
    // The country that a code is named after comes first: most numbers are its own.
    plans.sort_by_key(|plan| {
        let is_main = plan.is_main_country_for_code();
        (plan.country_code(), !is_main, plan.id())
    });
    plans.dedup_by_key(|plan| (plan.country_code(), plan.id()));
    let mut text = String::new();
    for plan in plans {
        let pattern = plan.descriptors().general().national_number();
        let pattern: String = pattern.as_str().split_whitespace().collect();
        let lengths: Vec<String> = lengths(plan).iter().map(u16::to_string).collect();
        // Writing to a String can't fail.
        let _ = writeln!(
            text,
            "{} {} {} {pattern}",
            plan.country_code(),
            plan.id(),
            lengths.join(",")
        );
    }
    text
}

/// The lengths of a region's numbers, of whatever kind.
fn lengths(plan: &Metadata) -> BTreeSet<u16> {
    let kinds = plan.descriptors();
    let kinds = [
        Some(kinds.general()),
        kinds.fixed_line(),
        kinds.mobile(),
        kinds.toll_free(),
        kinds.premium_rate(),
        kinds.shared_cost(),
        kinds.personal_number(),
        kinds.voip(),
        kinds.pager(),
        kinds.uan(),
        kinds.voicemail(),
    ];
    let kinds = kinds.into_iter().flatten();
    kinds
        .flat_map(|kind| kind.possible_length().iter().copied())
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use fields::PhoneNumber;
    use phonenumber::Mode;

    /// Numbers that the library itself gives as examples, for each region and kind.
    fn examples() -> Vec<(String, phonenumber::PhoneNumber)> {
        let examples = DATABASE.iter().flat_map(|plan| {
            let kinds = plan.descriptors();
            let kinds = [
                kinds.fixed_line(),
                kinds.mobile(),
                kinds.toll_free(),
                kinds.voip(),
            ];
            let kinds = kinds.into_iter().flatten();
            kinds.filter_map(|kind| {
                let text = format!("+{}{}", plan.country_code(), kind.example()?);
                let number = phonenumber::parse(None, &text).ok()?;
                Some((text, number))
            })
        });
        examples.collect()
    }

    #[test]
    fn what_the_library_holds_to_be_valid_is_a_number_here_in_the_same_form() {
        let mut count = 0;
        for (text, number) in examples() {
            if !phonenumber::is_valid(&number) || text.len() < 8 {
                continue;
            }
            count += 1;
            let kept = text.parse::<PhoneNumber>().map(|kept| kept.to_string());
            let form = number.format().mode(Mode::E164).to_string();
            assert_eq!(kept.as_deref(), Ok(form.as_str()));
        }
        assert!(count > 500, "{count} examples");
    }

    #[test]
    fn the_plans_are_in_order_and_whole() {
        let text = render();
        assert!(
            text.contains("\n1 US 10 [2-9]\\d{9}|3\\d{6}\n")
                || text.starts_with("1 US 10 [2-9]\\d{9}|3\\d{6}\n")
        );
        assert!(text.lines().all(|line| line.split(' ').count() == 4));
    }
}
