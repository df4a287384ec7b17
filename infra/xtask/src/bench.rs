//! `cargo xtask bench`: the functions for release, then the bench.

use crate::failure::{Failure, Result};
use crate::workspace::{Workspace, cargo};

/// Builds the functions for release and runs the bench on them. `arguments` go to the bench.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    println!("Building the functions for release");
    let executables = workspace.build_functions(&["--release"])?;
    let folder = executables
        .values()
        .next()
        .and_then(|executable| executable.parent())
        .ok_or_else(|| Failure("no function was built".to_owned()))?;
    println!("Building the bench");
    let mut command = cargo();
    command
        .args([
            "run",
            "--quiet",
            "--release",
            "--package",
            "bench",
            "--",
            "--functions-dir",
        ])
        .arg(folder)
        .args(arguments);
    workspace.run(&mut command, "the bench")
}
