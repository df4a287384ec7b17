//! `cargo xtask test`: everything the tests need, then the tests.

use crate::failure::Result;
use crate::package::copy;
use crate::workspace::{Workspace, cargo};

/// The feature that switches the application's own checks off.
const FEATURE: &str = "endpoint/unguarded";
/// Where the functions built with it stand, under cargo's target folder. They are never packaged.
const FOLDER: &str = "unguarded";
/// How the tests are told of it.
const FOLDER_VARIABLE: &str = "TENANTRY_UNGUARDED_DIR";

/// Builds the functions twice and runs every test. `arguments` go to `cargo test`.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    // First, since both builds put their executables at the same place: what stays there must be the real functions.
    println!("Building the functions with their own checks off, for the tests of IAM alone");
    let executables = workspace.build_functions(&["--features", FEATURE])?;
    let folder = workspace.target.join(FOLDER);
    for (binary, executable) in &executables {
        copy(executable, &folder.join(binary))?;
    }
    println!("Building the functions");
    workspace.build_functions(&[])?;
    println!("Running the tests");
    let mut command = cargo();
    // All that a change has broken is named, not only what comes first.
    command
        .args(["test", "--workspace", "--no-fail-fast"])
        .args(arguments);
    workspace.run(command.env(FOLDER_VARIABLE, &folder), "a test")
}
