//! The outcomes as a table, as JSON and as a page of the docs.

use crate::outcome::Outcome;
use crate::{Result, price, targets};
use serde::Serialize;
use std::fmt::Write as _;

#[derive(Serialize)]
struct Document<'a> {
    prices_of: &'static str,
    outcomes: &'a [Outcome],
}

/// # Errors
/// When a figure is none.
pub(crate) fn json(outcomes: &[Outcome]) -> Result<String> {
    let document = Document {
        prices_of: price::DATE,
        outcomes,
    };
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

fn optional(figure: Option<f64>, places: usize) -> String {
    figure.map_or_else(|| "–".to_owned(), |figure| format!("{figure:.places$}"))
}

/// In Markdown.
pub(crate) fn table(outcomes: &[Outcome]) -> String {
    let mut text = String::from(
        "| request | | calls | depth | RCU | WCU | STS | CPU ms | p50 | p99 | p50 with store | p99 with store | first answer ms | \
         RSS MB | binary MB | $ per million |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for outcome in outcomes {
        let canned = outcome.canned.as_ref();
        let cpu = canned.unwrap_or(&outcome.store).cpu_ms;
        let megabytes = |bytes: u64| bytes as f64 / 1e6;
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} | {} | {} | {} | {} | {} | {} | {:.2} | {:.2} | {} | {} | {:.2} | {:.2} |",
            outcome.route,
            outcome.case,
            outcome.calls,
            outcome.depth,
            outcome.read_units,
            outcome.write_units,
            outcome.sts_calls,
            optional(cpu, 3),
            optional(canned.map(|times| times.p50_ms), 2),
            optional(canned.map(|times| times.p99_ms), 2),
            outcome.store.p50_ms,
            outcome.store.p99_ms,
            optional(outcome.cold_ms, 1),
            optional(outcome.resident_bytes.map(megabytes), 1),
            megabytes(outcome.binary_bytes),
            outcome.cost,
        );
    }
    text
}

/// The page of the docs.
pub(crate) fn page(outcomes: &[Outcome]) -> String {
    format!(
        "# What each endpoint costs, and how long it takes\n\n\
         Written by `cargo xtask bench --keep`. Do not edit. `cargo xtask bench` prints the table for your machine; \
         `--route TEXT` measures some routes only, `--json FILE` writes the figures.\n\n\
         Everything is from one run, with release binaries, on the local cloud. Calls and units are exact, those of \
         [the budget](budget.md), which a test holds. Depth is how many calls followed one another. Times are of this machine and \
         noisy: compare those of one run, and nothing holds them. CPU is the function's own processor time for one invocation with the \
         store's answers repeated from memory; with the local store where what is asked differs each time. p50 and \
         p99 are of one invocation, in milliseconds: with the store's answers repeated from memory, and with the local store. The first \
         answer is counted from the start of the process, and includes the trade for credentials. Where a password is checked or set, \
         most of the time and the memory are Argon2's, as they are meant to be, and who takes a new one carries the list of common \
         passwords.\n\n\
         ![Processor time and cost of each endpoint](bench.svg)\n\n{}\n## Targets\n\n{}\n## Prices\n\n{}",
        table(outcomes),
        targets::table(outcomes),
        price::explained()
    )
}
