//! A cursor is sealed by the context of its caller; nobody chooses the key or the caller it is bound to.

use tenant_context::Uuid;
use tenant_context::cursor::Cursors;

fn cursors(user: Uuid) {
    let _cursors = Cursors::new("a key", user, "GET /v1/projects"); //~ E0624 associated function `new` is private
}

fn main() {}
