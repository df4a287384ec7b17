//! What the queue of files asks for.

use serde::Deserialize;
use tenant_context::files::{FileOf, FileStore};
use tenant_context::purge::{GoneProject, Purges};
use tenant_context::vectors::{VectorOf, VectorsOf};
use tenant_context::{RecordId, Uuid};

/// A message of the queue.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Told {
    /// By S3.
    Stored {
        /// What was stored.
        #[serde(rename = "Records")]
        records: Vec<Stored>,
    },
    /// By the change stream.
    Changed {
        /// The partition key of what has changed, or is gone.
        pk: String,
        /// The sort key.
        sk: String,
        /// The step that is next, where it is a work that goes on from change to change.
        step: Option<i64>,
    },
    /// By S3, when the bucket is set up: `s3:TestEvent`.
    Test {
        #[serde(rename = "Event")]
        _event: String,
    },
}

/// One object that was stored.
#[derive(Debug, Deserialize)]
struct Stored {
    s3: Place,
}

#[derive(Debug, Deserialize)]
struct Place {
    object: Object,
}

#[derive(Debug, Deserialize)]
struct Object {
    key: String,
}

impl Stored {
    /// The object's key. S3 encodes it as in a form.
    fn key(&self) -> String {
        let text = format!("={}", self.s3.object.key);
        let mut pairs = form_urlencoded::parse(text.as_bytes());
        pairs
            .next()
            .map(|(_, key)| key.into_owned())
            .unwrap_or_default()
    }
}

/// What a message asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Task {
    /// Bytes of files have come.
    Uploads(Vec<(FileOf, Uuid)>),
    /// The vector of this chunk has changed; without one, the making of an index waits for its next run.
    Vectors(VectorsOf, Option<RecordId>),
    /// There is a new file, or one that was restored.
    NewFile(FileOf),
    /// A file has waited for its bytes long enough.
    PendingFile(FileOf),
    /// A deleted file is gone for good, or back.
    GoneFile(FileOf),
    /// A deleted project can no longer be put back; or the purge of one is to go on with this step.
    Purge(GoneProject, Option<i64>),
}

impl Task {
    /// What a change of this item asks for, if it tells of vectors.
    pub(crate) fn of_vectors(pk: &str, sk: &str) -> Option<Self> {
        match VectorOf::of_keys(pk, sk) {
            Some(vector) => Some(Self::Vectors(vector.project(), Some(vector.chunk()))),
            None => Some(Self::Vectors(VectorsOf::of_keys(pk, sk)?, None)),
        }
    }

    /// What this message asks for; nothing if it is none of the queue's.
    pub fn of(store: &FileStore, purges: &Purges, message: &str) -> Option<Self> {
        match serde_json::from_str(message).ok()? {
            Told::Stored { records } => {
                let keys = records.iter().map(Stored::key);
                let uploads = keys.filter_map(|key| {
                    let upload = store.of_key(&key);
                    if upload.is_none() {
                        tracing::error!("the bucket holds what is no file's");
                    }
                    upload
                });
                Some(Self::Uploads(uploads.collect()))
            }
            Told::Test { .. } => Some(Self::Uploads(Vec::new())),
            Told::Changed { pk, sk, step } => {
                let new = || store.of_record(&pk, &sk).map(Self::NewFile);
                let pending = || store.of_pending(&pk, &sk).map(Self::PendingFile);
                let gone = || store.of_deleted(&pk, &sk).map(Self::GoneFile);
                let purge = || Some(Self::Purge(purges.of_purge(&pk, &sk)?, Some(step?)));
                let project = || Some(Self::Purge(purges.of_deleted(&pk, &sk)?, None));
                Self::of_vectors(&pk, &sk)
                    .or_else(new)
                    .or_else(pending)
                    .or_else(gone)
                    .or_else(purge)
                    .or_else(project)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::panic,
        reason = "a test fails by panicking"
    )]
    use super::*;

    #[test]
    fn messages_of_all_three_kinds_are_understood() {
        let told = r#"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventName":"ObjectCreated:Put",
            "s3":{"bucket":{"name":"b"},"object":{"key":"a/b%20c","size":3}}}]}"#;
        let Told::Stored { records } = serde_json::from_str(told).unwrap() else {
            panic!("no upload");
        };
        let keys: Vec<String> = records.iter().map(Stored::key).collect();
        assert_eq!(keys, ["a/b c"]);
        let told = r#"{"table":"T","pk":"p","sk":"s"}"#;
        let told: Told = serde_json::from_str(told).unwrap();
        assert!(matches!(told, Told::Changed { pk, sk, step: None } if pk == "p" && sk == "s"));
        let told = r#"{"table":"T","pk":"p","sk":"s","step":3}"#;
        let told: Told = serde_json::from_str(told).unwrap();
        assert!(matches!(told, Told::Changed { step: Some(3), .. }));
        let told = r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"b"}"#;
        let told: Told = serde_json::from_str(told).unwrap();
        assert!(matches!(told, Told::Test { .. }));
    }
}
