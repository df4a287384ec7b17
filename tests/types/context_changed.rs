//! A verified context stays as it was verified.

use tenant_context::{TenantContext, TenantId};

fn moved(mut caller: TenantContext, tenant: TenantId) -> TenantContext {
    caller.tenant = tenant; //~ E0616 field `tenant` of struct `TenantContext` is private
    caller
}

fn raised(mut caller: TenantContext) -> TenantContext {
    caller.access = permissions::Access::Admin; //~ E0616 field `access` of struct `TenantContext` is private
    caller
}

fn main() {}
