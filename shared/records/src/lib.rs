//! Business records: what a collection is, and what can be done with its records.
//!
//! A collection is a table of fields in one file of `collections/`; everything else is shared. Storing follows the
//! budget: a list, a read, a plain create and a plain update are one DynamoDB call each. `infra/docs/records.md` says what
//! each costs, and why.

mod collection;
pub mod collections;
mod entries;
mod example;
mod field;
mod filter;
mod kind;
mod record;
mod references;
mod store;
mod validate;

pub use collection::{Collection, CollectionName, Scope};
pub use field::{Choice, Field, OnDelete, Statuses};
pub use filter::{Filter, Order, Sort};
pub use record::{NewFields, PatchFields, Record};
pub use store::{
    Batch, Caller, Export, Format, Grants, InInbox, Inbox, Keep, Operation, Outcome, Records,
};
