//! SES: the one place that sends mail.

use crate::suppression::in_ascii;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::config::retry::RetryConfig;
use aws_sdk_sesv2::config::timeout::TimeoutConfig;
use aws_sdk_sesv2::error::{BuildError, ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::types::{
    Body, Content, Destination, EmailContent, Message as SesMessage, MessageTag,
};
use mail::Message;
use mail::outbox::Letter;
use mail::sender::from_header;
use std::time::Duration;
use tenant_context::outbox::Outbox;
use tenant_context::{Aws, InitError, variable};

/// How long SES may take. The function's own time limit is longer, so that the answer is noted.
const PATIENCE: Duration = Duration::from_secs(5);
/// SES has not taken the message, and may later.
const BUSY: &[&str] = &[
    "TooManyRequestsException",
    "LimitExceededException",
    "Throttling",
    "ThrottlingException",
    "SendingPausedException",
    "AccountSuspendedException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    // Faults of the deployment, which somebody will mend; meanwhile the letters wait.
    "MailFromDomainNotVerifiedException",
    "NotFoundException",
    "AccessDenied",
    "AccessDeniedException",
    "ExpiredTokenException",
];
/// SES will never take the message.
const FINAL: &[&str] = &["MessageRejected", "BadRequestException"];

/// What comes of asking SES to send a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken, under this id.
    Taken(String),
    /// It was not taken, and may be later.
    Busy,
    /// It will never be taken, for this reason.
    Refused(String),
    /// Nobody knows: the answer was lost.
    Unknown,
}

/// A message that is ready to go.
pub struct Envelope<'a> {
    /// Where the letter stands, for the tags.
    pub outbox: Outbox,
    /// To whom it goes.
    pub letter: &'a Letter,
    /// Whose name it bears.
    pub sender: &'a str,
    /// What it says.
    pub message: &'a Message,
}

/// Sends mail.
pub trait Post: Send + Sync {
    /// Asks once.
    fn send(&self, envelope: Envelope<'_>) -> impl Future<Output = Outcome> + Send;
}

/// SES v2.
pub struct Ses {
    client: Client,
    domain: String,
    configuration_set: String,
}

impl Ses {
    /// With what the environment names: SES has verified the domain.
    ///
    /// # Errors
    /// When the environment lacks it.
    pub fn from_environment(aws: &Aws) -> Result<Self, InitError> {
        // The SDK would ask again by itself after a lost answer, and the message would go out twice.
        let config = aws_sdk_sesv2::config::Builder::from(aws.sdk())
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::builder().operation_timeout(PATIENCE).build());
        Ok(Self {
            client: Client::from_conf(config.build()),
            domain: variable("BASE_DOMAIN")?,
            configuration_set: variable("EMAIL_CONFIGURATION_SET")?,
        })
    }
}

impl Post for Ses {
    async fn send(&self, envelope: Envelope<'_>) -> Outcome {
        let parts = content(envelope.message).and_then(|content| Ok((content, tags(&envelope)?)));
        let (content, tags) = match parts {
            Ok(parts) => parts,
            Err(error) => return Outcome::Refused(error.to_string()),
        };
        let Some(address) = in_ascii(&envelope.letter.to) else {
            return Outcome::Refused("the domain of the address is none".to_owned());
        };
        let to = Destination::builder().to_addresses(address);
        let sent = self
            .client
            .send_email()
            .from_email_address(from_header(envelope.sender, &self.domain))
            .destination(to.build())
            .content(content)
            .configuration_set_name(&self.configuration_set)
            .set_email_tags(Some(tags))
            .send()
            .await;
        match sent {
            Ok(answer) => Outcome::Taken(answer.message_id.unwrap_or_default()),
            Err(error) => outcome(&error),
        }
    }
}

fn outcome<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> Outcome {
    let Some(service_error) = error.as_service_error() else {
        // Nothing left this machine: the message can't have been taken.
        return match error {
            SdkError::ConstructionFailure(_) => Outcome::Busy,
            _ => Outcome::Unknown,
        };
    };
    // The message of the error may quote the address.
    let code = service_error.code().unwrap_or("none");
    tracing::warn!(operation = "SendEmail", code, "a message was not taken");
    if FINAL.contains(&code) {
        Outcome::Refused(code.to_owned())
    } else if BUSY.contains(&code) {
        Outcome::Busy
    } else {
        Outcome::Unknown
    }
}

/// What SES's events about the message bear: which letter it is, and in whose outbox.
fn tags(envelope: &Envelope<'_>) -> Result<Vec<MessageTag>, BuildError> {
    let (owner, id, letter) = match envelope.outbox {
        Outbox::Tenant(tenant, letter) => ("tenant", tenant.uuid(), letter),
        Outbox::User(user, letter) => ("user", user.uuid(), letter),
    };
    [(owner, id), ("letter", letter)]
        .into_iter()
        .map(|(name, value)| {
            MessageTag::builder()
                .name(name)
                .value(value.to_string())
                .build()
        })
        .collect()
}

fn content(message: &Message) -> Result<EmailContent, BuildError> {
    let utf8 = |text: &str| Content::builder().data(text).charset("UTF-8").build();
    let body = Body::builder()
        .text(utf8(&message.text)?)
        .html(utf8(&message.html)?)
        .build();
    let simple = SesMessage::builder()
        .subject(utf8(&message.subject)?)
        .body(body)
        .build();
    Ok(EmailContent::builder().simple(simple).build())
}
