//! The one error of this tool: a line that says what is wrong.

use std::path::Path;

/// What went wrong, in one line for the person at the keyboard.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Failure(pub(crate) String);

pub(crate) type Result<T> = std::result::Result<T, Failure>;

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Failure(text)
    }
}

/// Reads a text file, naming it when it can't be read.
pub(crate) fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| Failure(format!("{}: {error}", path.display())))
}

/// Writes a text file and the folders it stands in, naming it when it can't be written.
pub(crate) fn write(path: &Path, text: &str) -> Result<()> {
    let failed = |error| Failure(format!("{}: {error}", path.display()));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(path, text).map_err(failed)
}
