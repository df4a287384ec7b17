//! A tenant id comes from a verified context or a stored item. It can't be made from a UUID or from text.

use tenant_context::{TenantId, Uuid};

fn trusted(uuid: Uuid) -> TenantId {
    TenantId::trusted(uuid) //~ E0624 associated function `trusted` is private
}

fn converted(uuid: Uuid) -> TenantId {
    uuid.into() //~ E0277 the trait bound `TenantId: From<Uuid>` is not satisfied
}

fn wrapped(uuid: Uuid) -> TenantId {
    TenantId(uuid) //~ E0423 cannot initialize a tuple struct which contains private fields
}

fn parsed(text: &str) -> Option<TenantId> {
    text.parse().ok() //~ E0277 the trait bound `TenantId: FromStr` is not satisfied
}

fn main() {}
