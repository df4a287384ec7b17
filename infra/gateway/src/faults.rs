//! Errors that tests bring about, since the embedded store never conflicts or throttles by itself.

use serde::Serialize;
use std::sync::{Mutex, PoisonError};

/// An error to answer with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultError {
    /// Another transaction holds an item: `TransactionCanceledException` with the reason `TransactionConflict`, or
    /// `TransactionConflictException` for an operation that is no transaction.
    TransactionConflict,
    /// `ProvisionedThroughputExceededException`.
    ThroughputExceeded,
    /// `InternalServerError`, with nothing done.
    InternalServerError,
    /// The work is done, and then the answer is `InternalServerError`, as when a reply is lost.
    LostReply,
    /// A batch is answered with everything unprocessed. Other operations are not affected.
    Unprocessed,
}

/// A fault to bring about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The operation it befalls, as `GetItem`.
    pub operation: String,
    /// The table it befalls; any if none is named.
    pub table: Option<String>,
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

    /// Takes one fault that befalls this call.
    pub(crate) fn take<'a>(
        &self,
        operation: &str,
        tables: impl Iterator<Item = &'a str> + Clone,
    ) -> Option<FaultError> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let position = waiting.iter().position(|fault| {
            fault.operation == operation
                && fault
                    .table
                    .as_ref()
                    .is_none_or(|table| tables.clone().any(|name| name == table))
        })?;
        let fault = waiting.get_mut(position)?;
        let error = fault.error;
        fault.times -= 1;
        if fault.times == 0 {
            waiting.remove(position);
        }
        Some(error)
    }
}
