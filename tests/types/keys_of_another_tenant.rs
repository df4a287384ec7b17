//! Keys are made by a context for its own tenant; nobody else makes any.

use tenant_context::TenantId;
use tenant_context::keys::{TenantKeys, UserKeys};

fn tenant(id: TenantId) -> TenantKeys {
    TenantKeys::of(id) //~ E0624 associated function `of` is private
}

fn wrapped(id: TenantId) -> TenantKeys {
    TenantKeys(id) //~ E0423 cannot initialize a tuple struct which contains private fields
}

fn user(id: tenant_context::UserId) -> UserKeys {
    UserKeys::of(id) //~ E0624 associated function `of` is private
}

fn main() {}
