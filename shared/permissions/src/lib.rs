//! Who may do what: the fixed roles and their grants, in one place.
//!
//! The table printed in `infra/docs/permissions.md` is made from [`Role::may`] and held by a golden test.

mod access;
mod permission;
mod role;

pub use access::Access;
pub use permission::{Action, Grant, Permission, Resource};
pub use role::Role;
