//! The proofs that tenants are kept apart.

mod policy;
mod sweep;
mod types;
