//! The records of a project are reached through a project that the context has found to be the caller's to see.

use tenant_context::{ProjectId, ProjectScope, TenantContext};

fn unchecked(caller: &TenantContext, id: ProjectId) -> ProjectScope {
    ProjectScope { keys: caller.keys(), id, archived: false } //~ E0451 fields `keys`, `id` and `archived` of struct `ProjectScope` are private
}

fn main() {}
