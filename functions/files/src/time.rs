//! The time of a run. Lambda ends it after 30 seconds, whatever it does: then nothing says which of its messages are done, and all of
//! them come again. While S3 or DynamoDB is silent, five messages would take longer than that.

use problem::{Kind, Problem};
use std::time::{Duration, Instant};

/// How long after its beginning a run still begins a message. The others come again, with a run's whole time before them.
const BEGINS: Duration = Duration::from_secs(20);

/// How long after its beginning a run leaves what is under way as it stands: all that is done for a message can be repeated, and cut
/// off at any point. The rest of the 30 seconds is for the answer.
const ENDS: Duration = Duration::from_secs(28);

/// Does the work of a message, in a run that has begun then.
///
/// # Errors
/// Those of the work; `unavailable` when it is too late for it to begin, or it did not come to its end in time.
pub async fn within(
    begun: Instant,
    work: impl Future<Output = Result<(), Problem>>,
) -> Result<(), Problem> {
    let past = begun.elapsed();
    if past >= BEGINS {
        tracing::warn!("a message is left for another run: this one has been slow");
        return Err(Kind::Unavailable.into());
    }
    let done = tokio::time::timeout(ENDS.saturating_sub(past), work).await;
    done.unwrap_or_else(|_| {
        tracing::warn!("a message is left as it stands for another run: it took too long");
        Err(Kind::Unavailable.into())
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use std::cell::Cell;
    use std::future::pending;

    fn ago(seconds: u64) -> Instant {
        let now = Instant::now();
        now.checked_sub(Duration::from_secs(seconds)).unwrap()
    }

    #[tokio::test]
    async fn what_is_early_enough_is_done() {
        for seconds in [0, 19] {
            assert!(within(ago(seconds), async { Ok(()) }).await.is_ok());
        }
        let failed = within(ago(0), async { Err(Kind::Conflict.into()) }).await;
        assert_eq!(failed.unwrap_err().kind(), Kind::Conflict);
    }

    #[tokio::test]
    async fn what_comes_too_late_is_not_begun() {
        let is_begun = Cell::new(false);
        let work = async {
            is_begun.set(true);
            Ok(())
        };
        let late = within(ago(20), work).await.unwrap_err();
        assert_eq!(late.kind(), Kind::Unavailable);
        assert!(!is_begun.get());
    }

    #[tokio::test(start_paused = true)]
    async fn what_hangs_is_left_before_the_function_ends() {
        let before = tokio::time::Instant::now();
        let hung = within(ago(15), pending()).await.unwrap_err();
        assert_eq!(hung.kind(), Kind::Unavailable);
        let took = before.elapsed();
        assert!(took <= Duration::from_secs(14), "{took:?}");
    }
}
