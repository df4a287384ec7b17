//! The credentials of a tenant can't be had, nor those of another tenant asked for.

use tenant_context::TenantContext;

fn trader(caller: &TenantContext) {
    let _reach = tenant_context::credentials::CAPACITY; //~ E0603 module `credentials` is private
    let _tokens = &caller.tokens; //~ E0616 field `tokens` of struct `TenantContext` is private
}

fn main() {}
