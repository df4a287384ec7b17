//! The proofs that tenants are kept apart.

mod iam_alone;
mod policy;
mod sweep;
mod trade;
mod types;
