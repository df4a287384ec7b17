//! The generated files are what the endpoints' declarations make them, and AWS's limits hold.

#![allow(clippy::panic, reason = "a test fails by panicking")]

use std::process::{Command, Output};

fn xtask(arguments: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(arguments)
        .output();
    output.unwrap_or_else(|error| panic!("xtask can't be run: {error}"))
}

#[test]
fn the_generated_files_are_up_to_date() {
    let output = xtask(&["check"]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_mistake_gets_one_clear_line() {
    let output = xtask(&["keys", "/dev/null/keys"]);
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(message.lines().count(), 1, "{message}");
    assert!(message.starts_with("error: /dev/null/keys: "), "{message}");
}
