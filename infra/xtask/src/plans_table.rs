//! `infra/docs/plans.md`: what each plan allows and costs.

use plans::{Plan, Price};
use std::fmt::Write as _;

/// The file's text.
pub(crate) fn render() -> String {
    let mut text = String::from(
        "# Plans\n\n\
         Written by `cargo xtask generate` from `shared/plans`. Do not edit.\n\n\
         Prices are for a month. A seat is the right to one active member; an invitation that waits holds one. Projects count \
         archived ones too.\n\n\
         | plan | seats included | projects | records | one file | all files | API calls a minute | audit log kept | plan with these seats | each further seat |\n\
         |---|---|---|---|---|---|---|---|---|---|\n",
    );
    for plan in Plan::ALL {
        let figures = plan.figures();
        let (whole, seat) = match figures.price {
            Some(price) => (money(&price, price.plan), money(&price, price.seat)),
            None => ("free".to_owned(), "–".to_owned()),
        };
        // Writing to a String can't fail.
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} | {} | {} | {} | {} days | {whole} | {seat} |",
            plan.as_str(),
            figures.seats,
            figures.projects,
            figures.records,
            bytes(figures.file_bytes),
            bytes(figures.storage_bytes),
            figures.calls_per_minute,
            figures.audit_days,
        );
    }
    let (trial, days) = (Plan::TRIAL, Plan::TRIAL_DAYS);
    let _ = writeln!(
        text,
        "\nA new tenant has `{}` for {days} days. Its owners are told 3 days before the end. Then it goes on with `free` if its \
         use fits, and is suspended otherwise, until a plan is paid; nothing is deleted.\n\n\
         No tenant has more than {} seats.",
        trial.as_str(),
        Plan::MOST_SEATS,
    );
    text
}

/// In MB or GB of 1,024 each.
fn bytes(bytes: u64) -> String {
    match bytes >> 20 {
        mb if mb < 1024 => format!("{mb} MB"),
        mb => format!("{} GB", mb / 1024),
    }
}

fn money(price: &Price, amount: i64) -> String {
    format!("{}.{:02} {}", amount / 100, amount % 100, price.currency)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_as_printed_here() {
        assert_eq!(render(), include_str!("../golden/plans.md"));
    }
}
