//! Makes the exports that are asked for, a step at a time.

use exports_functions::make::{Attempt, Waiting};
use tenant_context::exports::ExportStore;
use tenant_context::system::System;
use worker::prelude::*;
use worker::queue::{Failures, Message, Messages};

struct ExportsRun {
    store: ExportStore,
}

impl Worker for ExportsRun {
    const DECLARATION: Declaration = Declaration::new(
        Source::Queue {
            name: "ExportsQueue",
            batch: 1,
        },
        "ExportsRunRole",
        "Makes the exports that are asked for, a part at a time.",
    )
    .needs(&[Needs::Exports])
    .memory_mb(512)
    .timeout_s(60);
    type Event = Messages;

    #[expect(
        clippy::disallowed_methods,
        reason = "an event function: the tenant comes from the export that woke it"
    )]
    async fn init(aws: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self {
            store: ExportStore::new(System::new(aws, "exports-run")),
        })
    }

    async fn handle(&self, event: Messages, run: &Run) -> Result<Failures, Problem> {
        let mut failures = Failures::default();
        for message in &event.messages {
            if self.one(message, run).await.is_err() {
                failures.add(message);
            }
        }
        Ok(failures)
    }
}

impl ExportsRun {
    async fn one(&self, message: &Message, run: &Run) -> Result<(), Problem> {
        let waiting: Option<Waiting> = serde_json::from_str(&message.body).ok();
        let found = waiting.and_then(|keys| Some((self.store.of(&keys.pk, &keys.sk)?, keys.step)));
        let Some((of, step)) = found else {
            tracing::error!("the queue holds what is no export");
            // It ends in the dead-letter queue, where somebody sees it.
            return Err(Kind::Internal.into());
        };
        // Two attempts at one step tell their own earlier success from each other's.
        let request = format!("{}/{}", run.request_id, message.message_id);
        match Attempt::begin(&self.store, of, step, &request).await? {
            Some(attempt) => attempt.make().await,
            None => Ok(()),
        }
    }
}

fn main() -> ExitCode {
    run::<ExportsRun>()
}
