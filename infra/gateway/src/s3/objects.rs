//! The objects of one bucket: in memory, and in the data folder if there is one.

use super::object::Object;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// Objects in the order of their keys.
#[derive(Debug, Default)]
pub(super) struct Objects {
    by_key: RwLock<BTreeMap<String, Arc<Object>>>,
    folder: Option<PathBuf>,
}

impl Objects {
    /// Reads what was kept in a folder.
    pub(super) fn open(folder: PathBuf) -> std::io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        let mut by_key = BTreeMap::new();
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.extension().is_none() {
                let object = read(&path)?;
                by_key.insert(object.key.clone(), Arc::new(object));
            }
        }
        Ok(Self {
            by_key: RwLock::new(by_key),
            folder: Some(folder),
        })
    }

    pub(super) fn get(&self, key: &str) -> Option<Arc<Object>> {
        let by_key = self.by_key.read().unwrap_or_else(PoisonError::into_inner);
        by_key.get(key).cloned()
    }

    pub(super) fn put(&self, object: Object) -> std::io::Result<()> {
        let mut by_key = self.by_key.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(folder) = &self.folder {
            write(&folder.join(Object::file_name(&object.key)), &object)?;
        }
        by_key.insert(object.key.clone(), Arc::new(object));
        Ok(())
    }

    pub(super) fn remove(&self, key: &str) -> std::io::Result<()> {
        let mut by_key = self.by_key.write().unwrap_or_else(PoisonError::into_inner);
        if by_key.contains_key(key)
            && let Some(folder) = &self.folder
        {
            std::fs::remove_file(folder.join(Object::file_name(key)))?;
        }
        by_key.remove(key);
        Ok(())
    }

    /// Those whose keys begin so and come after another one, and whether there are more.
    pub(super) fn list(&self, prefix: &str, after: &str, most: usize) -> (Vec<Arc<Object>>, bool) {
        let by_key = self.by_key.read().unwrap_or_else(PoisonError::into_inner);
        let mut found = by_key
            .range(prefix.to_owned()..)
            .map(|(_, object)| object)
            .take_while(|object| object.key.starts_with(prefix))
            .filter(|object| object.key.as_str() > after);
        let page: Vec<_> = found.by_ref().take(most).cloned().collect();
        (page, found.next().is_some())
    }
}

/// A file is a line of JSON, and the bytes behind it.
fn read(path: &Path) -> std::io::Result<Object> {
    let mut file = std::fs::read(path)?;
    let end = file.iter().position(|byte| *byte == b'\n');
    let end = end.ok_or(std::io::ErrorKind::InvalidData)?;
    let bytes = file.split_off(end + 1);
    let object: Object = serde_json::from_slice(&file)?;
    Ok(Object {
        bytes: bytes.into(),
        ..object
    })
}

/// Never half a file, whenever the machine stops.
fn write(path: &Path, object: &Object) -> std::io::Result<()> {
    let next = path.with_extension("next");
    let mut file = std::fs::File::create(&next)?;
    serde_json::to_writer(&mut file, object)?;
    file.write_all(b"\n")?;
    file.write_all(&object.bytes)?;
    file.sync_all()?;
    std::fs::rename(next, path)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;
    use jiff::Timestamp;

    fn object(key: &str, bytes: &'static [u8]) -> Object {
        Object {
            key: key.to_owned(),
            content_type: "text/plain".to_owned(),
            etag: "\"1\"".to_owned(),
            sha256: None,
            metadata: BTreeMap::from([("by".to_owned(), "somebody".to_owned())]),
            modified: Timestamp::UNIX_EPOCH,
            bytes: bytes.into(),
        }
    }

    #[test]
    fn objects_are_there_again_when_the_folder_is_opened_again() {
        let folder = std::env::temp_dir().join(format!("objects-{}", uuid::Uuid::new_v4()));
        let objects = Objects::open(folder.clone()).unwrap();
        // A key is no path, whatever it looks like; bytes may hold the line's end that the file is divided by.
        for (key, bytes) in [
            ("a/1", b"one".as_slice()),
            ("a/../../2", b"two\n\n2"),
            ("b", b""),
        ] {
            objects.put(object(key, bytes)).unwrap();
        }
        objects.remove("b").unwrap();
        objects.remove("never").unwrap();
        drop(objects);
        let objects = Objects::open(folder.clone()).unwrap();
        let found = objects.get("a/../../2").unwrap();
        assert_eq!(found.bytes.as_ref(), b"two\n\n2");
        assert_eq!(found.metadata["by"], "somebody");
        assert!(objects.get("b").is_none());
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2);
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_list_goes_on_where_it_ended_and_stays_within_its_prefix() {
        let objects = Objects::default();
        for key in ["a/1", "a/2", "a/3", "a0", "b/1"] {
            objects.put(object(key, b"")).unwrap();
        }
        let keys = |(page, more): (Vec<Arc<Object>>, bool)| {
            let keys = page.iter().map(|object| object.key.clone());
            (keys.collect::<Vec<_>>(), more)
        };
        assert_eq!(
            keys(objects.list("a/", "", 2)),
            (vec!["a/1".to_owned(), "a/2".to_owned()], true)
        );
        assert_eq!(
            keys(objects.list("a/", "a/2", 2)),
            (vec!["a/3".to_owned()], false)
        );
        assert_eq!(keys(objects.list("c", "", 2)), (Vec::new(), false));
    }
}
