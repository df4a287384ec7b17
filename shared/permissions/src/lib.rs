//! Who may do what: roles, fixed and custom, project roles, and their grants, in one place.
//!
//! The table printed in `infra/docs/permissions.md` is made from [`Role::may`] and held by a golden test.

mod access;
mod permission;
mod role;
mod set;
mod standing;

pub use access::Access;
pub use permission::{Action, Grant, Permission, Resource, TENANT_WIDE, beside_records};
pub use role::Role;
pub use set::{MOST_TEXTS, PermissionSet, UnknownPermission};
pub use standing::{ProjectRole, RoleRef, Standing, UnknownRole, in_project};
