//! Events of an SNS topic. After an error Lambda brings the event twice more.

use crate::{Event, Source};
use serde::Deserialize;

/// Notifications of a topic; Lambda brings one at a time.
#[derive(Debug, Deserialize)]
pub struct Notifications {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

#[derive(Debug, Deserialize)]
struct Record {
    #[serde(rename = "Sns")]
    sns: Notification,
}

/// One notification.
#[derive(Debug, Deserialize)]
struct Notification {
    #[serde(rename = "Message")]
    message: String,
}

impl Notifications {
    /// What was published.
    pub fn messages(&self) -> impl Iterator<Item = &str> {
        self.records
            .iter()
            .map(|record| record.sns.message.as_str())
    }
}

impl Event for Notifications {
    type Answer = ();

    fn fits(source: Source) -> bool {
        matches!(source, Source::Topic(_))
    }

    fn len(&self) -> usize {
        self.records.len()
    }

    fn left((): &()) -> usize {
        0
    }
}
