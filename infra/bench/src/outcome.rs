//! What was measured of one kind of request.

use serde::Serialize;
use std::time::Duration;

/// All figures of one kind of request. The authorizer's are its own, in a line of theirs.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    pub(crate) route: &'static str,
    pub(crate) case: &'static str,
    pub(crate) function: String,
    pub(crate) status: u16,
    /// Calls to DynamoDB.
    pub(crate) calls: u64,
    /// How many of them follow one another.
    pub(crate) depth: u64,
    pub(crate) read_units: f64,
    pub(crate) write_units: f64,
    pub(crate) sts_calls: u64,
    /// With the local store.
    pub(crate) store: Times,
    /// With canned answers; none where the same request can't be repeated.
    pub(crate) canned: Option<Times>,
    /// From the start of the process to its first answer, in milliseconds.
    pub(crate) cold_ms: Option<f64>,
    pub(crate) resident_bytes: Option<u64>,
    pub(crate) binary_bytes: u64,
    /// What it writes to the log for one request.
    pub(crate) log_bytes: u64,
    /// The function's memory in the template.
    pub(crate) memory_mb: u64,
    /// Dollars for a million such requests.
    pub(crate) cost: f64,
}

/// Times of one invocation, in milliseconds.
#[derive(Debug, Serialize)]
pub(crate) struct Times {
    pub(crate) cpu_ms: Option<f64>,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    /// Of so many.
    pub(crate) invocations: usize,
}

impl Times {
    /// `cpu` is the mean. None of nothing.
    pub(crate) fn of(cpu: Option<Duration>, mut each: Vec<Duration>) -> Option<Times> {
        each.sort_unstable();
        let at = |hundredths: usize| {
            let place = (each.len() * hundredths).div_ceil(100).saturating_sub(1);
            each.get(place).copied().map(milliseconds)
        };
        Some(Times {
            cpu_ms: cpu.map(milliseconds),
            p50_ms: at(50)?,
            p99_ms: at(99)?,
            invocations: each.len(),
        })
    }
}

pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn percentiles_are_of_the_times_in_order() {
        let each: Vec<Duration> = (1..=200).rev().map(Duration::from_millis).collect();
        let times = Times::of(None, each).expect("times");
        assert!((times.p50_ms - 100.0).abs() < 1e-9, "{times:?}");
        assert!((times.p99_ms - 198.0).abs() < 1e-9, "{times:?}");
        assert!(Times::of(None, Vec::new()).is_none());
    }
}
