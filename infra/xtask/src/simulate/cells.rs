//! Beyond one account: the same stack in several, each a cell, and tenants that sign up, grow, and move.

use super::Assumptions;
use super::account::{Account, QUOTAS};
use super::workload::Tenants;
use std::fmt::Write as _;

/// The share of the first quota that a cell is meant to take: what is above it is for bad days.
const FULL: f64 = 0.5;
/// Below this share of a full cell, new tenants come in.
const OPEN: f64 = 0.8;
/// Above this share of a full cell, tenants move out.
const CROWDED: f64 = 1.1;
/// Years that are looked at.
const YEARS: usize = 5;
const MONTHS: usize = 12 * YEARS;
/// With how many tenants it begins.
const FIRST: f64 = 100.0;
/// How much a tenant's load changes in a month: the standard deviation of its logarithm.
const DRIFT: f64 = 0.15;

/// What a year has come to.
struct Year {
    tenants: usize,
    requests: f64,
    cells: usize,
    /// Of a full cell.
    busiest: f64,
    mean: f64,
    moves: usize,
}

/// Writes of cells, with as many tenants at the end as `largest` had.
pub(super) fn describe(text: &mut String, largest: &Account, assumed: &Assumptions) {
    // A partition bounds a tenant wherever it is; the rest bounds the account.
    let shares = QUOTAS.iter().filter(|quota| {
        quota.most > 3_000.0 || quota.name.starts_with("STS") || quota.name.starts_with("Lambda")
    });
    let first = shares.max_by(|one, other| {
        let share = |quota: &super::account::Quota| (quota.used)(largest) / quota.most;
        share(one).total_cmp(&share(other))
    });
    let Some(first) = first else { return };
    let full = largest.requests * FULL * first.most / (first.used)(largest);
    let _ = writeln!(
        text,
        "\n## Cells\n\n\
         Of these, **{}** is met first as tenants grow in number. A cell (the same stack in an account of its own) is full at {:.0} % of it, which is \
         {full:.0} requests/s here. The directory decides a tenant's cell at sign-up: the emptiest that is open, or a new one when all are \
         {:.0} % full. Loads change by chance from month to month; a cell that is {:.0} % full moves tenants out, the largest that fit elsewhere first, \
         until it is not.\n\n\
         | year | tenants | requests/s | cells | busiest cell | mean cell | tenants moved in the year |\n|---|---|---|---|---|---|---|",
        first.name,
        FULL * 100.0,
        OPEN * 100.0,
        CROWDED * 100.0,
    );
    for (number, year) in years(largest.tenants, full, assumed).iter().enumerate() {
        let _ = writeln!(
            text,
            "| {} | {} | {:.0} | {} | {:.0} % | {:.0} % | {} |",
            number + 1,
            year.tenants,
            year.requests,
            year.cells,
            year.busiest * 100.0,
            year.mean * 100.0,
            year.moves
        );
    }
}

/// A tenant's load, and its cell.
#[derive(Clone, Copy)]
struct Placed {
    rate: f64,
    cell: usize,
}

fn years(last: usize, full: f64, assumed: &Assumptions) -> Vec<Year> {
    let mut random = fastrand::Rng::with_seed(assumed.seed);
    let count = u32::try_from(last).unwrap_or(u32::MAX);
    let mut waiting = Tenants::new(count, assumed).rates().to_vec();
    random.shuffle(&mut waiting);
    let growth = (f64::from(count) / FIRST)
        .max(1.0)
        .powf(1.0 / f64::from(u32::try_from(MONTHS).unwrap_or(1)));
    let (mut placed, mut loads): (Vec<Placed>, Vec<f64>) = (Vec::new(), vec![0.0]);
    let (mut wanted, mut moves, mut years) = (FIRST, 0, Vec::new());
    for month in 1..=MONTHS {
        for tenant in &mut placed {
            let changed = tenant.rate * (DRIFT * normal(&mut random)).exp();
            add(&mut loads, tenant.cell, changed - tenant.rate);
            tenant.rate = changed;
        }
        wanted *= growth;
        while f64::from(u32::try_from(placed.len()).unwrap_or(u32::MAX)) + 1.0 <= wanted.round() {
            let Some(rate) = waiting.pop() else { break };
            let cell = open_cell(&mut loads, rate, full);
            placed.push(Placed { rate, cell });
        }
        moves += relieve(&mut placed, &mut loads, full);
        if month % 12 == 0 {
            let cells = loads.len();
            let all: f64 = loads.iter().sum();
            years.push(Year {
                tenants: placed.len(),
                requests: all,
                cells,
                busiest: loads.iter().copied().fold(0.0, f64::max) / full,
                mean: all / full / f64::from(u32::try_from(cells).unwrap_or(u32::MAX)),
                moves: std::mem::take(&mut moves),
            });
        }
    }
    years
}

/// The emptiest cell, or a new one; with this load in it.
fn open_cell(loads: &mut Vec<f64>, rate: f64, full: f64) -> usize {
    let emptiest = loads
        .iter()
        .enumerate()
        .min_by(|(_, one), (_, other)| one.total_cmp(other));
    let cell = match emptiest {
        Some((cell, load)) if *load == 0.0 || load + rate <= OPEN * full => cell,
        _ => {
            loads.push(0.0);
            loads.len() - 1
        }
    };
    add(loads, cell, rate);
    cell
}

/// Moves tenants out of crowded cells, and says how many. A tenant that is alone stays, however large it is.
fn relieve(placed: &mut [Placed], loads: &mut Vec<f64>, full: f64) -> usize {
    let mut moves = 0;
    for cell in 0..loads.len() {
        let load = |loads: &[f64]| loads.get(cell).copied().unwrap_or_default();
        if load(loads) <= CROWDED * full {
            continue;
        }
        let mut inhabitants: Vec<&mut Placed> = placed
            .iter_mut()
            .filter(|tenant| tenant.cell == cell)
            .collect();
        inhabitants.sort_by(|one, other| other.rate.total_cmp(&one.rate));
        let mut left = inhabitants.len();
        for tenant in inhabitants {
            if load(loads) <= OPEN * full || left == 1 {
                break;
            }
            // What is too large for any other cell gets a cell of its own only if it leaves others behind.
            add(loads, cell, -tenant.rate);
            tenant.cell = open_cell(loads, tenant.rate, full);
            left -= 1;
            moves += usize::from(tenant.cell != cell);
        }
    }
    moves
}

fn add(loads: &mut [f64], cell: usize, rate: f64) {
    if let Some(load) = loads.get_mut(cell) {
        *load += rate;
    }
}

/// Normally distributed (Box and Muller, 1958).
fn normal(random: &mut fastrand::Rng) -> f64 {
    let radius = (-2.0 * (1.0 - random.f64()).ln()).sqrt();
    radius * (std::f64::consts::TAU * random.f64()).cos()
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
    fn no_tenant_is_lost_and_no_cell_stays_crowded() {
        let assumed = assumed(&["--skew", "0.5"]);
        let years = years(5_000, 20.0, &assumed);
        assert_eq!(years.len(), YEARS);
        let last = years.last().unwrap();
        assert_eq!(last.tenants, 5_000);
        assert!(last.cells >= 10, "{}", last.cells);
        assert!(
            years
                .iter()
                .all(|year| year.busiest <= CROWDED + 1e-9 && year.mean > 0.2)
        );
    }

    #[test]
    fn a_crowded_cell_sends_tenants_to_a_new_one() {
        let mut placed = vec![Placed { rate: 6.0, cell: 0 }, Placed { rate: 5.5, cell: 0 }];
        let mut loads = vec![11.5];
        assert_eq!(relieve(&mut placed, &mut loads, 10.0), 1);
        assert_eq!(loads, [5.5, 6.0]);
        // One that is larger than a cell has one for itself.
        let mut alone = vec![Placed {
            rate: 30.0,
            cell: 0,
        }];
        let mut loads = vec![30.0];
        assert_eq!(relieve(&mut alone, &mut loads, 10.0), 0);
        assert_eq!(loads, [30.0]);
    }
}
