//! Sending letters, and noting what became of them: what `emails-send` and `emails-feedback` share.
//!
//! # Exactly once, as far as SES allows
//! A letter's item is `queued` until an attempt takes it (`sending`, with the attempt's id and a lease, in one conditional
//! update); then SES is asked once, without retries by the SDK, with the letter's id as a tag; then the item is `sent`.
//!
//! | what happens | what follows |
//! |---|---|
//! | the queue brings a letter twice at once | one attempt takes it, the other is refused and looks again later |
//! | SES says that it has not taken it (throttled, paused, 503) | back to `queued`; the queue brings it again, later each time |
//! | SES refuses it for good (rejected, no such address) | `failed`, never tried again |
//! | the function dies before SES is asked | the lease ends, and the next attempt sends it |
//! | SES takes it and the function dies, or the answer is lost | the lease runs on; meanwhile SES's own `Send` event, which bears the letter's id, makes the item `sent`, and the next attempt finds it so |
//! | as before, and the `Send` event does not come within the lease | **it is sent a second time** |
//!
//! The last line is where at-least-once remains: SES has no idempotency key, so after a lost answer its event is all there
//! is to know. The lease is as long as the queue's own patience (`EmailRetrySeconds`, three minutes unless set), while
//! such an event usually takes seconds. A letter is rather sent twice than never.
//!
//! Which letter is written about which event, and that there is one, is [`mail::outbox`]'s matter.
//!
//! A link that was used or replaced between the event and the sending is still sent: it leads to `link-invalid`, and to
//! ask first would not close the gap. No letter waits long enough for that to matter, unless SES is out of reach.

pub mod deliver;
pub mod events;
pub mod letters;
pub mod post;
pub mod queue;
pub mod suppression;

use serde::Deserialize;

/// What the queue says of a letter.
#[derive(Debug, Deserialize)]
pub struct Waiting {
    /// Its partition key.
    pub pk: String,
    /// Its sort key.
    pub sk: String,
}

/// This moment, in seconds since 1970.
pub fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
