//! Messages in the data folder: they outlive the gateway as the tables do.

use super::Queues;
use crate::error::GatewayError;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// The file of a folder's queues.
#[derive(Debug)]
pub(crate) struct KeptQueues {
    file: PathBuf,
}

impl KeptQueues {
    /// Fills the queues with what was kept. A queue that the template no longer has is left out.
    pub(crate) fn open(folder: &Path, queues: &Queues) -> Result<Self, GatewayError> {
        let file = folder.join("queues.json");
        if let Ok(bytes) = std::fs::read(&file) {
            let damaged = |error: serde_json::Error| {
                GatewayError::Store(format!("{} is damaged: {error}", file.display()))
            };
            let kept: Map<String, Value> = serde_json::from_slice(&bytes).map_err(damaged)?;
            for (name, messages) in kept {
                if let Some(queue) = queues.named(&name) {
                    queue.restore(messages).map_err(damaged)?;
                }
            }
        }
        Ok(Self { file })
    }

    /// Writes what is in the queues, if anything has changed.
    pub(crate) fn save(&self, queues: &Queues) -> std::io::Result<()> {
        // Each is asked, so that none is taken for unsaved the next time.
        let changed = queues.iter().filter(|queue| queue.take_unsaved()).count();
        if changed == 0 {
            return Ok(());
        }
        let mut kept = Map::new();
        for queue in queues.iter() {
            kept.insert(queue.name().to_owned(), queue.kept()?);
        }
        // Never half a file, whenever the machine stops.
        let next = self.file.with_extension("next");
        std::fs::write(&next, serde_json::to_vec(&kept)?)?;
        std::fs::rename(&next, &self.file)
    }
}
