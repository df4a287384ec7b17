//! How far each function has read its stream. With a data folder the records outlive the cloud, and so must this.

use crate::sync::locked;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Mutex,
};

pub(super) struct Checkpoints {
    file: Option<PathBuf>,
    positions: Mutex<BTreeMap<String, String>>,
}

impl Checkpoints {
    pub(super) fn open(folder: Option<&Path>) -> Result<Self, String> {
        let file = folder.map(|folder| folder.join("streams.json"));
        let positions = match file.as_deref().map(std::fs::read) {
            Some(Ok(bytes)) => serde_json::from_slice(&bytes)
                .map_err(|error| format!("streams.json in the data folder is damaged: {error}"))?,
            // The first start.
            _ => BTreeMap::new(),
        };
        Ok(Self {
            file,
            positions: Mutex::new(positions),
        })
    }

    pub(super) fn get(&self, key: &str) -> Option<String> {
        locked(&self.positions).get(key).cloned()
    }

    pub(super) fn set(&self, key: &str, position: &str) {
        let mut positions = locked(&self.positions);
        positions.insert(key.to_owned(), position.to_owned());
        let Some(file) = &self.file else { return };
        let written = serde_json::to_vec(&*positions)
            .map_err(std::io::Error::other)
            .and_then(|bytes| {
                // Never half a file, whenever the machine stops.
                let next = file.with_extension("next");
                std::fs::write(&next, bytes)?;
                std::fs::rename(&next, file)
            });
        if let Err(error) = written {
            tracing::warn!("{} can't be written: {error}", file.display());
        }
    }
}
