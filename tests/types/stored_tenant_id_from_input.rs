//! The type by which a tenant id is read from a stored item does not fit an input: it has no schema.

use endpoint::prelude::*;
use tenant_context::items::StoredTenantId;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    tenant_id: StoredTenantId, //~ E0277 the trait bound `StoredTenantId: schemars::JsonSchema` is not satisfied
}

fn main() {}
