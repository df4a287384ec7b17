//! `cargo local`: starts the local cloud.

use std::process::ExitCode;

fn main() -> ExitCode {
    local::cli::run()
}
