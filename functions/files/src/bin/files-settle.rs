//! Keeps what lies outside the tables in step with them: the bytes of files, and the indexes of vectors. And takes away what has
//! waited for it: files without bytes, and all that is in a project which is gone.

use files_functions::pending::{expect_bytes, give_up};
use files_functions::purge::Tools;
use files_functions::settle::{gone, uploaded};
use files_functions::sorted::Sorted;
use files_functions::task::Task;
use files_functions::time::within;
use std::time::{Duration, Instant};
use tenant_context::files::FileStore;
use tenant_context::purge::Purges;
use tenant_context::system::System;
use tenant_context::vectors::Follower;
use worker::prelude::*;
use worker::queue::{Failures, Message, Messages};

/// How long after its beginning a run begins no further page of an index: a page may take the rest of its time.
const LONGEST: Duration = Duration::from_secs(15);

/// When purges end a run, counted from the start of the event. What is under way then is ended: a few calls, which are cut off with
/// the run where S3 is silent.
const PURGES_UNTIL: Duration = Duration::from_secs(10);

struct FilesSettle {
    store: FileStore,
    indexes: Follower,
    purges: Purges,
}

impl Worker for FilesSettle {
    const DECLARATION: Declaration = Declaration::new(
        Source::Queue {
            name: "FilesQueue",
            batch: 5,
        },
        "FilesSettleRole",
        "Makes uploaded bytes those of their file, deletes those that no record names any more, files without bytes, and all that is in projects which are gone, and keeps the indexes of vectors in step.",
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
            store: FileStore::new(system.clone()),
            purges: Purges::new(system),
        })
    }

    async fn handle(&self, event: Messages, run: &Run) -> Result<Failures, Problem> {
        let begun = Instant::now();
        let mut failures = Failures::default();
        // Two messages of one run change different things, and tell their own earlier success from each other's.
        let request = |message: &Message| format!("{}/{}", run.request_id, message.message_id);
        let Sorted { others, vectors } = Sorted::of(&event.messages, |body| self.task(body));
        for (message, task) in others {
            let until = begun + PURGES_UNTIL;
            let request = request(message);
            let settled = within(begun, self.one(task, until, &request));
            if settled.await.is_err() {
                failures.add(message);
            }
        }
        for project in vectors {
            let first = project.messages.first();
            let request = first.map(|message| request(message)).unwrap_or_default();
            let (vectors, chunks) = (project.vectors, &project.chunks);
            let settled = self
                .indexes
                .settle(vectors, chunks, &request, begun + LONGEST);
            if within(begun, settled).await.is_err() {
                for message in project.messages {
                    failures.add(message);
                }
            }
        }
        Ok(failures)
    }
}

impl FilesSettle {
    fn task(&self, message: &str) -> Option<Task> {
        Task::of(&self.store, &self.purges, message)
    }

    async fn one(&self, task: Option<Task>, until: Instant, request: &str) -> Result<(), Problem> {
        let store = &self.store;
        match task {
            Some(Task::Uploads(uploads)) => {
                for (file, upload) in uploads {
                    uploaded(store, file, upload, request).await?;
                }
                Ok(())
            }
            Some(Task::NewFile(file)) => expect_bytes(store, file, request).await,
            Some(Task::PendingFile(file)) => give_up(store, file, request).await,
            Some(Task::GoneFile(file)) => gone(store, file, request).await,
            Some(Task::Purge(project, step)) => {
                let tools = Tools {
                    store,
                    indexes: &self.indexes,
                    purges: &self.purges,
                };
                tools.purge(project, step, until, request).await
            }
            // It ends in the dead-letter queue, where somebody sees it. Vectors are dealt with by project.
            Some(Task::Vectors(..)) | None => {
                tracing::error!("the queue holds what tells of no file");
                Err(Kind::Internal.into())
            }
        }
    }
}

fn main() -> ExitCode {
    run::<FilesSettle>()
}
