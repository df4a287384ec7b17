//! What befalls one call.

use super::FOR_LONG;
use gateway::{Fault, FaultError};

/// More conflicts than anything meets before it gives up.
const CONFLICTS: u32 = 9;

/// An operation, and how many calls of it come before the one that is meant.
pub(crate) type Call<'a> = (&'a str, u32);

/// What befalls a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mishap {
    /// This, so often.
    Error(FaultError, u32),
    /// Its function dies before it hears what the call has done.
    Death,
}

/// Errors come more often than anything is tried. Silence comes once: it is waited for, and then the call is made again.
const OF_READS: [Mishap; 3] = [
    Mishap::Error(FaultError::ThroughputExceeded, FOR_LONG),
    Mishap::Error(FaultError::Silent, 1),
    Mishap::Death,
];
/// What a call that writes meets besides.
const OF_WRITES: [Mishap; 2] = [
    Mishap::Error(FaultError::LostReply, FOR_LONG),
    Mishap::Error(FaultError::NoReply, 1),
];
/// What a write to a table meets besides: others that write.
const OF_ITEMS: [Mishap; 1] = [Mishap::Error(FaultError::TransactionConflict, CONFLICTS)];

/// Everything else, of any service, changes something.
const READS: [&str; 7] = [
    "Get",
    "BatchGet",
    "TransactGet",
    "List",
    "Head",
    "Query",
    "Assume",
];

impl Mishap {
    /// All that can befall a call of this operation.
    pub(crate) fn all(operation: &str) -> impl Iterator<Item = Mishap> {
        let reads = READS.iter().any(|verb| operation.starts_with(verb));
        let of_writes = OF_WRITES.into_iter().filter(move |_| !reads);
        let is_of_items = !reads && operation.contains("Item");
        let of_items = OF_ITEMS.into_iter().filter(move |_| is_of_items);
        OF_READS.into_iter().chain(of_writes).chain(of_items)
    }

    /// The same as a fault of the calls that name `route`.
    pub(crate) fn fault(self, route: &str, (operation, after): Call) -> Fault {
        let (error, times) = match self {
            Mishap::Error(error, times) => (error, times),
            Mishap::Death => (FaultError::NoReply, 1),
        };
        Fault {
            operation: operation.to_owned(),
            table: None,
            route: Some(route.to_owned()),
            after,
            times,
            error,
        }
    }

    /// Whether it befell nothing: these faults were left over.
    pub(crate) fn is_untouched(self, route: &str, call: Call, left: &[Fault]) -> bool {
        let whole = self.fault(route, call);
        left.iter().any(|left| left.times == whole.times)
    }

    /// Whether the client waits, and learns of nothing.
    pub(crate) fn is_unnoticed(self) -> bool {
        let silence = [FaultError::Silent, FaultError::NoReply];
        matches!(self, Mishap::Error(error, _) if silence.contains(&error))
    }
}
