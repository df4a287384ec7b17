//! Keeps what lies outside the tables in step with them: the bytes of files, and the indexes of vectors.

use files_functions::settle::{Told, gone, project_gone, uploaded};
use std::time::{Duration, Instant};
use tenant_context::files::FileStore;
use tenant_context::system::System;
use tenant_context::vectors::{Follower, VectorOf, VectorsOf};
use worker::prelude::*;
use worker::queue::{Failures, Messages};

/// How long after its beginning a run begins no further page of an index: a page may take the rest of its 30 seconds.
const LONGEST: Duration = Duration::from_secs(15);

struct FilesSettle {
    store: FileStore,
    indexes: Follower,
}

impl Worker for FilesSettle {
    const DECLARATION: Declaration = Declaration::new(
        Source::Queue {
            name: "FilesQueue",
            batch: 5,
        },
        "FilesSettleRole",
        "Makes uploaded bytes those of their file, deletes those that no record names any more, and keeps the indexes of vectors in step.",
    )
    .needs(&[Needs::Files, Needs::Vectors]);
    type Event = Messages;

    #[expect(
        clippy::disallowed_methods,
        reason = "an event function: the tenant comes from the key of the object, or the item, that woke it"
    )]
    async fn init(aws: &Arc<Aws>) -> Result<Self, InitError> {
        let system = System::new(aws, "files-settle");
        Ok(Self {
            indexes: Follower::new(system.clone())?,
            store: FileStore::new(system),
        })
    }

    async fn handle(&self, event: Messages, run: &Run) -> Result<Failures, Problem> {
        let deadline = Instant::now() + LONGEST;
        let mut failures = Failures::default();
        for message in &event.messages {
            // Two messages of one run change different things, and tell their own earlier success from each other's.
            let request = format!("{}/{}", run.request_id, message.message_id);
            if self.one(&message.body, &request, deadline).await.is_err() {
                failures.add(message);
            }
        }
        Ok(failures)
    }
}

impl FilesSettle {
    async fn one(&self, body: &str, request: &str, deadline: Instant) -> Result<(), Problem> {
        match serde_json::from_str(body) {
            Ok(Told::Stored { records }) => {
                for stored in records {
                    match self.store.of_key(&stored.key()) {
                        Some((file, upload)) => {
                            uploaded(&self.store, file, upload, request).await?;
                        }
                        None => tracing::error!("the bucket holds what is no file's"),
                    }
                }
                Ok(())
            }
            Ok(Told::Changed { pk, sk }) => {
                if let Some(vector) = VectorOf::of_keys(&pk, &sk) {
                    let (all, chunk) = (vector.project(), vector.chunk());
                    return self.indexes.settle(all, &[chunk], request, deadline).await;
                }
                if let Some(all) = VectorsOf::of_keys(&pk, &sk) {
                    return self.indexes.settle(all, &[], request, deadline).await;
                }
                if let Some(file) = self.store.of_deleted(&pk, &sk) {
                    return gone(&self.store, file, request).await;
                }
                let project = self.store.of_deleted_project(&pk, &sk);
                let project = project.ok_or_else(unknown)?;
                project_gone(&self.store, project, request).await?;
                self.indexes.drop(project.tenant(), project.id()).await
            }
            Ok(Told::Test { .. }) => Ok(()),
            Err(_) => Err(unknown()),
        }
    }
}

/// It ends in the dead-letter queue, where somebody sees it.
fn unknown() -> Problem {
    tracing::error!("the queue holds what tells of no file");
    Kind::Internal.into()
}

fn main() -> ExitCode {
    run::<FilesSettle>()
}
