//! Schedules: a function that is called as time goes by, or at once when somebody asks.

use super::asynchronous::Asynchronous;
use axum::body::Bytes;
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

/// Which service keeps the schedule; their events differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A rule of EventBridge.
    Rule,
    /// EventBridge Scheduler.
    Scheduler,
}

/// A schedule of the template.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    kind: Kind,
    /// Between calls. A schedule by calendar (`cron`) is not kept here: it is run by hand.
    pub(super) every: Option<Duration>,
    /// The event, in place of the service's own.
    input: Option<Value>,
}

impl Schedule {
    pub(crate) fn read(kind: Kind, expression: &str, input: Option<&str>) -> Result<Self, String> {
        let inside = |name: &str| {
            let rest = expression.strip_prefix(name)?.strip_prefix('(')?;
            rest.strip_suffix(')')
        };
        let every = match (inside("rate"), inside("cron")) {
            (Some(rate), _) => Some(rate_of(rate)?),
            (_, Some(cron)) => {
                check_cron(cron)?;
                None
            }
            _ => {
                return Err(format!(
                    "the schedule {expression:?} is neither rate(…) nor cron(…)"
                ));
            }
        };
        let input = input.map(serde_json::from_str).transpose();
        Ok(Self {
            kind,
            every,
            input: input.map_err(|error| format!("Input must be JSON: {error}"))?,
        })
    }

    /// The event of a call now.
    pub(super) fn event(&self, function: &str, event: &str) -> Bytes {
        if let Some(input) = &self.input {
            return input.to_string().into();
        }
        let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
        let name = format!("{function}{event}");
        let account = "000000000000";
        let (source, resource, detail) = match self.kind {
            Kind::Rule => (
                "aws.events",
                format!("arn:aws:events:us-east-1:{account}:rule/{name}"),
                json!({}),
            ),
            Kind::Scheduler => (
                "aws.scheduler",
                format!("arn:aws:scheduler:us-east-1:{account}:schedule/default/{name}"),
                json!("{}"),
            ),
        };
        let event = json!({
            "version": "0", "id": uuid::Uuid::new_v4(), "detail-type": "Scheduled Event", "source": source, "account": account,
            "time": now.to_string(), "region": "us-east-1", "resources": [resource], "detail": detail,
        });
        event.to_string().into()
    }
}

/// Calls the function each time it is due. The first time is one interval after the start.
pub(super) async fn keep(
    schedule: Schedule,
    every: Duration,
    event: String,
    caller: Arc<Asynchronous>,
) {
    loop {
        tokio::time::sleep(every).await;
        let payload = schedule.event(caller.function(), &event);
        caller.call(payload).await;
    }
}

fn rate_of(rate: &str) -> Result<Duration, String> {
    let wrong = || format!("rate({rate}) must be a number and minutes, hours or days");
    let (number, unit) = rate.split_once(' ').ok_or_else(wrong)?;
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let seconds = match (number, unit) {
        (0, _) => return Err(wrong()),
        (1, "minute") | (2.., "minutes") => 60,
        (1, "hour") | (2.., "hours") => 3600,
        (1, "day") | (2.., "days") => 86_400,
        // AWS wants the singular with 1 and the plural with more.
        _ => return Err(wrong()),
    };
    Ok(Duration::from_secs(number.saturating_mul(seconds)))
}

fn check_cron(cron: &str) -> Result<(), String> {
    let fields: Vec<&str> = cron.split_whitespace().collect();
    let fits = |c: char| c.is_ascii_alphanumeric() || ",-*?/#".contains(c);
    let right = fields.len() == 6 && fields.iter().all(|field| field.chars().all(fits));
    // Either the day of the month or the day of the week says nothing.
    let one_open = fields.get(2) == Some(&"?") || fields.get(4) == Some(&"?");
    if right && one_open {
        Ok(())
    } else {
        Err(format!(
            "cron({cron}) must have six fields, with ? for the day of the month or of the week"
        ))
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;

    fn read(expression: &str) -> Result<Schedule, String> {
        Schedule::read(Kind::Scheduler, expression, None)
    }

    #[test]
    fn expressions_are_read_as_aws_does() {
        let seconds = |expression| read(expression).unwrap().every.map(|every| every.as_secs());
        assert_eq!(seconds("rate(1 minute)"), Some(60));
        assert_eq!(seconds("rate(5 minutes)"), Some(300));
        assert_eq!(seconds("rate(12 hours)"), Some(43_200));
        assert_eq!(seconds("cron(0 3 * * ? *)"), None);
        for wrong in [
            "rate(1 minutes)",
            "rate(2 hour)",
            "rate(0 days)",
            "rate(5)",
            "rate(5 seconds)",
            "cron(0 3 * * *)",
            "cron(0 3 * * * *)",
            "at(2026-01-01T00:00:00)",
            "5 minutes",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_input_stands_in_place_of_the_event() {
        let given = Schedule::read(Kind::Rule, "rate(1 day)", Some(r#"{"a":1}"#)).unwrap();
        assert_eq!(given.event("F", "E"), r#"{"a":1}"#.as_bytes());
        assert!(Schedule::read(Kind::Rule, "rate(1 day)", Some("{")).is_err());
        let own: Value =
            serde_json::from_slice(&read("rate(1 day)").unwrap().event("F", "E")).unwrap();
        assert_eq!(own["source"], "aws.scheduler");
        assert!(
            own["resources"][0]
                .as_str()
                .unwrap()
                .ends_with("default/FE")
        );
    }
}
