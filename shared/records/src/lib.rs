//! Business records: what a collection is, and what can be done with its records.
//!
//! A collection is a table of fields in one file of `collections/`; everything else is shared. Storing follows the
//! budget: a list, a read, a plain create and a plain update are one DynamoDB call each. `infra/docs/records.md` says what
//! each costs, and why.

mod answer;
mod collection;
pub mod collections;
mod entries;
mod example;
mod field;
mod filter;
mod kind;
mod merge;
mod naming;
mod partitions;
mod record;
mod references;
mod secrets;
mod store;
mod validate;

pub use collection::{Collection, CollectionName, Scope};
pub use field::{Choice, Field, OnDelete, Statuses};
pub use filter::{Filter, Order, Sort};
pub use naming::Naming;
pub use partitions::{partitions, partitions_of};
pub use record::{NewFields, PatchFields, Record};
pub use secrets::FieldKeys;
pub use store::{
    Batch, Caller, Export, Extract, Format, Found, Grants, InInbox, Inbox, Keep, Narrowed,
    Operation, Outcome, Piece, Records, Search, delete_pending_file,
};
