//! Reading the properties of an event.

use super::{declared::Batching, filter::Filter};
use crate::api::{boolean, number};
use serde_json::{Map, Value};
use std::time::Duration;

/// The properties of an event.
pub(super) struct Members<'a> {
    pub(super) all: &'a Map<String, Value>,
}

impl<'a> Members<'a> {
    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.all.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn only(&self, known: &[&str]) -> Result<(), String> {
        match self.all.keys().find(|name| !known.contains(&name.as_str())) {
            Some(unknown) => Err(format!("{unknown} is not known here")),
            None => Ok(()),
        }
    }

    pub(super) fn required(&self, name: &str) -> Result<&'a str, String> {
        let text = self.get(name).and_then(Value::as_str);
        text.ok_or_else(|| format!("{name} is missing"))
    }

    pub(super) fn truth(&self, name: &str, default: bool) -> Result<bool, String> {
        match self.get(name) {
            None => Ok(default),
            Some(value) => boolean(value).ok_or_else(|| format!("{name} must be true or false")),
        }
    }

    pub(super) fn number(
        &self,
        name: &str,
        least: u64,
        most: u64,
        default: u64,
    ) -> Result<u64, String> {
        match self.get(name) {
            None => Ok(default),
            Some(value) => number(value)
                .filter(|number| (least..=most).contains(number))
                .ok_or_else(|| format!("{name} must be {least} to {most}")),
        }
    }

    pub(super) fn batching(&self, default: u64, most: u64) -> Result<Batching, String> {
        let size = self.number("BatchSize", 1, most, default)?;
        let window = self.number("MaximumBatchingWindowInSeconds", 0, 300, 0)?;
        let reports_items = match self.get("FunctionResponseTypes") {
            None => false,
            Some(Value::Array(types))
                if types.iter().all(|kind| kind == "ReportBatchItemFailures") =>
            {
                !types.is_empty()
            }
            Some(_) => {
                return Err("FunctionResponseTypes may have ReportBatchItemFailures".to_owned());
            }
        };
        Ok(Batching {
            size: usize::try_from(size).unwrap_or(usize::MAX),
            window: Duration::from_secs(window),
            filter: Filter::read(self.get("FilterCriteria"))?,
            reports_items,
        })
    }
}
