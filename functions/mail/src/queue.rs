//! Putting a message of the queue off.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::ProvideErrorMetadata as _;
use std::time::Duration;
use tenant_context::{Aws, InitError, variable};
use worker::queue::Message;

/// The queue of letters.
pub struct Queue {
    sqs: Client,
    url: String,
}

impl Queue {
    /// The one that the environment names.
    ///
    /// # Errors
    /// When it names none.
    pub fn from_environment(aws: &Aws) -> Result<Self, InitError> {
        Ok(Self {
            sqs: Client::new(aws.sdk()),
            url: variable("EMAIL_QUEUE_URL")?,
        })
    }

    /// Lets the message come again after so long. If that can't be said, it comes at the queue's own time.
    pub async fn put_off(&self, message: &Message, after: Duration) {
        let seconds = i32::try_from(after.as_secs_f64().ceil() as i64).unwrap_or(i32::MAX);
        let put_off = self
            .sqs
            .change_message_visibility()
            .queue_url(&self.url)
            .receipt_handle(&message.receipt_handle)
            .visibility_timeout(seconds.clamp(0, 43_000))
            .send()
            .await;
        if let Err(error) = put_off {
            let code = error.as_service_error().and_then(|error| error.code());
            tracing::warn!(
                operation = "ChangeMessageVisibility",
                code,
                "a letter comes again at the queue's own time"
            );
        }
    }
}
