//! Whether a failed call is made again, and when.

use super::request::Codec;
use aws_runtime::retries::classifiers::{THROTTLING_ERRORS, TRANSIENT_ERRORS};
use aws_sdk_dynamodb::error::SdkError;
use aws_smithy_runtime_api::client::interceptors::context::Error;
use aws_smithy_types::retry::ErrorKind;
use std::time::Duration;

/// How often a call is made at most.
const ATTEMPTS: u32 = 3;
/// How long is waited at most for what passes by itself; after each further failure twice as long.
const BRIEF: Duration = Duration::from_millis(50);
/// The same where DynamoDB says that there is too much. A partition's allowance is for a second.
const THROTTLED: Duration = Duration::from_secs(1);
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>
const PASSING: [u16; 4] = [500, 502, 503, 504];

/// How long to wait before the call is made again; nothing if it is not. No two wait equally long, so that many that failed
/// together don't come back together.
///
/// `is_in_time` if it will be signed with another time.
pub(super) fn pause(
    attempt: u32,
    error: &SdkError<Error>,
    codec: &Codec,
    is_in_time: bool,
) -> Option<Duration> {
    if attempt >= ATTEMPTS {
        return None;
    }
    let longest = match error {
        SdkError::TimeoutError(_) | SdkError::ResponseError(_) => BRIEF,
        SdkError::DispatchFailure(failure) => {
            let is_passing = failure.is_io() || failure.is_timeout();
            let is_passing = is_passing || failure.as_other() == Some(ErrorKind::TransientError);
            is_passing.then_some(BRIEF)?
        }
        SdkError::ServiceError(service) => match (codec.code)(service.err()) {
            Some(code) if THROTTLING_ERRORS.contains(&code) => THROTTLED,
            _ if is_in_time => BRIEF,
            Some(code) if TRANSIENT_ERRORS.contains(&code) => BRIEF,
            _ => {
                let status = service.raw().status().as_u16();
                PASSING.contains(&status).then_some(BRIEF)?
            }
        },
        _ => return None,
    };
    Some(longest.mul_f64(fastrand::f64()) * 2_u32.pow(attempt - 1))
}
