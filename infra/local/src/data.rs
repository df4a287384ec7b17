//! The folder of `--data`: locked while a cloud uses it; the signing keys are in it.

use crate::error::StartError;
use serde_json::{Map, Value};
use std::{
    fs::{File, TryLockError},
    io::Write,
    path::{Path, PathBuf},
};
use tokens::keys::KeyMaterial;

/// A folder in use by this cloud alone.
#[derive(Debug)]
pub(crate) struct DataFolder {
    path: PathBuf,
    /// Held for as long as the folder is used.
    _lock: File,
}

impl DataFolder {
    pub(crate) fn open(path: &Path) -> Result<Self, StartError> {
        let failed = |detail: String| StartError::Data {
            folder: path.to_owned(),
            detail,
        };
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        // It holds keys and every tenant's records.
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(path)
            .map_err(|error| failed(format!("can't be made: {error}")))?;
        let lock = File::create(path.join("lock"))
            .map_err(|error| failed(format!("can't be written: {error}")))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => {
                Err(failed("is in use by another local cloud".to_owned()))
            }
            Err(TryLockError::Error(error)) => Err(failed(format!("can't be locked: {error}"))),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The keys of the last time, so that tokens stay valid; new ones the first time, and for a secret that a later version of the
    /// product has besides.
    pub(crate) fn keys(&self) -> Result<KeyMaterial, StartError> {
        let file = self.path.join("keys.json");
        let failed = |detail: String| StartError::Data {
            folder: file.clone(),
            detail,
        };
        match std::fs::read(&file) {
            Ok(bytes) => {
                let damaged = |error: serde_json::Error| failed(format!("is damaged: {error}"));
                let kept: Map<String, Value> = serde_json::from_slice(&bytes).map_err(damaged)?;
                let new = serde_json::to_value(new_keys()?).map_err(damaged)?;
                let mut all: Map<String, Value> = serde_json::from_value(new).map_err(damaged)?;
                let is_complete = all.keys().all(|name| kept.contains_key(name));
                all.extend(kept);
                let text = Value::Object(all);
                if !is_complete {
                    replace_private(&file, text.to_string().as_bytes())
                        .map_err(|error| failed(format!("can't be written: {error}")))?;
                }
                serde_json::from_value(text).map_err(damaged)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let keys = new_keys()?;
                let text = serde_json::to_vec(&keys).map_err(|error| failed(error.to_string()))?;
                write_private(&file, &text)
                    .map_err(|error| failed(format!("can't be written: {error}")))?;
                Ok(keys)
            }
            Err(error) => Err(failed(format!("can't be read: {error}"))),
        }
    }
}

/// Keys for one run.
pub(crate) fn new_keys() -> Result<KeyMaterial, StartError> {
    tokens::keys::generate().map_err(|error| StartError::Keys(error.to_string()))
}

/// At once, so that there is never half a file.
fn replace_private(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let new = file.with_extension("new");
    match std::fs::remove_file(&new) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => write_private(&new, bytes)?,
    }
    std::fs::rename(new, file)
}

fn write_private(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = File::options();
    options.write(true).create_new(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(file)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn keys_stay_the_same_and_are_private_and_the_folder_has_one_user() {
        let path = std::env::temp_dir().join(format!("local-data-{}", uuid::Uuid::new_v4()));
        let folder = DataFolder::open(&path).unwrap();
        let keys = folder.keys().unwrap();
        assert_eq!(folder.keys().unwrap().issuer_secret, keys.issuer_secret);
        let mode = std::fs::metadata(path.join("keys.json"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(
            DataFolder::open(&path)
                .unwrap_err()
                .to_string()
                .contains("in use by another")
        );
        // As a version left it that had one secret less.
        let mut older = serde_json::to_value(&keys).unwrap();
        older.as_object_mut().unwrap().remove("field_secret");
        std::fs::write(path.join("keys.json"), older.to_string()).unwrap();
        let completed = folder.keys().unwrap();
        assert_eq!(completed.issuer_secret, keys.issuer_secret);
        assert_eq!(folder.keys().unwrap().field_secret, completed.field_secret);
        drop(folder);
        std::fs::write(path.join("keys.json"), "{").unwrap();
        assert!(
            DataFolder::open(&path)
                .unwrap()
                .keys()
                .is_err_and(|error| error.to_string().contains("damaged"))
        );
        std::fs::remove_dir_all(&path).unwrap();
    }
}
