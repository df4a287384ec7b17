//! No input has a tenant id in it.

use endpoint::prelude::*;
use tenant_context::TenantId;

#[derive(Deserialize)] //~ E0277 `TenantId: serde::Deserialize<'de>` is not satisfied
struct Body {
    tenant_id: TenantId, //~ E0277 the trait bound `TenantId: serde::Deserialize<'de>` is not satisfied
}

fn main() {}
