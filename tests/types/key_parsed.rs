//! No text can be turned into a key.

use tenant_context::Key;

fn converted(text: String) -> Key {
    text.into() //~ E0277 the trait bound `Key: From<String>` is not satisfied
}

fn parsed(text: &str) -> Option<Key> {
    text.parse().ok() //~ E0277 the trait bound `Key: FromStr` is not satisfied
}

fn main() {}
