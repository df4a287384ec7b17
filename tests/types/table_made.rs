//! A table is had from a context; none can be made around another client.

use tenant_context::Table;

fn made() {
    let _make = Table::new; //~ E0624 associated function `new` is private
}

fn main() {}
