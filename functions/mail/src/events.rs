//! SES's events about messages that we have sent (SES developer guide, "Contents of event data that Amazon SES publishes to
//! Amazon SNS").

use crate::letters::Stock;
use crate::suppression::{self, Suppression};
use mail::outbox::State;
use problem::Problem;
use serde::Deserialize;
use std::collections::HashMap;
use tenant_context::outbox::Outbox;
use tenant_context::system::System;
use tenant_context::{Condition, Update, Uuid, WriteError};

/// Where a letter stands of which we don't know yet that SES has taken it.
const UNSENT: &[&str] = &["queued", "sending"];

/// An event.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    event_type: String,
    mail: Mail,
    bounce: Option<Bounce>,
    complaint: Option<Complaint>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mail {
    message_id: String,
    #[serde(default)]
    tags: HashMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
    bounced_recipients: Vec<Recipient>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    complained_recipients: Vec<Recipient>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recipient {
    email_address: String,
}

impl Event {
    /// The letter that the message was made of, by the tags that we gave it.
    pub fn outbox(&self) -> Option<Outbox> {
        let tag = |name: &str| self.mail.tags.get(name)?.first();
        let letter = tag("letter")?;
        let owner = |name: &str, kind: &str| {
            let id = tag(name)?;
            Outbox::of(&format!("{kind}#{id}#OUTBOX"), &format!("LETTER#{letter}"))
        };
        owner("tenant", "TENANT").or_else(|| owner("user", "USER"))
    }

    /// Where the letter stands now, and from where besides [`UNSENT`] it may have come: an event that is told twice, or
    /// late, changes nothing.
    pub fn moves(&self) -> Option<(State, &'static [&'static str])> {
        const SENT: &[&str] = &["sent"];
        const ARRIVED: &[&str] = &["sent", "delivered"];
        match self.event_type.as_str() {
            "Send" => Some((State::Sent, &[])),
            "Delivery" => Some((State::Delivered, SENT)),
            "Reject" => Some((State::Failed, SENT)),
            "Complaint" => Some((State::Bounced, ARRIVED)),
            "Bounce" if self.is_for_good() => Some((State::Bounced, ARRIVED)),
            _ => None,
        }
    }

    /// The addresses that get no more mail, and why.
    pub fn suppresses(&self) -> (&'static str, Vec<&str>) {
        match (self.event_type.as_str(), &self.bounce, &self.complaint) {
            ("Bounce", Some(bounce), _) if self.is_for_good() => {
                ("bounce", addresses(&bounce.bounced_recipients))
            }
            ("Complaint", _, Some(complaint)) => {
                ("complaint", addresses(&complaint.complained_recipients))
            }
            _ => ("", Vec::new()),
        }
    }

    /// A full mailbox or a server that is down is no reason to give an address up.
    fn is_for_good(&self) -> bool {
        let bounce = self.bounce.as_ref();
        bounce.is_some_and(|bounce| bounce.bounce_type == "Permanent")
    }
}

fn addresses(recipients: &[Recipient]) -> Vec<&str> {
    recipients
        .iter()
        .map(|recipient| recipient.email_address.as_str())
        .collect()
}

/// Notes what events say.
pub struct Feedback {
    system: System,
    stock: Stock,
}

impl Feedback {
    /// With this function's access.
    pub fn new(system: System) -> Self {
        Self {
            stock: Stock::new(system.clone()),
            system,
        }
    }

    /// Notes one event at `now`. Twice is as good as once.
    ///
    /// # Errors
    /// When a call to AWS fails.
    pub async fn note(&self, event: &Event, now: i64) -> Result<(), Problem> {
        // Each try is a change of its own.
        let request = Uuid::new_v4().to_string();
        let (reason, addresses) = event.suppresses();
        for address in addresses {
            let key = self.system.suppressed(&suppression::hash(address));
            let item = Suppression::new(reason, now);
            match self.system.own_table(&request).create(key, &item).await {
                Ok(()) | Err(WriteError::Refused(_)) => {}
                Err(WriteError::Failed(problem)) => return Err(problem),
            }
        }
        if let (Some(outbox), Some((state, from))) = (event.outbox(), event.moves()) {
            let update = |from| {
                let update = Update::new()
                    .set("state", state)?
                    .set("message_id", &event.mail.message_id)?;
                Ok::<_, Problem>(update.when(Condition::one_of("state", from)))
            };
            // The sender's own note that SES has the message may be lost, so that the event is the first to tell; or late,
            // so that it comes between our two looks: hence the third.
            for from in [from, UNSENT, from] {
                let stock = &self.stock;
                let moved = match from {
                    [] => false,
                    UNSENT => (stock.change_to_sent(outbox, &request, update(from)?)).await?,
                    _ => stock.change(outbox, &request, update(from)?).await?,
                };
                if moved {
                    break;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "events_tests.rs"]
mod tests;
