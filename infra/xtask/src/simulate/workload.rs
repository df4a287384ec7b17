//! Who asks for what, how often.

use super::Assumptions;
use crate::failure::{Failure, Result};

/// Route, case in the budget table, and share of all requests. Each is a function of its own.
const MIX: &[(&str, &str, f64)] = &[
    (
        "GET /v1/projects/{project_id}/{collection}/{record_id}",
        "",
        0.45,
    ),
    (
        "GET /v1/projects/{project_id}/{collection}",
        "20 records by owner",
        0.30,
    ),
    ("GET /v1/me", "", 0.05),
    (
        "POST /v1/projects/{project_id}/{collection}",
        "with a reference",
        0.08,
    ),
    (
        "PATCH /v1/projects/{project_id}/{collection}/{record_id}",
        "",
        0.12,
    ),
];

/// One kind of request.
pub(super) struct Kind {
    pub(super) route: &'static str,
    pub(super) case: &'static str,
    pub(super) share: f64,
    /// DynamoDB calls of the endpoint.
    pub(super) calls: f64,
    pub(super) read: f64,
    pub(super) write: f64,
}

/// The requests of a working day.
pub(super) struct Mix(Vec<Kind>);

impl Mix {
    /// With the costs in the budget table.
    ///
    /// # Errors
    /// When a row is not there any more.
    pub(super) fn from_budget(budget: &str) -> Result<Self> {
        let kinds = MIX.iter().map(|(route, case, share)| {
            let beginning = format!("| `{route}` | {case} |");
            let missing = || Failure(format!("the budget has no row {beginning}"));
            let row = budget
                .lines()
                .find(|line| line.starts_with(&beginning))
                .ok_or_else(missing)?;
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            let number = |at: usize| {
                cells
                    .get(at)
                    .and_then(|cell| cell.parse::<f64>().ok())
                    .ok_or_else(missing)
            };
            Ok(Kind {
                route,
                case,
                share: *share,
                calls: number(4)?,
                read: number(6)?,
                write: number(7)?,
            })
        });
        kinds.collect::<Result<_>>().map(Self)
    }

    pub(super) fn kinds(&self) -> &[Kind] {
        &self.0
    }

    /// The mean of a figure over all requests.
    pub(super) fn mean(&self, figure: impl Fn(&Kind) -> f64) -> f64 {
        self.0.iter().map(|kind| kind.share * figure(kind)).sum()
    }
}

/// How much of the load each tenant brings, the largest first.
pub(super) struct Tenants {
    /// Requests a second.
    rates: Vec<f64>,
    /// Running sums of the rates.
    sums: Vec<f64>,
}

impl Tenants {
    pub(super) fn new(count: u32, assumed: &Assumptions) -> Self {
        let shares: Vec<f64> = (1..=count)
            .map(|n| f64::from(n).powf(-assumed.skew))
            .collect();
        let total: f64 = shares.iter().sum();
        let all = assumed.requests * f64::from(count);
        let rates: Vec<f64> = shares.iter().map(|share| all * share / total).collect();
        let mut sum = 0.0;
        let sums = rates.iter().map(|rate| {
            sum += rate;
            sum
        });
        Self {
            sums: sums.collect(),
            rates,
        }
    }

    pub(super) fn rates(&self) -> &[f64] {
        &self.rates
    }

    /// Requests a second of all.
    pub(super) fn all(&self) -> f64 {
        self.sums.last().copied().unwrap_or_default()
    }

    /// Whose request it is, at a point between 0 and 1.
    pub(super) fn at(&self, point: f64) -> usize {
        let wanted = point * self.all();
        self.sums
            .partition_point(|sum| *sum < wanted)
            .min(self.sums.len().saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;
    use crate::simulate::tests::assumed;

    #[test]
    fn the_shares_are_a_whole_and_the_rows_are_there() {
        let mix = Mix::from_budget(include_str!("../../../docs/budget.md")).unwrap();
        assert!((mix.mean(|_| 1.0) - 1.0).abs() < 1e-9);
        assert!(mix.kinds().iter().all(|kind| kind.calls >= 1.0));
        assert!(Mix::from_budget("").is_err());
    }

    #[test]
    fn tenants_bring_what_was_assumed_the_largest_first() {
        let assumed = assumed(&["--skew", "1", "--requests", "2"]);
        let tenants = Tenants::new(100, &assumed);
        assert!((tenants.all() - 200.0).abs() < 1e-6);
        assert!((tenants.rates()[0] / tenants.rates()[9] - 10.0).abs() < 1e-6);
        assert_eq!((tenants.at(0.0), tenants.at(1.0)), (0, 99));
    }
}
