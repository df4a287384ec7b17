//! A key that was given can't be changed into another one.

use tenant_context::TenantContext;

fn foreign(caller: &TenantContext) {
    let mut key = caller.keys().tenant();
    key.pk = "TENANT#another".to_owned(); //~ E0616 field `pk` of struct `Key` is private
}

fn main() {}
