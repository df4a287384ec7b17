//! What becomes of a message, as SES tells it: it is sent, and then delivered, unless it goes to the mailbox simulator.

use super::Message;
use super::message::address_of;
use crate::Gateway;
use crate::principal::Principal;
use serde_json::{Map, Value, json};

const SUBJECT: &str = "Amazon SES Email Event Notification";
const SIMULATOR: &str = "simulator.amazonses.com";

/// What happens to the message of one recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Delivered,
    Bounced {
        suppressed: bool,
    },
    /// It is delivered first.
    Complained,
}

/// AWS's mailbox simulator; a label behind `+` makes no difference to it.
fn fate(recipient: &str) -> Fate {
    let address = address_of(recipient).to_ascii_lowercase();
    let simulated = address
        .split_once('@')
        .filter(|(_, domain)| *domain == SIMULATOR);
    let name = simulated.map(|(local, _)| local.split('+').next().unwrap_or_default());
    match name {
        Some("bounce") => Fate::Bounced { suppressed: false },
        Some("suppressionlist") => Fate::Bounced { suppressed: true },
        Some("complaint") => Fate::Complained,
        _ => Fate::Delivered,
    }
}

/// Tells the topics of the message's configuration set.
pub(super) fn publish(gateway: &Gateway, message: &Message, principal: &Principal) {
    let set = message.configuration_set.as_deref();
    let destinations = set.and_then(|set| gateway.configuration_sets.destinations(set));
    let Some(destinations) = destinations.filter(|destinations| !destinations.is_empty()) else {
        return;
    };
    let events = of_message(gateway, message, principal);
    for destination in destinations {
        let Some(topic) = gateway.topics.with_arn(&destination.topic) else {
            continue;
        };
        for (kind, event) in &events {
            if destination.events.contains(kind) {
                topic.publish(SUBJECT, event);
            }
        }
    }
}

fn of_message(
    gateway: &Gateway,
    message: &Message,
    principal: &Principal,
) -> Vec<(&'static str, Value)> {
    let now = gateway.clock.now();
    let time = now.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string();
    let mail = mail(gateway, message, principal, &time);
    let mut events = vec![(
        "Send",
        json!({"eventType": "Send", "mail": mail, "send": {}}),
    )];
    for recipient in recipients(message) {
        let address = address_of(recipient);
        let fate = fate(recipient);
        let feedback = uuid::Uuid::new_v4();
        if !matches!(fate, Fate::Bounced { .. }) {
            events.push(("Delivery", json!({"eventType": "Delivery", "mail": mail, "delivery": {
                "timestamp": time, "processingTimeMillis": 5, "recipients": [address],
                "smtpResponse": "250 2.6.0 Message received", "reportingMTA": "local.smtp-out.amazonses.com",
            }})));
        }
        match fate {
            Fate::Delivered => {}
            Fate::Bounced { suppressed } => {
                let kind = if suppressed { "Suppressed" } else { "General" };
                events.push(("Bounce", json!({"eventType": "Bounce", "mail": mail, "bounce": {
                    "feedbackId": feedback, "bounceType": "Permanent", "bounceSubType": kind, "timestamp": time,
                    "bouncedRecipients": [{"emailAddress": address, "action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}],
                    "reportingMTA": "dns; local.smtp-out.amazonses.com",
                }})));
            }
            Fate::Complained => events.push(("Complaint", json!({"eventType": "Complaint", "mail": mail, "complaint": {
                "feedbackId": feedback, "complaintSubType": null, "complainedRecipients": [{"emailAddress": address}], "timestamp": time,
                "userAgent": "Amazon SES Mailbox Simulator", "complaintFeedbackType": "abuse", "arrivalDate": time,
            }}))),
        }
    }
    events
}

fn recipients(message: &Message) -> impl Iterator<Item = &String> {
    message.to.iter().chain(&message.cc).chain(&message.bcc)
}

/// What every event says of its message.
fn mail(gateway: &Gateway, message: &Message, principal: &Principal, time: &str) -> Value {
    let domain = address_of(&message.from).rsplit('@').next();
    let domain = domain.unwrap_or_default();
    let set = message.configuration_set.clone().unwrap_or_default();
    let mut tags = Map::from_iter([
        ("ses:source-tls-version".to_owned(), json!(["TLSv1.3"])),
        ("ses:operation".to_owned(), json!(["SendEmail"])),
        ("ses:configuration-set".to_owned(), json!([set])),
        ("ses:source-ip".to_owned(), json!(["127.0.0.1"])),
        ("ses:from-domain".to_owned(), json!([domain])),
        (
            "ses:caller-identity".to_owned(),
            json!([principal.role.clone()]),
        ),
    ]);
    for (name, value) in &message.tags {
        tags.insert(name.clone(), json!([value]));
    }
    let mut headers = vec![
        json!({"name": "From", "value": message.from}),
        json!({"name": "To", "value": message.to.join(", ")}),
        json!({"name": "Subject", "value": message.subject}),
        json!({"name": "MIME-Version", "value": "1.0"}),
    ];
    let further = message.headers.iter();
    headers.extend(further.map(|(name, value)| json!({"name": name, "value": value})));
    json!({
        "timestamp": time,
        "source": message.from,
        "sourceArn": format!("arn:aws:ses:{}:{}:identity/{domain}", gateway.region, gateway.account_id),
        "sendingAccountId": gateway.account_id,
        "messageId": message.id,
        "destination": recipients(message).map(|recipient| address_of(recipient)).collect::<Vec<_>>(),
        "headersTruncated": false,
        "headers": headers,
        "commonHeaders": {"from": [message.from], "to": message.to, "messageId": message.id, "subject": message.subject},
        "tags": tags,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_simulators_addresses_have_their_fates() {
        for (recipient, expected) in [
            ("ada@acme.test", Fate::Delivered),
            ("bounce@acme.test", Fate::Delivered),
            (
                "bounce@simulator.amazonses.com",
                Fate::Bounced { suppressed: false },
            ),
            (
                "Ada <bounce+label1@Simulator.AmazonSES.com>",
                Fate::Bounced { suppressed: false },
            ),
            ("complaint+x@simulator.amazonses.com", Fate::Complained),
            (
                "suppressionlist@simulator.amazonses.com",
                Fate::Bounced { suppressed: true },
            ),
            ("success@simulator.amazonses.com", Fate::Delivered),
            ("bounces@simulator.amazonses.com", Fate::Delivered),
        ] {
            assert_eq!(fate(recipient), expected, "{recipient}");
        }
    }
}
