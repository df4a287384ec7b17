//! The proofs that tenants are kept apart.

mod cursors;
mod iam_alone;
mod policy;
mod same_work;
pub(crate) mod sweep;
mod trade;
mod types;
