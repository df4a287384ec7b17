//! `cargo xtask simulate`: how the load of many tenants meets AWS's quotas, in one account and in cells.
//!
//! A model, not a measurement: what each request costs is exact (the budget table, which tests hold), how tenants differ
//! and how long a request takes are assumptions, named in the report. The same seed gives the same report.

mod account;
mod cells;
mod chart;
mod workload;

use crate::failure::{Result, read, write};
use account::{Account, QUOTAS};
use clap::Args;
use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::path::Path;
use workload::{Mix, Tenants};

/// What the report is made from.
const BUDGET: &str = "infra/docs/budget.md";
/// Where it is kept.
const REPORT: &str = "infra/docs/scale-simulation.md";
/// And its picture.
const PICTURE: &str = "infra/docs/scale.svg";

/// What is assumed.
#[derive(Debug, Clone, Args)]
pub(crate) struct Assumptions {
    /// Numbers of tenants to look at.
    #[arg(long, value_delimiter = ',', default_values_t = [10, 100, 1_000, 10_000, 100_000], value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) tenants: Vec<u32>,
    /// Requests a second of a tenant in the busiest hour, on average.
    #[arg(long, default_value_t = 0.05)]
    pub(crate) requests: f64,
    /// How unlike tenants are: the share of the n-th largest falls with n to this power (0: all alike).
    #[arg(long, default_value_t = 0.9)]
    pub(crate) skew: f64,
    /// Milliseconds that the authorizer works on a request.
    #[arg(long, default_value_t = 12.0)]
    pub(crate) authorizer_ms: f64,
    /// Milliseconds that an endpoint works on a request.
    #[arg(long, default_value_t = 15.0)]
    pub(crate) endpoint_ms: f64,
    /// How many tenants' credentials a function's process keeps (`CAPACITY` in tenant-context's credentials.rs).
    #[arg(long, default_value = "10000")]
    pub(crate) kept: NonZeroUsize,
    /// Decides what is left to chance.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

/// The report on these assumptions. Where it is to be kept, it and its picture are written to `infra/docs/`.
///
/// # Errors
/// When the budget can't be read, or a file can't be written.
pub(crate) fn run(root: &Path, assumed: &Assumptions, keep: bool) -> Result<String> {
    let (report, picture) = make(root, assumed)?;
    if keep {
        write(&root.join(REPORT), &report)?;
        write(&root.join(PICTURE), &picture)?;
    }
    Ok(report)
}

fn make(root: &Path, assumed: &Assumptions) -> Result<(String, String)> {
    let mix = Mix::from_budget(&read(&root.join(BUDGET))?)?;
    let accounts: Vec<Account> = (assumed.tenants.iter())
        .map(|count| Account::simulate(&Tenants::new(*count, assumed), &mix, assumed))
        .collect();
    let mut text = opening(assumed, &mix);
    one_account(&mut text, &accounts);
    credentials(&mut text, &mix, assumed);
    if let Some(largest) = accounts.last() {
        cells::describe(&mut text, largest, assumed);
    }
    Ok((text, chart::draw(&accounts)?))
}

fn opening(assumed: &Assumptions, mix: &Mix) -> String {
    let mut text = String::from(
        "# Scale, simulated\n\n\
         Written by `cargo xtask simulate --keep`; `--help` names what can be assumed instead. Calls and units are those of the \
         [budget](budget.md); the rest are assumptions, and quotas are AWS's published defaults unless marked.\n\n",
    );
    // Writing to a String can't fail.
    let _ = writeln!(
        text,
        "Assumed: {} requests a second for a tenant on average in the busiest hour; the n-th largest tenant has a share that falls with n to the \
         power of {}; the authorizer works {} ms on a request and an endpoint {} ms.\n\n\
         | request | share | calls | read units | write units |\n|---|---|---|---|---|",
        assumed.requests, assumed.skew, assumed.authorizer_ms, assumed.endpoint_ms,
    );
    for kind in mix.kinds() {
        let (route, case) = (kind.route, kind.case);
        let case = if case.is_empty() {
            String::new()
        } else {
            format!(", {case}")
        };
        let _ = writeln!(
            text,
            "| `{route}`{case} | {:.0} % | {} | {} | {} |",
            kind.share * 100.0,
            kind.calls,
            kind.read,
            kind.write
        );
    }
    text
}

fn one_account(text: &mut String, accounts: &[Account]) {
    text.push_str(
        "\n## One account\n\n![Shares of AWS's quotas](scale.svg)\n\n| tenants | requests/s |",
    );
    for quota in QUOTAS {
        let _ = write!(text, " {} |", quota.name);
    }
    text.push_str(" largest tenant |\n|---|---|");
    for _ in QUOTAS {
        text.push_str("---|");
    }
    text.push_str("---|\n| *quota* | |");
    for quota in QUOTAS {
        let mark = if quota.is_assumed { " (assumed)" } else { "" };
        let _ = write!(text, " *{:.0}{mark}* |", quota.most);
    }
    text.push_str(" |\n");
    for account in accounts {
        let _ = write!(text, "| {} | {:.1} |", account.tenants, account.requests);
        for quota in QUOTAS {
            let used = (quota.used)(account);
            let _ = write!(text, " {used:.1} ({:.1} %) |", 100.0 * used / quota.most);
        }
        let _ = writeln!(text, " {:.1}/s |", account.largest);
    }
    text.push('\n');
    for quota in QUOTAS {
        let _ = writeln!(text, "- **{}**: {}", quota.name, quota.meaning);
    }
}

/// What it changes how many tenants' credentials a process keeps.
fn credentials(text: &mut String, mix: &Mix, assumed: &Assumptions) {
    let choices =
        [1_000, 2_000, 5_000, 10_000].map(|kept| NonZeroUsize::MIN.saturating_add(kept - 1));
    text.push_str("\n## Credentials that a process keeps\n\nTrades at STS a second, and the share of requests that wait for one.\n\n| tenants |");
    for kept in choices {
        let _ = write!(text, " {kept} kept |");
    }
    text.push_str("\n|---|---|---|---|---|\n");
    for count in assumed.tenants.iter().filter(|count| **count >= 1_000) {
        let tenants = Tenants::new(*count, assumed);
        let _ = write!(text, "| {count} |");
        for kept in choices {
            let assumed = Assumptions {
                kept,
                ..assumed.clone()
            };
            let account = Account::simulate(&tenants, mix, &assumed);
            let share = account.trades / account.requests * 100.0;
            let _ = write!(text, " {:.1} ({share:.0} %) |", account.trades);
        }
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use std::path::PathBuf;

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    pub(super) fn assumed(arguments: &[&str]) -> Assumptions {
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            assumed: Assumptions,
        }
        let line = ["simulate"].iter().chain(arguments);
        <Line as clap::Parser>::parse_from(line).assumed
    }

    #[test]
    fn the_same_seed_gives_the_same_report() {
        let few = || {
            let assumed = assumed(&["--tenants", "10,300", "--seed", "7"]);
            run(&root(), &assumed, false).unwrap()
        };
        let report = few();
        assert_eq!(report, few());
        assert!(report.contains("| 300 | 15.0 |"), "{report}");
    }

    #[test]
    fn the_report_that_is_kept_counts_todays_units() {
        let mix = Mix::from_budget(&read(&root().join(BUDGET)).unwrap()).unwrap();
        let kept = read(&root().join(REPORT)).unwrap();
        let expected = opening(&assumed(&[]), &mix);
        assert!(
            kept.starts_with(&expected),
            "the budget has changed: run `cargo xtask simulate --keep` and commit what it writes"
        );
    }
}
