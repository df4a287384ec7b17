//! Where the workspace is, which functions it has, and how cargo is run.

use crate::failure::{Failure, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The workspace this tool was called in.
pub(crate) struct Workspace {
    /// Folder of the root Cargo.toml.
    pub(crate) root: PathBuf,
    /// Where cargo puts what it builds.
    pub(crate) target: PathBuf,
    /// The packages under `functions/` that have binaries.
    pub(crate) function_packages: Vec<FunctionPackage>,
}

/// A package whose binaries are Lambda functions.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FunctionPackage {
    pub(crate) name: String,
    pub(crate) binaries: Vec<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Workspace {
    /// Asks cargo.
    pub(crate) fn find() -> Result<Workspace> {
        let output = cargo()
            .args(["metadata", "--format-version=1", "--no-deps"])
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| Failure(format!("cargo can't be run: {error}")))?;
        if !output.status.success() {
            return Err(Failure(
                "cargo metadata failed (its message is above)".to_owned(),
            ));
        }
        let metadata: Metadata = serde_json::from_slice(&output.stdout)
            .map_err(|error| Failure(format!("cargo metadata can't be understood: {error}")))?;
        Ok(Workspace::from_metadata(metadata))
    }

    fn from_metadata(metadata: Metadata) -> Workspace {
        let functions = metadata.workspace_root.join("functions");
        let mut function_packages: Vec<FunctionPackage> = metadata
            .packages
            .into_iter()
            .filter(|package| package.manifest_path.starts_with(&functions))
            .filter_map(|package| {
                let mut binaries: Vec<String> = package
                    .targets
                    .into_iter()
                    .filter(|target| target.kind.iter().any(|kind| kind == "bin"))
                    .map(|target| target.name)
                    .collect();
                binaries.sort();
                (!binaries.is_empty()).then_some(FunctionPackage {
                    name: package.name,
                    binaries,
                })
            })
            .collect();
        function_packages.sort_by(|a, b| a.name.cmp(&b.name));
        Workspace {
            root: metadata.workspace_root,
            target: metadata.target_directory,
            function_packages,
        }
    }

    /// Builds every function and says where each executable is. `extra` are more arguments for cargo.
    pub(crate) fn build_functions(&self, extra: &[&str]) -> Result<BTreeMap<String, PathBuf>> {
        if self.function_packages.is_empty() {
            return Err(Failure(
                "no package under functions/ has a binary".to_owned(),
            ));
        }
        let mut command = cargo();
        command
            .current_dir(&self.root)
            .args([
                "build",
                "--bins",
                "--message-format=json-render-diagnostics",
            ])
            .args(extra);
        for package in &self.function_packages {
            command.args(["--package", &package.name]);
        }
        let output = command
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| Failure(format!("cargo can't be run: {error}")))?;
        if !output.status.success() {
            return Err(Failure(
                "the functions do not build (the compiler's messages are above)".to_owned(),
            ));
        }
        let built = executables(&output.stdout)?;
        for binary in self.binaries() {
            if !built.contains_key(binary) {
                return Err(Failure(format!("cargo built no executable {binary}")));
            }
        }
        Ok(built)
    }

    /// Names of all function binaries.
    pub(crate) fn binaries(&self) -> impl Iterator<Item = &String> {
        self.function_packages
            .iter()
            .flat_map(|package| &package.binaries)
    }

    /// Runs a command in the workspace; its failure is told as that of `what`.
    pub(crate) fn run(&self, command: &mut Command, what: &str) -> Result<()> {
        let status = command.current_dir(&self.root).status().map_err(|error| {
            Failure(format!(
                "{} can't be run: {error}",
                command.get_program().display()
            ))
        })?;
        if status.success() {
            Ok(())
        } else {
            Err(Failure(format!("{what} failed (see above)")))
        }
    }
}

/// The cargo that runs this tool, in an environment as it was before cargo ran us. What cargo tells us of our own package
/// would be news to the build scripts that ask for it (ring's does), and everything above them would be built again each time.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_of_our_package) {
            command.env_remove(&name);
        }
    }
    command
}

fn is_of_our_package(variable: &str) -> bool {
    const BEGINNINGS: [&str; 4] = [
        "CARGO_PKG_",
        "CARGO_MANIFEST_",
        "CARGO_BIN_",
        "CARGO_CRATE_",
    ];
    const NAMES: [&str; 4] = [
        "CARGO_PRIMARY_PACKAGE",
        "OUT_DIR",
        "LD_LIBRARY_PATH",
        "DYLD_FALLBACK_LIBRARY_PATH",
    ];
    BEGINNINGS
        .iter()
        .any(|beginning| variable.starts_with(beginning))
        || NAMES.contains(&variable)
}

#[derive(Deserialize)]
struct Message {
    reason: String,
    executable: Option<PathBuf>,
}

/// Picks the executables out of cargo's JSON messages.
fn executables(stdout: &[u8]) -> Result<BTreeMap<String, PathBuf>> {
    let mut built = BTreeMap::new();
    for line in stdout
        .split(|byte| *byte == b'\n')
        .filter(|line| line.starts_with(b"{"))
    {
        let message: Message = serde_json::from_slice(line)
            .map_err(|error| Failure(format!("a message of cargo can't be understood: {error}")))?;
        if message.reason == "compiler-artifact"
            && let Some(path) = message.executable
            && let Some(name) = path.file_stem().and_then(|name| name.to_str())
        {
            built.insert(name.to_owned(), path);
        }
    }
    Ok(built)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;

    #[test]
    fn functions_are_the_binaries_under_their_folder() {
        let metadata = serde_json::json!({
            "workspace_root": "/w", "target_directory": "/t",
            "packages": [
                {"name": "xtask", "manifest_path": "/w/infra/xtask/Cargo.toml",
                 "targets": [{"name": "xtask", "kind": ["bin"]}]},
                {"name": "records-functions", "manifest_path": "/w/functions/records/Cargo.toml",
                 "targets": [{"name": "records_functions", "kind": ["lib"]}, {"name": "records-read", "kind": ["bin"]},
                             {"name": "records-list", "kind": ["bin"]}]},
                {"name": "empty-functions", "manifest_path": "/w/functions/empty/Cargo.toml", "targets": []},
            ]
        });
        let workspace = Workspace::from_metadata(serde_json::from_value(metadata).unwrap());
        assert_eq!(
            workspace.function_packages,
            [FunctionPackage {
                name: "records-functions".to_owned(),
                binaries: vec!["records-list".to_owned(), "records-read".to_owned()],
            }]
        );
    }

    #[test]
    fn executables_are_read_from_cargos_messages() {
        let lines = concat!(
            r#"{"reason":"compiler-artifact","executable":null}"#,
            "\n",
            r#"{"reason":"compiler-artifact","executable":"/t/debug/records-read"}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#,
            "\n"
        );
        let built = executables(lines.as_bytes()).unwrap();
        assert_eq!(
            built["records-read"],
            PathBuf::from("/t/debug/records-read")
        );
        assert_eq!(built.len(), 1);
    }
}
