//! What a write changes.

use super::{Bindings, Condition, ValueError, value};
use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use std::borrow::Cow;

/// A change to one item.
#[derive(Debug, Clone, Default)]
pub struct Update {
    sets: Vec<(String, AttributeValue)>,
    copies: Vec<(&'static str, &'static str)>,
    removes: Vec<String>,
    adds: Vec<(Cow<'static, str>, AttributeValue)>,
    takes: Vec<(Cow<'static, str>, AttributeValue)>,
    conditions: Vec<Condition>,
}

impl Update {
    /// A change of nothing yet. An update creates a missing item unless a condition says otherwise, so most want
    /// [`Condition::Exists`].
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets an attribute (dotted path).
    ///
    /// # Errors
    /// When the value can't be stored.
    pub fn set(mut self, path: impl Into<String>, to: impl Serialize) -> Result<Self, ValueError> {
        self.sets.push((path.into(), value(to)?));
        Ok(self)
    }

    /// Sets an attribute to what another one holds before the change.
    #[must_use]
    pub fn copy(mut self, attribute: &'static str, from: &'static str) -> Self {
        self.copies.push((attribute, from));
        self
    }

    /// Removes an attribute (dotted path).
    #[must_use]
    pub fn remove(mut self, path: impl Into<String>) -> Self {
        self.removes.push(path.into());
        self
    }

    /// Adds to a number; a missing one counts as 0.
    #[must_use]
    pub fn add(mut self, attribute: impl Into<Cow<'static, str>>, number: i64) -> Self {
        self.adds
            .push((attribute.into(), AttributeValue::N(number.to_string())));
        self
    }

    /// Adds a text to a set of texts.
    #[must_use]
    pub fn insert(self, attribute: &'static str, text: String) -> Self {
        self.insert_all(attribute, vec![text])
    }

    /// Adds texts, at least one, to a set of texts.
    #[must_use]
    pub fn insert_all(mut self, attribute: &'static str, texts: Vec<String>) -> Self {
        self.adds
            .push((attribute.into(), AttributeValue::Ss(texts)));
        self
    }

    /// Takes a text out of a set of texts.
    #[must_use]
    pub fn take(mut self, attribute: &'static str, text: String) -> Self {
        self.takes
            .push((attribute.into(), AttributeValue::Ss(vec![text])));
        self
    }

    /// Makes the change depend on a condition; all must hold.
    #[must_use]
    pub fn when(mut self, condition: Condition) -> Self {
        self.conditions.push(condition);
        self
    }

    /// The update expression, the condition expression, and what they bind.
    pub(crate) fn render(&self) -> (String, Option<String>, Bindings) {
        let mut bindings = Bindings::default();
        let mut clauses = Vec::new();
        let mut sets: Vec<String> = self
            .sets
            .iter()
            .map(|(path, to)| format!("{} = {}", bindings.path(path), bindings.value(to.clone())))
            .collect();
        sets.extend(
            self.copies
                .iter()
                .map(|(path, from)| format!("{} = {}", bindings.path(path), bindings.path(from))),
        );
        let removes: Vec<String> = self
            .removes
            .iter()
            .map(|path| bindings.path(path))
            .collect();
        let mut pairs = |list: &[(Cow<'static, str>, AttributeValue)]| -> Vec<String> {
            list.iter()
                .map(|(path, by)| format!("{} {}", bindings.path(path), bindings.value(by.clone())))
                .collect()
        };
        let (adds, takes) = (pairs(&self.adds), pairs(&self.takes));
        for (verb, list) in [
            ("SET", sets),
            ("REMOVE", removes),
            ("ADD", adds),
            ("DELETE", takes),
        ] {
            if !list.is_empty() {
                clauses.push(format!("{verb} {}", list.join(", ")));
            }
        }
        let condition = bindings.conditions(&self.conditions);
        (clauses.join(" "), condition, bindings)
    }
}
