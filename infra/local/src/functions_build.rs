//! Builds the functions' binaries with cargo, or finds those already built.

use crate::error::StartError;
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Where the functions' binaries come from.
#[derive(Clone, Debug, Default)]
pub enum Binaries {
    /// `cargo build` makes them, with its progress on stderr.
    #[default]
    Build,
    /// They were built before: taken from cargo's target folder.
    Built,
    /// Taken from a folder that holds them as `<name>` or, as cargo-lambda leaves them, `<name>/bootstrap`.
    Folder(PathBuf),
}

impl Binaries {
    /// The path of each binary in `names`, absolute. `folder` lies in the workspace.
    pub(crate) fn find(
        &self,
        names: &BTreeSet<&str>,
        folder: &Path,
    ) -> Result<BTreeMap<String, PathBuf>, StartError> {
        match self {
            Self::Build => build(names, folder),
            Self::Built => take(
                names,
                &metadata(folder)?.target_directory.join("debug"),
                "build them first, or leave out --no-build",
            ),
            Self::Folder(given) => take(names, given, "see --functions-dir"),
        }
    }
}

fn failed(detail: impl Into<String>) -> StartError {
    StartError::Functions {
        detail: detail.into(),
    }
}

fn take(
    names: &BTreeSet<&str>,
    folder: &Path,
    advice: &str,
) -> Result<BTreeMap<String, PathBuf>, StartError> {
    let folder = std::path::absolute(folder)
        .map_err(|error| failed(format!("{}: {error}", folder.display())))?;
    let mut found = BTreeMap::new();
    let mut missing = Vec::new();
    for name in names {
        let candidates = [folder.join(name), folder.join(name).join("bootstrap")];
        match candidates.into_iter().find(|path| path.is_file()) {
            Some(path) => {
                found.insert((*name).to_owned(), path);
            }
            None => missing.push(*name),
        }
    }
    if missing.is_empty() {
        return Ok(found);
    }
    Err(failed(format!(
        "{} has no binary for {}; {advice}",
        folder.display(),
        shortened(&missing)
    )))
}

/// A list for one line.
fn shortened(names: &[&str]) -> String {
    match names {
        [first, second, third, _, rest @ ..] => {
            format!("{first}, {second}, {third} and {} more", rest.len() + 1)
        }
        few => few.join(", "),
    }
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

fn metadata(folder: &Path) -> Result<Metadata, StartError> {
    let output = cargo(folder)
        .args(["metadata", "--format-version=1", "--no-deps"])
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| failed(format!("cargo can't be run: {error}")))?;
    if !output.status.success() {
        return Err(failed("cargo metadata failed (its message is above)"));
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|error| failed(format!("cargo metadata can't be understood: {error}")))
}

fn build(names: &BTreeSet<&str>, folder: &Path) -> Result<BTreeMap<String, PathBuf>, StartError> {
    let metadata = metadata(folder)?;
    let mut packages = BTreeSet::new();
    let mut unknown = names.clone();
    for package in &metadata.packages {
        for target in package
            .targets
            .iter()
            .filter(|target| target.kind.iter().any(|kind| kind == "bin"))
        {
            if unknown.remove(target.name.as_str()) {
                packages.insert(package.name.as_str());
            }
        }
    }
    if !unknown.is_empty() {
        let unknown: Vec<&str> = unknown.into_iter().collect();
        return Err(failed(format!(
            "no package of the workspace has a binary {}",
            shortened(&unknown)
        )));
    }
    let mut command = cargo(folder);
    command.args(["build", "--message-format=json-render-diagnostics"]);
    for package in packages {
        command.args(["--package", package]);
    }
    for name in names {
        command.args(["--bin", name]);
    }
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| failed(format!("cargo can't be run: {error}")))?;
    if !output.status.success() {
        return Err(failed(
            "the functions can't be built (cargo's message is above)",
        ));
    }
    let found = executables(&output.stdout);
    match names.iter().find(|name| !found.contains_key(**name)) {
        Some(missing) => Err(failed(format!("cargo built no executable {missing}"))),
        None => Ok(found),
    }
}

/// What a line of cargo's messages may say about an executable.
#[derive(Deserialize)]
struct Artifact {
    reason: String,
    target: Option<Target>,
    executable: Option<PathBuf>,
}

fn executables(messages: &[u8]) -> BTreeMap<String, PathBuf> {
    messages
        .split(|&byte| byte == b'\n')
        .filter_map(|line| serde_json::from_slice::<Artifact>(line).ok())
        .filter(|artifact| artifact.reason == "compiler-artifact")
        .filter_map(|artifact| Some((artifact.target?.name, artifact.executable?)))
        .collect()
}

/// Cargo, without what `cargo run` set for us: build scripts look at some of it and would be run again for nothing.
fn cargo(folder: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(folder).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let ours = [
            "CARGO_PKG_",
            "CARGO_MANIFEST_",
            "CARGO_BIN_",
            "CARGO_CRATE_",
        ]
        .iter()
        .any(|prefix| text.starts_with(prefix));
        if ours
            || matches!(
                &*text,
                "CARGO_PRIMARY_PACKAGE"
                    | "OUT_DIR"
                    | "LD_LIBRARY_PATH"
                    | "DYLD_FALLBACK_LIBRARY_PATH"
            )
        {
            command.env_remove(&name);
        }
    }
    command
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
    fn executables_are_read_from_cargos_messages() {
        let messages = br#"{"reason":"compiler-artifact","target":{"name":"a","kind":["bin"]},"executable":"/t/debug/a"}
{"reason":"compiler-artifact","target":{"name":"lib","kind":["lib"]},"executable":null}
{"reason":"build-finished","success":true}
"#;
        let found = executables(messages);
        assert_eq!(found.len(), 1);
        assert_eq!(found["a"], Path::new("/t/debug/a"));
    }

    #[test]
    fn missing_binaries_are_named_on_one_line() {
        let folder = std::env::temp_dir();
        let error = Binaries::Folder(folder)
            .find(
                &BTreeSet::from(["no-a", "no-b", "no-c", "no-d", "no-e"]),
                Path::new("."),
            )
            .unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains("no-a, no-b, no-c and 2 more") && !text.contains('\n'),
            "{text}"
        );
    }
}
