//! What every event function shares: functions that nobody calls over HTTP, and that a stream, a queue, a topic or a
//! schedule wakes.
//!
//! A worker's file implements [`Worker`] and calls [`run`] in its `main`. It declares once what wakes it; `--describe`
//! prints that, and template.yaml's part for it is made from there.
//!
//! | module | an event of |
//! |---|---|
//! | [`stream`] | the change streams of the tables |
//! | [`queue`] | an SQS queue |
//! | [`topic`] | an SNS topic |
//! | [`schedule`] | the clock |

mod declaration;
mod describe;
pub mod queue;
mod run;
pub mod schedule;
pub mod stream;
pub mod topic;

pub use declaration::{Declaration, Needs, Source};
pub use run::run;
pub use tenant_context::variable;

use problem::Problem;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use tenant_context::{Aws, InitError};

/// What a worker is woken with. The kinds of events here are all there are.
pub trait Event: DeserializeOwned + Send {
    /// What Lambda is told of how it went.
    type Answer: Serialize + Send;
    /// Whether events of this kind come from the declared source.
    fn fits(source: Source) -> bool;
    /// How many things there are to do, for the log.
    fn len(&self) -> usize;
    /// How many of them are to be done again, for the log.
    fn left(answer: &Self::Answer) -> usize;
    /// Whether there is nothing to do.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One event function.
pub trait Worker: Sized + Send + Sync + 'static {
    /// What wakes it, and as whom it works.
    const DECLARATION: Declaration;
    /// What it is woken with: [`stream::Changes`], [`queue::Messages`], [`topic::Notifications`] or [`schedule::Tick`].
    type Event: Event;

    /// Makes what the handler needs, in Lambda's init phase.
    fn init(aws: &Arc<Aws>) -> impl Future<Output = Result<Self, InitError>> + Send;

    /// Does the work of one event. After an error Lambda brings the whole event again, so all of it must be repeatable.
    ///
    /// # Errors
    /// When nothing of the event can be done now. What concerns single messages goes into the answer.
    fn handle(
        &self,
        event: Self::Event,
        run: &Run,
    ) -> impl Future<Output = Result<<Self::Event as Event>::Answer, Problem>> + Send;
}

/// What is known of one invocation.
#[derive(Debug, Clone)]
pub struct Run {
    /// Lambda's id of the invocation, in every log line.
    pub request_id: String,
}

/// The names that nearly every worker's file uses.
pub mod prelude {
    pub use crate::{Declaration, Needs, Run, Source, Worker, run};
    pub use problem::{Kind, Problem};
    pub use serde::{Deserialize, Serialize};
    pub use std::process::ExitCode;
    pub use std::sync::Arc;
    pub use tenant_context::{Aws, Condition, InitError, Update, Write, WriteError};
}
