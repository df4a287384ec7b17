//! Announces trials that end soon, and ends those that are over.

use billing_functions::ending::Trials;
use tenant_context::system::System;
use worker::prelude::*;
use worker::schedule::Tick;

struct TrialsExpire(Trials);

impl Worker for TrialsExpire {
    const DECLARATION: Declaration = Declaration::new(
        Source::Schedule("rate(1 hour)"),
        "TrialsExpireRole",
        "Announces trials that end soon, and ends those that are over.",
    )
    .needs(&[Needs::Tables, Needs::System])
    .timeout_s(900);
    type Event = Tick;

    #[expect(
        clippy::disallowed_methods,
        reason = "an event function: the tenant comes from the item that says its trial is due"
    )]
    async fn init(aws: &Arc<Aws>) -> Result<Self, InitError> {
        let system = System::new(aws, "trials-expire");
        Ok(Self(Trials { system }))
    }

    async fn handle(&self, _: Tick, run: &Run) -> Result<(), Problem> {
        let now = jiff::Timestamp::now().as_second();
        match self.0.run(now, &run.request_id).await? {
            0 => Ok(()),
            // What is left is taken up again, by Lambda now and by the next hour in any case.
            _ => Err(Kind::Unavailable.into()),
        }
    }
}

fn main() -> ExitCode {
    run::<TrialsExpire>()
}
