//! The functions that are deployed have no place for the tests' choice of a foreign tenant.

use tenant_context::context::Presented;

fn presented<'a>(presented: Presented<'a>) -> Presented<'a> {
    Presented { foreign_tenant: None, ..presented } //~ E0560 struct `Presented<'_>` has no field named `foreign_tenant`
}

fn main() {}
