//! Reading a request's members.

use super::errors::{invalid, missing, serialization};
use super::operations::Operation;
use crate::api_error::ApiError;
use jiff::SignedDuration;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// A request's body, or an entry of its batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request<'a> {
    pub(super) body: &'a Map<String, Value>,
}

impl<'a> Request<'a> {
    /// An unknown member could be one whose meaning matters: it is refused.
    pub(super) fn only(&self, operation: Operation) -> Result<(), ApiError> {
        self.has_only(operation.members())
    }

    pub(super) fn has_only(&self, known: &[&str]) -> Result<(), ApiError> {
        let unknown = self
            .body
            .iter()
            .find(|(name, value)| !value.is_null() && !known.contains(&name.as_str()));
        match unknown {
            Some((name, _)) => Err(serialization(format!(
                "the member {name} is not offered by the local gateway"
            ))),
            None => Ok(()),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.body.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, ApiError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(serialization(format!("{name} must be a string"))),
        }
    }

    pub(super) fn required(&self, name: &str) -> Result<&'a str, ApiError> {
        self.text(name)?
            .filter(|text| !text.is_empty())
            .ok_or_else(|| missing(name))
    }

    /// A whole number within its bounds.
    pub(super) fn number(
        &self,
        name: &str,
        least: i64,
        most: i64,
    ) -> Result<Option<i64>, ApiError> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => {
                let number = value
                    .as_i64()
                    .ok_or_else(|| serialization(format!("{name} must be a whole number")))?;
                if (least..=most).contains(&number) {
                    Ok(Some(number))
                } else {
                    let reason = format!("Must be between {least} and {most}.");
                    Err(invalid(name, number, &reason))
                }
            }
        }
    }

    pub(super) fn seconds(
        &self,
        name: &str,
        most: i64,
    ) -> Result<Option<SignedDuration>, ApiError> {
        let seconds = self.number(name, 0, most)?;
        Ok(seconds.map(SignedDuration::from_secs))
    }

    pub(super) fn texts(&self, name: &str) -> Result<Vec<&'a str>, ApiError> {
        let Some(value) = self.get(name) else {
            return Ok(Vec::new());
        };
        let texts: Option<Vec<&str>> = value
            .as_array()
            .and_then(|items| items.iter().map(Value::as_str).collect());
        texts.ok_or_else(|| serialization(format!("{name} must be a list of strings")))
    }

    /// The queue that the request is about: by its URL, of which the host may be any, or by its name.
    pub(super) fn queue_name(&self, account_id: &str) -> Result<&'a str, ApiError> {
        if self.get("QueueUrl").is_none()
            && let Some(name) = self.text("QueueName")?
        {
            return Ok(name);
        }
        let url = self.required("QueueUrl")?;
        let path = url
            .split_once("://")
            .and_then(|(_, rest)| rest.split_once('/'))
            .map_or(url, |(_, path)| path);
        match path.split_once('/') {
            Some((account, name)) if account == account_id && !name.contains('/') => Ok(name),
            _ => Err(ApiError::client(
                "InvalidAddress",
                format!("The address {url} is not valid for this endpoint."),
            )),
        }
    }

    /// The entries of a batch: one to ten, each with an id of its own.
    pub(super) fn entries(&self) -> Result<Vec<(&'a str, Request<'a>)>, ApiError> {
        let entries = self.get("Entries").and_then(Value::as_array);
        let entries = entries.filter(|entries| !entries.is_empty());
        let entries = entries.ok_or_else(|| {
            ApiError::client(
                "EmptyBatchRequest",
                "There should be at least one entry in the request.",
            )
        })?;
        if entries.len() > 10 {
            return Err(ApiError::client(
                "TooManyEntriesInBatchRequest",
                format!(
                    "Maximum number of entries per request are 10. You have sent {}.",
                    entries.len()
                ),
            ));
        }
        let mut ids = BTreeSet::new();
        let mut read = Vec::new();
        for entry in entries {
            let body = entry
                .as_object()
                .ok_or_else(|| serialization("an entry must be an object"))?;
            let entry = Request { body };
            let id = entry.required("Id")?;
            let fits = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
            if id.len() > 80 || !id.chars().all(fits) {
                return Err(ApiError::client(
                    "InvalidBatchEntryId",
                    "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
                ));
            }
            if !ids.insert(id) {
                return Err(ApiError::client(
                    "BatchEntryIdsNotDistinct",
                    format!("Id {id} repeated."),
                ));
            }
            read.push((id, entry));
        }
        Ok(read)
    }
}
