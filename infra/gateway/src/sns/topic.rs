//! One topic: what is published, and who gets it.

use crate::clock::Clock;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

/// A topic of the template.
#[derive(Debug)]
pub struct Topic {
    name: String,
    arn: String,
    clock: Arc<Clock>,
    published: AtomicU64,
    subscribers: Mutex<Vec<Subscriber>>,
}

#[derive(Debug)]
struct Subscriber {
    sender: UnboundedSender<(u64, Value)>,
    in_hand: InHand,
}

/// What was published and is not settled yet.
type InHand = Arc<Mutex<BTreeSet<u64>>>;

/// What a subscriber receives from.
#[derive(Debug)]
pub struct Subscription {
    receiver: UnboundedReceiver<(u64, Value)>,
    in_hand: InHand,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Topic {
    pub(crate) fn new(name: &str, arn: String, clock: Arc<Clock>) -> Self {
        Self {
            name: name.to_owned(),
            arn,
            clock,
            published: AtomicU64::new(0),
            subscribers: Mutex::default(),
        }
    }

    /// Its logical id.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// From now on the subscriber gets everything that is published.
    pub fn subscribe(&self) -> Subscription {
        let (sender, receiver) = mpsc::unbounded_channel();
        let in_hand = InHand::default();
        locked(&self.subscribers).push(Subscriber {
            sender,
            in_hand: Arc::clone(&in_hand),
        });
        Subscription { receiver, in_hand }
    }

    /// Gives a text to every subscriber.
    pub(crate) fn publish(&self, subject: &str, message: &Value) {
        let record = json!({
            "EventSource": "aws:sns",
            "EventVersion": "1.0",
            "EventSubscriptionArn": format!("{}:{}", self.arn, uuid::Uuid::new_v4()),
            "Sns": {
                "Type": "Notification",
                "MessageId": uuid::Uuid::new_v4(),
                "TopicArn": self.arn,
                "Subject": subject,
                "Message": message.to_string(),
                "Timestamp": self.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string(),
                "SignatureVersion": "1",
                "Signature": "local",
                "SigningCertUrl": "https://sns.us-east-1.amazonaws.com/local.pem",
                "UnsubscribeUrl": "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe",
                "MessageAttributes": {},
            },
        });
        let subscribers = locked(&self.subscribers);
        let number = self.published.fetch_add(1, Ordering::Relaxed) + 1;
        for subscriber in subscribers.iter() {
            locked(&subscriber.in_hand).insert(number);
            if subscriber.sender.send((number, record.clone())).is_err() {
                // Nobody is there any more to settle it.
                locked(&subscriber.in_hand).remove(&number);
            }
        }
    }

    /// The number of what was published last.
    pub fn last_number(&self) -> u64 {
        self.published.load(Ordering::Relaxed)
    }

    /// Whether something up to this number is not settled yet.
    pub fn is_outstanding(&self, up_to: u64) -> bool {
        let subscribers = locked(&self.subscribers);
        let oldest = |subscriber: &Subscriber| locked(&subscriber.in_hand).first().copied();
        subscribers
            .iter()
            .filter_map(oldest)
            .any(|number| number <= up_to)
    }
}

impl Subscription {
    /// The next that was published, in the form of a function's event, with its number. Nothing once the topic is gone.
    pub async fn next(&mut self) -> Option<(u64, Value)> {
        self.receiver.recv().await
    }

    /// What settles numbers while this is waiting for the next.
    pub fn settler(&self) -> impl Fn(u64) + Clone + Send + Sync + use<> {
        let in_hand = Arc::clone(&self.in_hand);
        move |number| {
            locked(&in_hand).remove(&number);
        }
    }
}
