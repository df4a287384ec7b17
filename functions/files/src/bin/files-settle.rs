//! Keeps what lies outside the tables in step with them: the bytes of files, and the indexes of vectors.

use files_functions::settle::{Told, gone, project_gone, uploaded};
use files_functions::sorted::Sorted;
use std::time::{Duration, Instant};
use tenant_context::files::FileStore;
use tenant_context::system::System;
use tenant_context::vectors::Follower;
use worker::prelude::*;
use worker::queue::{Failures, Message, Messages};

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
        // Two messages of one run change different things, and tell their own earlier success from each other's.
        let request = |message: &Message| format!("{}/{}", run.request_id, message.message_id);
        let Sorted { others, vectors } = Sorted::of(&event.messages);
        for (message, told) in others {
            if self.one(told, &request(message)).await.is_err() {
                failures.add(message);
            }
        }
        for project in vectors {
            let first = project.messages.first();
            let request = first.map(|message| request(message)).unwrap_or_default();
            let (vectors, chunks) = (project.vectors, &project.chunks);
            let settled = self.indexes.settle(vectors, chunks, &request, deadline);
            if settled.await.is_err() {
                for message in project.messages {
                    failures.add(message);
                }
            }
        }
        Ok(failures)
    }
}

impl FilesSettle {
    async fn one(&self, told: Option<Told>, request: &str) -> Result<(), Problem> {
        match told {
            Some(Told::Stored { records }) => {
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
            Some(Told::Changed { pk, sk }) => {
                if let Some(file) = self.store.of_deleted(&pk, &sk) {
                    return gone(&self.store, file, request).await;
                }
                let project = self.store.of_deleted_project(&pk, &sk);
                let project = project.ok_or_else(unknown)?;
                project_gone(&self.store, project, request).await?;
                self.indexes.drop(project.tenant(), project.id()).await
            }
            Some(Told::Test { .. }) => Ok(()),
            None => Err(unknown()),
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
