//! `cargo xtask package`: the functions as `sam deploy` takes them.

use crate::failure::{Failure, Result};
use crate::workspace::Workspace;
use std::path::Path;

/// The C library of the runtime `provided.al2023`: a binary that wants a newer one does not start there.
const RUNTIME_GLIBC: (u32, u32) = (2, 34);
/// Lambda: bytes of a package.
const PACKAGE_BYTES: u64 = 250 * 1024 * 1024;

/// Builds every function for release and lays it out as `target/lambda/<binary>/bootstrap`; answers what was made.
pub(crate) fn make(workspace: &Workspace, target: Option<&str>) -> Result<String> {
    let architecture = architecture(target)?;
    let mut arguments = vec!["--release"];
    if let Some(target) = target {
        arguments.extend(["--target", target]);
    }
    let executables = workspace.build_functions(&arguments)?;
    // The template names this folder, whatever cargo's own target folder is.
    let folder = workspace.root.join("target/lambda");
    let mut too_new = Vec::new();
    for (binary, executable) in &executables {
        let bytes = std::fs::read(executable)
            .map_err(|error| Failure(format!("{}: {error}", executable.display())))?;
        if bytes.len() as u64 > PACKAGE_BYTES {
            return Err(Failure(format!(
                "{binary} is larger than Lambda takes: {} bytes",
                bytes.len()
            )));
        }
        if let Some(version) = newest_glibc(&bytes)
            && version > RUNTIME_GLIBC
        {
            too_new.push((binary.as_str(), version));
        }
        copy(executable, &folder.join(binary).join("bootstrap"))?;
    }
    if let Some((binary, (major, minor))) = too_new.first() {
        return Err(Failure(format!(
            "{} of {} functions do not start on provided.al2023, which has glibc {}.{}: {binary} wants {major}.{minor}. \
             Build them with `cargo lambda build --release`, or on a system with an older C library",
            too_new.len(),
            executables.len(),
            RUNTIME_GLIBC.0,
            RUNTIME_GLIBC.1,
        )));
    }
    Ok(format!(
        "{} functions for {architecture} are in target/lambda/. Deploy them with the parameter Architecture={architecture}.\n",
        executables.len()
    ))
}

/// Lambda's name of the processor that a target triple, or this machine, has.
fn architecture(target: Option<&str>) -> Result<&'static str> {
    let processor = target
        .and_then(|triple| triple.split('-').next())
        .unwrap_or(std::env::consts::ARCH);
    match processor {
        "aarch64" => Ok("arm64"),
        "x86_64" => Ok("x86_64"),
        other => Err(Failure(format!(
            "Lambda has no processor of the kind {other}"
        ))),
    }
}

/// Copies an executable with its permissions, making the folder.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    let failed = |error| Failure(format!("{}: {error}", to.display()));
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    // A running function keeps the file it was started from.
    match std::fs::remove_file(to) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    std::fs::copy(from, to).map(|_| ()).map_err(failed)
}

/// The newest version of the C library that an executable names (`GLIBC_2.34`).
fn newest_glibc(bytes: &[u8]) -> Option<(u32, u32)> {
    const MARK: &[u8] = b"GLIBC_";
    let mut newest = None;
    for start in bytes
        .windows(MARK.len())
        .enumerate()
        .filter(|(_, window)| *window == MARK)
        .map(|(at, _)| at + MARK.len())
    {
        let rest = bytes.get(start..).unwrap_or_default();
        let text: String = rest
            .iter()
            .take_while(|byte| byte.is_ascii_digit() || **byte == b'.')
            .map(|byte| char::from(*byte))
            .collect();
        let mut numbers = text.split('.').map(str::parse);
        if let (Some(Ok(major)), Some(Ok(minor))) = (numbers.next(), numbers.next()) {
            newest = newest.max(Some((major, minor)));
        }
    }
    newest
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn the_newest_c_library_is_found() {
        assert_eq!(
            newest_glibc(b"\0GLIBC_2.2.5\0GLIBC_2.34\0GLIBC_2.9\0GLIBC_PRIVATE"),
            Some((2, 34))
        );
        assert_eq!(newest_glibc(b"static"), None);
    }

    #[test]
    fn the_architecture_is_lambdas() {
        assert_eq!(
            architecture(Some("aarch64-unknown-linux-gnu")).unwrap(),
            "arm64"
        );
        assert_eq!(
            architecture(Some("x86_64-unknown-linux-gnu")).unwrap(),
            "x86_64"
        );
        assert!(architecture(Some("riscv64gc-unknown-linux-gnu")).is_err());
        assert!(architecture(None).is_ok());
    }

    #[test]
    fn a_copy_replaces_what_was_there() {
        let folder = std::env::temp_dir().join(format!("tenantry-copy-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (from, to) = (folder.join("from"), folder.join("deep/to"));
        std::fs::write(&from, "new").unwrap();
        copy(&from, &to).unwrap();
        copy(&from, &to).unwrap();
        assert_eq!(std::fs::read_to_string(&to).unwrap(), "new");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
