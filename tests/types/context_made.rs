//! A context comes from a verified token. It has no default and is not read from input.

use endpoint::prelude::*;

fn anybody() -> TenantContext {
    TenantContext::default() //~ E0599 no function or associated item named `default` found for struct `TenantContext`
}

#[derive(Deserialize)] //~ E0277 `TenantContext: Deserialize<'de>` is not satisfied
struct Body {
    caller: TenantContext, //~ E0277 `TenantContext: Deserialize<'de>` is not satisfied
}

fn main() {}
