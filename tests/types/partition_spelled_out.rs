//! A list reads a partition that a context gave, not one that a text names.

use tenant_context::{Partition, ProjectId, TenantContext};

fn partition(tenant: &str) -> Partition {
    Partition { pk: format!("TENANT#{tenant}"), prefix: "MEMBER#" } //~ - cannot construct `Partition` with struct literal syntax due to private fields
}

fn unchecked_project(caller: &TenantContext, id: ProjectId) -> Partition {
    caller.keys().records(id, "CONTACTS") //~ E0624 method `records` is private
}

fn main() {}
