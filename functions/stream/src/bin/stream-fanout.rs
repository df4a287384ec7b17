//! Reads the change streams of TenantTable and DirectoryTable, and hands each change on to those whom it concerns.

use stream_functions::Receiver as _;
use stream_functions::receivers::exports::Exports;
use stream_functions::receivers::files::Files;
use stream_functions::receivers::letters::Letters;
use stream_functions::receivers::vectors::Vectors;
use worker::prelude::*;
use worker::queue::Failures;
use worker::stream::Changes;

struct StreamFanout {
    letters: Letters,
    files: Files,
    exports: Exports,
    vectors: Vectors,
}

impl Worker for StreamFanout {
    const DECLARATION: Declaration = Declaration::new(
        Source::Streams(&["TenantTable", "DirectoryTable"]),
        "StreamFanoutRole",
        "Hands the changes of the tables on: new letters to the queue of e-mail, files and projects after which something is to be done and changed vectors to that of files, exports to that of exports.",
    )
    .needs(&[Needs::EmailQueue, Needs::FilesQueue, Needs::ExportsQueue]);
    type Event = Changes;

    async fn init(aws: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self {
            letters: Letters::from_environment(aws)?,
            files: Files::from_environment(aws)?,
            exports: Exports::from_environment(aws)?,
            vectors: Vectors::from_environment(aws)?,
        })
    }

    async fn handle(&self, event: Changes, _: &Run) -> Result<Failures, Problem> {
        let mut left = self.letters.receive(&event.changes).await;
        left.extend(self.files.receive(&event.changes).await);
        left.extend(self.exports.receive(&event.changes).await);
        left.extend(self.vectors.receive(&event.changes).await);
        let mut failures = Failures::default();
        // The stream goes back to the first of them; receivers may see a change twice.
        if let Some(change) = left.first().and_then(|first| event.changes.get(*first)) {
            failures.add_change(change);
        }
        Ok(failures)
    }
}

fn main() -> ExitCode {
    run::<StreamFanout>()
}
