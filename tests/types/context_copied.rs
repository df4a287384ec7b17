//! A verified context can't be copied with another tenant in it.

use tenant_context::{TenantContext, TenantId};

fn another(caller: TenantContext, tenant: TenantId) -> TenantContext {
    TenantContext { tenant, ..caller } //~ E0451 of struct `TenantContext` are private
}

fn main() {}
