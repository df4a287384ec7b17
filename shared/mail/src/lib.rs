//! E-mail: the messages of the product, and sending them with SES.

pub mod branding;
pub mod messages;
mod notice;
pub mod outbox;
pub mod sender;
pub mod templates;

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::{BuildError, ProvideErrorMetadata as _};
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message as SesMessage};
use problem::{Kind, Problem};
use tenant_context::{Aws, InitError, errors, variable};

/// A message, in the two forms that mail programs show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The subject, on one line.
    pub subject: String,
    /// For programs that show text.
    pub text: String,
    /// For programs that show HTML.
    pub html: String,
}

/// Sends messages from the product's own address.
pub struct Mailer {
    client: Client,
    from: String,
}

impl Mailer {
    /// The sender that the environment names: SES has verified its domain.
    ///
    /// # Errors
    /// When the environment lacks it.
    pub fn from_environment(aws: &Aws) -> Result<Self, InitError> {
        let from = format!("Tenantry <no-reply@{}>", variable("BASE_DOMAIN")?);
        Ok(Self {
            client: Client::new(aws.sdk()),
            from,
        })
    }

    /// Sends a message to one address.
    ///
    /// # Errors
    /// `unavailable` when SES does not take it. The log names no address.
    pub async fn send(&self, to: &str, message: &Message) -> Result<(), Problem> {
        let content = content(message).map_err(|error| errors::internal("message", &error))?;
        let sent = self
            .client
            .send_email()
            .from_email_address(&self.from)
            .destination(Destination::builder().to_addresses(to).build())
            .content(content)
            .send()
            .await;
        sent.map(|_| ()).map_err(|error| {
            let code = error
                .as_service_error()
                .and_then(|error| error.code())
                .unwrap_or("none");
            tracing::error!(operation = "SendEmail", code, "a message was not taken");
            Kind::Unavailable.into()
        })
    }
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
