//! Who receives the changes of the tables. A stream has one reader ([`stream-fanout`]), since more than two a shard are
//! throttled; it hands the changes on to receivers, a file each under `receivers/`.

pub mod receivers;

use std::collections::BTreeSet;
use worker::stream::Change;

/// Takes over what it is there for. It may see a change more than once.
pub trait Receiver {
    /// The positions of the changes that could not be handed on now, and are to come again.
    fn receive(&self, changes: &[Change]) -> impl Future<Output = BTreeSet<usize>> + Send;
}
