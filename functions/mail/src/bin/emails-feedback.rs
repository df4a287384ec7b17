//! Notes what SES says of the messages that it has taken: sent, delivered, bounced, complained about.

use mail_functions::events::{Event, Feedback};
use tenant_context::system::System;
use worker::prelude::*;
use worker::topic::Notifications;

struct EmailsFeedback {
    feedback: Feedback,
}

impl Worker for EmailsFeedback {
    const DECLARATION: Declaration = Declaration::new(
        Source::Topic("EmailEventsTopic"),
        "EmailsFeedbackRole",
        "Notes what became of letters, and which addresses get no more mail.",
    )
    .needs(&[Needs::System]);
    type Event = Notifications;

    #[expect(
        clippy::disallowed_methods,
        reason = "an event function: the tenant comes from the tags that the sender gave the message"
    )]
    async fn init(aws: &Arc<Aws>) -> Result<Self, InitError> {
        Ok(Self {
            feedback: Feedback::new(System::new(aws, "emails-feedback")),
        })
    }

    async fn handle(&self, event: Notifications, _: &Run) -> Result<(), Problem> {
        for message in event.messages() {
            // SES also says something when the destination is set up, which is no event.
            match serde_json::from_str::<Event>(message) {
                Ok(event) => self.feedback.note(&event, mail_functions::now()).await?,
                Err(_) => tracing::warn!("the topic holds what is no event of a message"),
            }
        }
        Ok(())
    }
}

fn main() -> ExitCode {
    run::<EmailsFeedback>()
}
