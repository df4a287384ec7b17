//! What AWS asks for a request.
//!
//! Prices of us-east-1 in US dollars, without free tiers and discounts. Their sources:
//! <https://aws.amazon.com/api-gateway/pricing/>, <https://aws.amazon.com/lambda/pricing/>,
//! <https://aws.amazon.com/dynamodb/pricing/on-demand/>, <https://aws.amazon.com/cloudwatch/pricing/>.

use std::fmt::Write as _;

/// When the prices were those of the pages above.
pub(crate) const DATE: &str = "2025-07-21";

/// A million requests to an HTTP API, the first 300 million of a month.
const API: f64 = 1.00;
/// A million invocations.
const INVOCATIONS: f64 = 0.20;
/// A GB of memory for a second, on arm64.
const GB_SECOND: f64 = 0.000_013_333_4;
/// A million read units, on demand.
const READ_UNITS: f64 = 0.125;
/// A million write units, on demand.
const WRITE_UNITS: f64 = 0.625;
/// A GB written to CloudWatch Logs.
const LOG_GB: f64 = 0.50;

/// Memory at which a function has a whole processor (Lambda's guide, "Configure function memory").
const WHOLE_PROCESSOR_MB: f64 = 1769.0;
/// Assumed: what DynamoDB takes to answer one call, in milliseconds.
const CALL_MS: f64 = 4.0;
/// START, END and REPORT, which Lambda writes itself for each invocation: bytes, about.
const PLATFORM_LOG_BYTES: f64 = 320.0;

/// What one invocation uses.
pub(crate) struct Use {
    pub(crate) cpu_ms: f64,
    pub(crate) depth: u64,
    pub(crate) memory_mb: u64,
    pub(crate) read_units: f64,
    pub(crate) write_units: f64,
    pub(crate) log_bytes: u64,
}

impl Use {
    /// What is billed as duration: the processor's share of a small function makes its work longer.
    fn milliseconds(&self) -> f64 {
        #[expect(
            clippy::cast_precision_loss,
            reason = "memory and depth are small numbers"
        )]
        let (memory, depth) = (self.memory_mb as f64, self.depth as f64);
        let slowed = self.cpu_ms * (WHOLE_PROCESSOR_MB / memory).max(1.0);
        (slowed + depth * CALL_MS).ceil()
    }

    /// Dollars for a million invocations, without the API's own price.
    pub(crate) fn million(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "sizes far below 2^52")]
        let (memory, log) = (self.memory_mb as f64, self.log_bytes as f64);
        let gb_seconds = self.milliseconds() / 1000.0 * memory / 1024.0;
        // A million bytes each are as many GB as one is KB.
        let log_gb = (log + PLATFORM_LOG_BYTES) / 1000.0;
        INVOCATIONS
            + gb_seconds * GB_SECOND * 1_000_000.0
            + self.read_units * READ_UNITS
            + self.write_units * WRITE_UNITS
            + log_gb * LOG_GB
    }
}

/// A million requests to the API by themselves.
pub(crate) const fn api() -> f64 {
    API
}

/// The prices and what is assumed, in Markdown.
pub(crate) fn explained() -> String {
    let mut text = format!(
        "Prices of us-east-1 on {DATE}, in US dollars, without free tiers:\n\n| what | price |\n|---|---|\n"
    );
    for (what, price) in [
        ("a million requests to the HTTP API", API),
        (
            "a million invocations (endpoint and authorizer each)",
            INVOCATIONS,
        ),
        (
            "a million GB-seconds of a function on arm64",
            GB_SECOND * 1_000_000.0,
        ),
        ("a million read units on demand", READ_UNITS),
        ("a million write units on demand", WRITE_UNITS),
        ("a GB of logs", LOG_GB),
    ] {
        let _ = writeln!(text, "| {what} | {price:.3} |");
    }
    let _ = writeln!(
        text,
        "\nDuration is not measured but worked out, since this machine is no Lambda: the processor time, lengthened by the share of a \
         processor that the function's memory buys (all of one at {WHOLE_PROCESSOR_MB} MB), and {CALL_MS} ms for each call to DynamoDB \
         that waits for another. Log lines are counted with the {PLATFORM_LOG_BYTES} bytes that Lambda adds. Not in it: what a write sets off \
         behind it (the stream's consumers), storage, and traffic."
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_millions_price_is_the_sum_of_its_parts() {
        let used = Use {
            cpu_ms: 1.0,
            depth: 1,
            memory_mb: 1769,
            read_units: 1.0,
            write_units: 2.0,
            log_bytes: 680,
        };
        // 5 ms of 1769 MB, an invocation, a read, two writes, 1 KB of log.
        let expected = 0.2 + 0.005 * (1769.0 / 1024.0) * 13.333_4 + 0.125 + 1.25 + 0.5;
        assert!(
            (used.million() - expected).abs() < 1e-9,
            "{}",
            used.million()
        );
    }
}
