//! What was aimed at, and what became of it.

use crate::outcome::Outcome;
use std::fmt::Write as _;
use tests::budget::RECORDS;

/// The most processor time for one invocation, in milliseconds: what it is of, by its route and case.
const CPU: [(&str, &str, &str, f64); 4] = [
    (
        "A warm read",
        "GET /v1/projects/{project_id}/{collection}/{record_id}",
        "",
        0.27,
    ),
    ("A list of 20", RECORDS, "20 records", 0.55),
    (
        "A create",
        "POST /v1/projects/{project_id}/{collection}",
        "",
        0.40,
    ),
    ("The authorizer", "authorizer", "", 0.5),
];
/// How long a process may take from its start to its first answer, in milliseconds.
const FIRST_ANSWER: f64 = 12.0;
/// How much memory it may hold then, in megabytes.
const MEMORY: f64 = 15.0;
/// How large a binary may be, in megabytes.
const BINARY: f64 = 9.0;

/// What a target for all is of, its most, the unit, and the figure.
type OfAll = (&'static str, f64, &'static str, fn(&Outcome) -> Option<f64>);

/// The targets in Markdown, with all that miss one.
pub(crate) fn table(outcomes: &[Outcome]) -> String {
    let mut text = String::from("| | at most | here | beyond it |\n|---|--:|--:|---|\n");
    for (what, route, case, most) in CPU {
        let mut found = outcomes.iter();
        let found = found.find(|outcome| outcome.route == route && outcome.case == case);
        let used = found.and_then(|outcome| outcome.canned.as_ref()?.cpu_ms);
        let here = used.map_or_else(|| "not measured".to_owned(), |used| format!("{used:.3} ms"));
        let missed = if used.is_some_and(|used| used > most) {
            "missed"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "| {what}, processor time | {most} ms | {here} | {missed} |"
        );
    }
    let of_all: [OfAll; 3] = [
        ("First answer", FIRST_ANSWER, "ms", |outcome| {
            outcome.cold_ms
        }),
        ("Memory", MEMORY, "MB", |outcome| {
            outcome.resident_bytes.map(megabytes)
        }),
        ("Binary", BINARY, "MB", |outcome| {
            Some(megabytes(outcome.binary_bytes))
        }),
    ];
    for (what, most, unit, figure) in of_all {
        let figures = || {
            outcomes
                .iter()
                .filter_map(|outcome| Some((outcome, figure(outcome)?)))
        };
        let (beyond, within): (Vec<_>, Vec<_>) = figures().partition(|(_, figure)| *figure > most);
        let largest = within.iter().map(|(_, figure)| *figure).fold(0.0, f64::max);
        // Of several cases of a route the largest.
        let mut routes: Vec<(&str, f64)> = Vec::new();
        for (outcome, figure) in beyond {
            match routes.iter_mut().find(|(route, _)| *route == outcome.route) {
                Some((_, most)) => *most = most.max(figure),
                None => routes.push((outcome.route, figure)),
            }
        }
        let routes = routes.iter();
        let beyond: Vec<String> = routes
            .map(|(route, figure)| format!("`{route}` {figure:.1}"))
            .collect();
        let _ = writeln!(
            text,
            "| {what}, the most of those that keep it | {most} {unit} | {largest:.1} {unit} | {} |",
            beyond.join(", ")
        );
    }
    text
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
