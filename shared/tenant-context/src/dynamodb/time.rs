//! The time as DynamoDB has it: it takes a signature whose time is within five minutes of its own.

use super::request::Codec;
use aws_sdk_dynamodb::error::SdkError;
use aws_smithy_runtime_api::client::interceptors::context::Error;
use aws_smithy_types::date_time::{DateTime, Format};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What AWS calls a signature of another time, among other wrong ones.
const REFUSED: [&str; 4] = [
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "RequestTimeTooSkewed",
    "RequestExpired",
];
/// From how many seconds on the clocks are taken to differ; the AWS SDKs take as many.
const APART: u64 = 240;

/// The machine's clock, set by what DynamoDB says where it has refused a signature for its time.
#[derive(Debug, Default)]
pub(super) struct ServiceTime {
    offset_seconds: AtomicI64,
}

impl ServiceTime {
    pub(super) fn now(&self) -> SystemTime {
        let offset = self.offset_seconds.load(Ordering::Relaxed);
        let by = Duration::from_secs(offset.unsigned_abs());
        let now = SystemTime::now();
        let there = match offset < 0 {
            true => now.checked_sub(by),
            false => now.checked_add(by),
        };
        there.unwrap_or(now)
    }

    /// Sets the clock by an answer that refuses a signature of this time, if that was wrong; tells whether it was. Another call may
    /// have set it meanwhile.
    pub(super) fn set_by(
        &self,
        error: &SdkError<Error>,
        codec: &Codec,
        signed_at: SystemTime,
    ) -> bool {
        let SdkError::ServiceError(service) = error else {
            return false;
        };
        let code = (codec.code)(service.err());
        if !code.is_some_and(|code| REFUSED.contains(&code)) {
            return false;
        }
        let date = service.raw().headers().get("date");
        date.is_some_and(|date| self.set(date, signed_at))
    }

    fn set(&self, date: &str, signed_at: SystemTime) -> bool {
        let Ok(there) = DateTime::from_str(date, Format::HttpDate) else {
            return false;
        };
        let seconds = |time: SystemTime| {
            let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
            i64::try_from(since.as_secs()).unwrap_or_default()
        };
        let is_apart = there.secs().abs_diff(seconds(signed_at)) >= APART;
        if is_apart {
            let offset = there.secs().saturating_sub(seconds(SystemTime::now()));
            self.offset_seconds.store(offset, Ordering::Relaxed);
        }
        is_apart
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The time, so many seconds from now, as a header has it.
    fn date(from_now: i64) -> String {
        let time = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(from_now);
        time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }

    fn ahead(time: &ServiceTime) -> i64 {
        let ahead = time.now().duration_since(SystemTime::now());
        ahead.map_or_else(
            |behind| -i64::try_from(behind.duration().as_secs()).unwrap_or(i64::MAX),
            |ahead| i64::try_from(ahead.as_secs()).unwrap_or(i64::MAX),
        )
    }

    #[test]
    fn the_clock_is_set_where_it_is_wrong_and_set_back() {
        let time = ServiceTime::default();
        assert!(!time.set(&date(60), time.now()));
        assert!(!time.set("yesterday", time.now()));
        assert_eq!(ahead(&time), 0);
        for offset in [400, -4000, 0] {
            let (one, other) = (time.now(), time.now());
            assert!(time.set(&date(offset), one), "{offset}");
            assert!(time.set(&date(offset), other), "of two at once: {offset}");
            assert!(ahead(&time).abs_diff(offset) <= 2, "{offset}");
            assert!(!time.set(&date(offset + 30), time.now()), "{offset}");
        }
    }
}
