//! Sends the letters that wait in the outbox.

use futures::future::join_all;
use mail_functions::Waiting;
use mail_functions::deliver::{Sender, Verdict};
use mail_functions::letters::Stock;
use mail_functions::post::Ses;
use mail_functions::queue::Queue;
use sign_in::link::LinkKeys;
use tenant_context::outbox::Outbox;
use tenant_context::system::System;
use tenant_context::variable;
use worker::prelude::*;
use worker::queue::{Failures, Message, Messages};

struct EmailsSend {
    sender: Sender<Stock, Ses>,
    queue: Queue,
}

impl Worker for EmailsSend {
    const DECLARATION: Declaration = Declaration::new(
        Source::Queue {
            name: "EmailQueue",
            batch: 5,
        },
        "EmailsSendRole",
        "Sends the letters that wait to be sent, each once.",
    )
    .needs(&[
        Needs::System,
        Needs::LinkKey,
        Needs::Mail,
        Needs::EmailQueue,
    ])
    .timeout_s(10);
    type Event = Messages;

    #[expect(
        clippy::disallowed_methods,
        reason = "an event function: the tenant comes from the letter that woke it"
    )]
    async fn init(aws: &Arc<Aws>) -> Result<Self, InitError> {
        let lease = variable("EMAIL_RETRY_SECONDS")?;
        let lease_seconds = lease
            .parse()
            .map_err(|_| InitError(format!("EMAIL_RETRY_SECONDS is no number: {lease:?}")))?;
        Ok(Self {
            sender: Sender {
                letters: Stock::new(System::new(aws, "emails-send")),
                post: Ses::from_environment(aws)?,
                links: Some(LinkKeys::from_environment(aws).await?),
                console_url: variable("CONSOLE_URL")?,
                lease_seconds,
            },
            queue: Queue::from_environment(aws)?,
        })
    }

    async fn handle(&self, event: Messages, _: &Run) -> Result<Failures, Problem> {
        let left = join_all(event.messages.iter().map(|message| self.one(message))).await;
        let mut failures = Failures::default();
        for (message, _) in event.messages.iter().zip(left).filter(|(_, left)| *left) {
            failures.add(message);
        }
        Ok(failures)
    }
}

impl EmailsSend {
    /// Whether the message is to come again.
    async fn one(&self, message: &Message) -> bool {
        let waiting: Option<Waiting> = serde_json::from_str(&message.body).ok();
        let Some(outbox) = waiting.and_then(|keys| Outbox::of(&keys.pk, &keys.sk)) else {
            tracing::error!("the queue holds what is no letter");
            // It ends in the dead-letter queue, where somebody sees it.
            return true;
        };
        let now = mail_functions::now();
        match self
            .sender
            .attempt(outbox, message.receive_count(), now)
            .await
        {
            Verdict::Done => false,
            Verdict::Again(after) => {
                self.queue.put_off(message, after).await;
                true
            }
        }
    }
}

fn main() -> ExitCode {
    run::<EmailsSend>()
}
