//! Errors that tests bring about, since nothing here conflicts, throttles or fails by itself.
//!
//! A fault befalls calls to come that are allowed, whoever makes them: operations of DynamoDB, S3, S3 Vectors, SQS and STS by their names, and
//! `SendEmail` of SES. [`Fault::table`] narrows it to a table, a bucket or queue (by its logical id), an index of vectors (by its name) or, for
//! mail, an address among the recipients; [`Fault::route`] to the calls of one function, and [`Fault::after`] to those that come later.
//!
//! | what is tested | fault |
//! |---|---|
//! | the service refuses or fails, nothing is done, a retry is safe | `ThroughputExceeded`, `InternalServerError` |
//! | it is done, and the caller is told that it failed | `LostReply`: mind that an AWS SDK tries again by itself, so give as many `times` as it has attempts to see an error |
//! | it is done, and the caller never hears of it | `NoReply`: the caller waits, until its own time-out or its function's ends it |
//! | nothing is done, and the caller never hears of it | `Silent`: the caller waits as well; made again once it has given up, the call is the first that is done |
//! | the function dies between the effect and the next step | `NoReply`, then wait for the effect (`Gateway::mail`, `Gateway::dump`, `Queue::bodies`), then kill the function's processes (`local::Cloud::kill`) |
//! | it dies before the effect | `kill` while an earlier call of the same invocation has `NoReply` |

use crate::decisions::DecisionRecord;
use serde::Serialize;
use std::sync::{Mutex, PoisonError};

/// An error to answer with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultError {
    /// Another transaction holds an item: `TransactionCanceledException` with the reason `TransactionConflict`, or
    /// `TransactionConflictException` for an operation that is no transaction.
    TransactionConflict,
    /// `ProvisionedThroughputExceededException`; `RequestThrottled` of SQS, `Throttling` of STS, `SlowDown` of S3, `TooManyRequestsException` of SES
    /// and S3 Vectors.
    ThroughputExceeded,
    /// `InternalServerError` (`InternalServerException` of S3 Vectors), with nothing done.
    InternalServerError,
    /// The work is done, and then the answer is `InternalServerError`, as when a reply is lost.
    LostReply,
    /// The work is done, and then no answer comes: the connection stays open until the caller gives it up.
    NoReply,
    /// Nothing is done, and no answer comes, as when a request is lost on its way.
    Silent,
    /// A batch is answered with everything unprocessed. Other operations are not affected.
    Unprocessed,
}

impl FaultError {
    /// Whether the caller gets no answer at all.
    fn is_unanswered(self) -> bool {
        matches!(self, Self::NoReply | Self::Silent)
    }
}

/// A fault to bring about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The operation it befalls, as `GetItem`, `SendMessage` or `SendEmail`.
    pub operation: String,
    /// The table, bucket, queue, index of vectors or recipient it befalls; any if none is named.
    pub table: Option<String>,
    /// The route whose calls it befalls, or the binary of a function that no request reaches; any caller's if none is named.
    pub route: Option<String>,
    /// How many of these calls go through before it.
    pub after: u32,
    /// How many times, after which calls go through again.
    pub times: u32,
    /// What happens.
    pub error: FaultError,
}

/// The faults still to come.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    waiting: Mutex<Vec<Fault>>,
}

impl Faults {
    pub(crate) fn inject(&self, fault: Fault) {
        if fault.times > 0 {
            self.waiting
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(fault);
        }
    }

    /// What befell nothing.
    pub(crate) fn forget(&self) -> Vec<Fault> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes one fault that befalls this call, and notes whether it keeps the answer from being given.
    pub(crate) fn take<'a>(
        &self,
        call: &mut DecisionRecord,
        tables: impl Iterator<Item = &'a str> + Clone,
    ) -> Option<FaultError> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let position = waiting.iter().position(|fault| {
            fault.operation == call.operation
                && (fault.route.is_none() || fault.route == call.caller.route)
                && fault
                    .table
                    .as_ref()
                    .is_none_or(|table| tables.clone().any(|name| name == table))
        })?;
        let fault = waiting.get_mut(position)?;
        if fault.after > 0 {
            fault.after -= 1;
            return None;
        }
        let error = fault.error;
        call.unanswered = error.is_unanswered();
        fault.times -= 1;
        if fault.times == 0 {
            waiting.remove(position);
        }
        Some(error)
    }
}
