//! Business records: what a collection is, and what can be done with its records.
//!
//! A collection is a table of fields in one file of `collections/`; everything else is shared. Storing follows the
//! budget: a list, a read, a plain create and a plain update are one DynamoDB call each.

mod collection;
pub mod collections;
mod field;
mod record;
mod store;
mod validate;

pub use collection::{Collection, CollectionName};
pub use field::{Choice, Field};
pub use record::{NewFields, PatchFields, Record};
pub use store::{Caller, Order, Records};
