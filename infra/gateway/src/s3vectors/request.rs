//! Reading a request's members.

use super::errors::{constraint, invalid, length};
use super::operations::Operation;
use crate::api_error::ApiError;
use serde_json::{Map, Value};

/// A request's body, or an object in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request<'a> {
    body: &'a Map<String, Value>,
}

impl<'a> Request<'a> {
    pub(super) fn new(body: &'a Map<String, Value>) -> Self {
        Self { body }
    }

    /// An unknown member could be one whose meaning matters: it is refused.
    pub(super) fn only(&self, operation: Operation) -> Result<(), ApiError> {
        self.has_only(&operation.members())
    }

    pub(super) fn has_only(&self, known: &[&str]) -> Result<(), ApiError> {
        let unknown = self
            .body
            .iter()
            .find(|(name, value)| !value.is_null() && !known.contains(&name.as_str()));
        match unknown {
            Some((name, _)) => Err(invalid(format!(
                "the member {name} is not offered by the local gateway"
            ))),
            None => Ok(()),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.body.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn required(&self, name: &str) -> Result<&'a Value, ApiError> {
        let value = self.get(name);
        value.ok_or_else(|| constraint(&format!("/{name}"), "not be null"))
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, ApiError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(constraint(&format!("/{name}"), "be a string")),
        }
    }

    /// One of the words that are known.
    pub(super) fn word(&self, name: &str, known: &[&str]) -> Result<&'a str, ApiError> {
        let text = self.required(name)?.as_str();
        text.filter(|text| known.contains(text)).ok_or_else(|| {
            let known = known.join(", ");
            constraint(
                &format!("/{name}"),
                format_args!("satisfy enum value set: [{known}]"),
            )
        })
    }

    /// `false` if nothing is said.
    pub(super) fn flag(&self, name: &str) -> Result<bool, ApiError> {
        match self.get(name) {
            None => Ok(false),
            Some(value) => value
                .as_bool()
                .ok_or_else(|| constraint(&format!("/{name}"), "be a boolean")),
        }
    }

    /// A whole number within its bounds.
    pub(super) fn number(&self, name: &str, most: usize) -> Result<Option<usize>, ApiError> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let number = value
            .as_u64()
            .and_then(|number| usize::try_from(number).ok());
        match number.filter(|number| (1..=most).contains(number)) {
            Some(number) => Ok(Some(number)),
            None => Err(constraint(
                &format!("/{name}"),
                format_args!("be between 1 and {most}, inclusive"),
            )),
        }
    }

    /// A list that has something in it.
    pub(super) fn list(&self, name: &str, most: usize) -> Result<&'a [Value], ApiError> {
        let path = format!("/{name}");
        let list = self.required(name)?.as_array();
        let list = list.ok_or_else(|| constraint(&path, "be a list"))?;
        match (1..=most).contains(&list.len()) {
            true => Ok(list),
            false => Err(length(&path, list.len(), 1, most)),
        }
    }
}
