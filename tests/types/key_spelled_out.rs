//! A key can't be put together from text.

use tenant_context::Key;

fn key(tenant: &str) -> Key {
    Key { pk: format!("TENANT#{tenant}"), sk: "TENANT".to_owned() } //~ - cannot construct `Key` with struct literal syntax due to private fields
}

fn main() {}
