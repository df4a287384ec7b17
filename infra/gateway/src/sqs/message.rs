//! A message, and the forms in which it is given out.

use super::attributes::{self, Attributes};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// What a sender gives.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Draft {
    pub(crate) body: String,
    pub(crate) attributes: Attributes,
    pub(crate) delay: Option<jiff::SignedDuration>,
    pub(crate) group: Option<String>,
    pub(crate) deduplication: Option<String>,
    /// The sender's session, as `SenderId` shows it.
    pub(crate) sender: String,
}

/// A message in a queue.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Message {
    /// Its place in the queue.
    pub(crate) number: u64,
    pub(crate) id: String,
    pub(crate) draft: Draft,
    pub(crate) sent: Timestamp,
    pub(crate) visible: Timestamp,
    /// How often it was received.
    pub(crate) received: u32,
    pub(crate) first_received: Option<Timestamp>,
    /// The ARN of the queue it came from when it was received too often there.
    pub(crate) dead_from: Option<String>,
}

/// What a receipt handle says: which message, and which time it was received.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) number: u64,
    pub(crate) received: u32,
}

impl Receipt {
    pub(crate) fn parse(handle: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(handle).ok()?).ok()?;
        let (number, received) = text.split_once('/')?;
        Some(Self {
            number: number.parse().ok()?,
            received: received.parse().ok()?,
        })
    }

    fn handle(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}/{}", self.number, self.received))
    }
}

impl Message {
    /// For whoever has received it just now.
    pub(crate) fn receipt_handle(&self) -> String {
        let receipt = Receipt {
            number: self.number,
            received: self.received,
        };
        receipt.handle()
    }

    pub(crate) fn body_md5(&self) -> String {
        format!("{:x}", md5::compute(&self.draft.body))
    }

    /// A FIFO message's place, as clients see it.
    pub(crate) fn sequence_number(&self) -> String {
        (18_850_000_000_000_000_000_u128 + u128::from(self.number)).to_string()
    }

    fn system_attributes(&self, fifo: bool) -> Map<String, Value> {
        let millis = |time: Timestamp| Value::from(time.as_millisecond().to_string());
        let mut all = Map::new();
        let mut add = |name: &str, value: Option<Value>| {
            all.extend(value.map(|value| (name.to_owned(), value)));
        };
        let text = |text: &Option<String>| text.clone().map(Value::from);
        add(
            "ApproximateReceiveCount",
            Some(self.received.to_string().into()),
        );
        add("SentTimestamp", Some(millis(self.sent)));
        add("SenderId", Some(self.draft.sender.clone().into()));
        add(
            "ApproximateFirstReceiveTimestamp",
            self.first_received.map(millis),
        );
        add("MessageGroupId", text(&self.draft.group));
        add("DeadLetterQueueSourceArn", text(&self.dead_from));
        if fifo {
            add("MessageDeduplicationId", text(&self.draft.deduplication));
            add("SequenceNumber", Some(self.sequence_number().into()));
        }
        all
    }

    /// As `ReceiveMessage` gives it, with the attributes asked for.
    pub(crate) fn for_client(
        &self,
        fifo: bool,
        wants_system: impl Fn(&str) -> bool,
        wants: impl Fn(&str) -> bool,
    ) -> Value {
        let mut message = Map::from_iter([
            ("MessageId".to_owned(), self.id.clone().into()),
            ("ReceiptHandle".to_owned(), self.receipt_handle().into()),
            ("MD5OfBody".to_owned(), self.body_md5().into()),
            ("Body".to_owned(), self.draft.body.clone().into()),
        ]);
        let mut system = self.system_attributes(fifo);
        system.retain(|name, _| wants_system(name));
        if !system.is_empty() {
            message.insert("Attributes".to_owned(), system.into());
        }
        let mut given = self.draft.attributes.clone();
        given.retain(|name, _| wants(name));
        if let Some(md5) = attributes::md5(&given) {
            message.insert("MD5OfMessageAttributes".to_owned(), md5.into());
            message.insert(
                "MessageAttributes".to_owned(),
                attributes::for_client(&given),
            );
        }
        message.into()
    }

    /// As a function's event has it.
    pub(crate) fn for_event(&self, fifo: bool, arn: &str, region: &str) -> Value {
        let mut record = json!({
            "messageId": self.id,
            "receiptHandle": self.receipt_handle(),
            "body": self.draft.body,
            "attributes": self.system_attributes(fifo),
            "messageAttributes": attributes::for_event(&self.draft.attributes),
            "md5OfBody": self.body_md5(),
            "eventSource": "aws:sqs",
            "eventSourceARN": arn,
            "awsRegion": region,
        });
        if let (Some(md5), Some(record)) = (
            attributes::md5(&self.draft.attributes),
            record.as_object_mut(),
        ) {
            record.insert("md5OfMessageAttributes".to_owned(), md5.into());
        }
        record
    }
}
