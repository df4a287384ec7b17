//! Cargo, called by a test.

use std::process::{Command, Stdio};

/// Cargo in the folder of the workspace, without what the `cargo test` around it set for the test: some build scripts look
/// at that, and half of the workspace would be built again for nothing.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .current_dir(crate::cloud::root())
        .stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let is_the_tests = [
            "CARGO_PKG_",
            "CARGO_MANIFEST_",
            "CARGO_BIN_",
            "CARGO_CRATE_",
        ]
        .iter()
        .any(|prefix| text.starts_with(prefix));
        let is_the_tests = is_the_tests
            || matches!(
                &*text,
                "CARGO_PRIMARY_PACKAGE"
                    | "OUT_DIR"
                    | "LD_LIBRARY_PATH"
                    | "DYLD_FALLBACK_LIBRARY_PATH"
            );
        if is_the_tests {
            command.env_remove(&name);
        }
    }
    command
}
