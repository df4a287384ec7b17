//! The data of one tenant, and the only way to it.
//!
//! This crate alone may use the DynamoDB SDK (`deny.toml` and `clippy.toml` hold that). It gives out no client, and no
//! function of it takes a partition key as text: a [`Key`] or [`Partition`] comes from a [`TenantContext`], which comes
//! from a verified context token and from nowhere else. Behind that, IAM checks every key again.
//!
//! | module | holds |
//! |---|---|
//! | [`context`] | [`TenantContext`]: who asks, for which tenant, with which permissions |
//! | [`ids`] | typed ids with their prefixes |
//! | [`keys`] | keys of the tenant table, made by a context |
//! | [`table`] | the operations: get, write, transact, query |
//! | [`expression`] | conditions and updates without expression text at the call site |
//! | [`cursor`] | sealed list cursors |
//! | [`index`] | lists of records by owner, status, reference, name and change |
//! | [`authorization`] | what the authorizer reads |
//! | [`billing`] | subscription, payments, and trials that end |
//! | [`idempotency`] | requests that can be repeated, with their answers |
//! | [`exports`] | files made of records, in S3 |
//! | [`files`] | the bytes of files in S3, by presigned URLs |
//! | [`identity`] | the directory, for the functions that sign people up and in |
//! | [`outbox`] | letters to be sent, as event functions find them |
//! | [`person`] | a user and their tenants, in one call |
//! | [`purge`] | the end of a deleted project: what its partitions hold |
//! | [`settings`] | a tenant's settings |
//! | [`system`] | a tenant's data for functions that no request reaches |
//! | [`usage`] | what a tenant has used, day by day |
//! | [`vectors`] | embeddings of a project's chunks, and the search for the nearest |

#[cfg(all(feature = "unguarded", not(debug_assertions)))]
compile_error!(
    "`unguarded` switches the application's own checks off for tests: it is never released"
);

pub mod authorization;
mod aws;
pub mod billing;
pub mod context;
mod credentials;
pub mod cursor;
mod dynamodb;
pub mod errors;
pub mod exports;
pub mod expression;
pub mod files;
mod http;
pub mod idempotency;
pub mod identity;
pub mod ids;
pub mod index;
pub mod items;
pub mod keys;
mod newcomer;
pub mod outbox;
pub mod person;
pub mod purge;
pub mod settings;
pub mod system;
pub mod table;
pub mod usage;
pub mod vectors;

pub use aws::{Aws, InitError, variable};
pub use context::{ProjectScope, TenantContext};
pub use credentials::TradeableTokens;
pub use expression::{Condition, Update};
pub use idempotency::{IdempotencyKey, Repeats, Repetition};
pub use ids::{ExportId, InvitationId, ProjectId, RecordId, RoleId, SessionId, TenantId, UserId};
pub use index::{IndexEntry, RecordList};
pub use keys::{Key, Partition};
pub use newcomer::Newcomer;
pub use table::{Page, StoredItem, Table, Transacted, Write, WriteError};
pub use uuid::Uuid;
