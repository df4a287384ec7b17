//! Conditions and updates bind names that stand in the program: none comes from input.

use tenant_context::Condition;

fn condition(input: String) -> Condition {
    Condition::equals(&input, "value") //~ E0597 `input` does not live long enough
}

fn main() {}
