//! `cargo xtask test`: everything the tests need, then the tests.

use crate::failure::{Failure, Result};
use crate::package::copy;
use crate::workspace::{UNGUARDED, Workspace, cargo};

/// Builds the functions twice and runs every test. `arguments` go to `cargo test`.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    build_unguarded(workspace)?;
    println!("Building the functions");
    workspace.build_functions(&[])?;
    println!("Running the tests");
    let mut all = vec!["test", "--workspace"];
    all.extend(arguments.iter().map(String::as_str));
    workspace.run(&cargo(), &all)
}

/// The second build of the functions, whose own checks are off, so that the tests can see IAM alone refuse.
/// It is never packaged: only `target/unguarded/` holds it.
fn build_unguarded(workspace: &Workspace) -> Result<()> {
    let mut features: Vec<String> = Vec::new();
    for package in &workspace.function_packages {
        if package.has_unguarded {
            features.push(format!("{}/{UNGUARDED}", package.name));
        }
    }
    if features.is_empty() {
        return Err(Failure(format!(
            "no package under functions/ has the feature {UNGUARDED}, which the tests of IAM alone need"
        )));
    }
    println!("Building the functions with their own checks off");
    let executables = workspace.build_functions(&["--features", &features.join(",")])?;
    let folder = workspace.target.join(UNGUARDED);
    for (binary, executable) in &executables {
        copy(executable, &folder.join(binary))?;
    }
    Ok(())
}
