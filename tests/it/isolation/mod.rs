//! The proofs that tenants are kept apart.

mod iam_alone;
mod policy;
mod same_work;
mod sweep;
mod trade;
mod types;
