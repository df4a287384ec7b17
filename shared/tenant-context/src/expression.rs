//! Conditions and updates, rendered to DynamoDB expressions with every name and value bound.
//!
//! A call site names attributes and values; it never writes expression text, so no input can become a part of one.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::HashMap;

/// A value that could not be turned into an attribute; a fault of the program, not of the input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a value can't be stored: {0}")]
pub struct ValueError(String);

impl From<ValueError> for problem::Problem {
    fn from(error: ValueError) -> Self {
        crate::errors::internal("value", &error)
    }
}

pub(crate) fn value(value: impl Serialize) -> Result<AttributeValue, ValueError> {
    serde_dynamo::to_attribute_value(value)
        .map_err(|error: serde_dynamo::Error| ValueError(error.to_string()))
}

/// What must hold for a write to happen. Attribute paths are dotted (`fields.name`).
#[derive(Debug, Clone)]
pub enum Condition {
    /// The item exists.
    Exists,
    /// The item does not exist.
    Missing,
    /// The attribute is there.
    Has(&'static str),
    /// The attribute is not there.
    HasNot(&'static str),
    /// The attribute equals the value.
    Equals(&'static str, AttributeValueBox),
    /// The attribute is greater than the value.
    GreaterThan(&'static str, AttributeValueBox),
    /// The attribute equals the value, or is not there.
    AbsentOrEquals(&'static str, AttributeValueBox),
    /// The attribute is at most the value, or not there.
    AbsentOrAtMost(Cow<'static, str>, AttributeValueBox),
    /// The first attribute is less than the second.
    LessThanAttribute(&'static str, &'static str),
    /// The attribute, a set, has fewer members than the number; a missing one has none.
    SizeBelow(&'static str, usize),
    /// The attribute, a set of texts, has this member.
    HasMember(&'static str, AttributeValueBox),
    /// The attribute is one of the values.
    OneOf(&'static str, Vec<AttributeValueBox>),
    /// The field of a record is not there.
    FieldAbsent(&'static str),
    /// The field of a record is one of the values.
    FieldOneOf(&'static str, Vec<AttributeValueBox>),
}

/// An attribute value whose SDK type stays inside this crate.
#[derive(Debug, Clone)]
pub struct AttributeValueBox(pub(crate) AttributeValue);

impl From<&str> for AttributeValueBox {
    fn from(text: &str) -> Self {
        Self(AttributeValue::S(text.to_owned()))
    }
}

impl From<String> for AttributeValueBox {
    fn from(text: String) -> Self {
        Self(AttributeValue::S(text))
    }
}

impl From<i64> for AttributeValueBox {
    fn from(number: i64) -> Self {
        Self(AttributeValue::N(number.to_string()))
    }
}

impl Condition {
    /// The attribute equals the value.
    pub fn equals(path: &'static str, value: impl Into<AttributeValueBox>) -> Self {
        Self::Equals(path, value.into())
    }

    /// The attribute is greater than the value.
    pub fn greater_than(path: &'static str, value: impl Into<AttributeValueBox>) -> Self {
        Self::GreaterThan(path, value.into())
    }

    /// The attribute equals the value, or is not there.
    pub fn absent_or_equals(path: &'static str, value: impl Into<AttributeValueBox>) -> Self {
        Self::AbsentOrEquals(path, value.into())
    }

    /// The attribute is at most the value, or not there.
    pub fn absent_or_at_most(
        path: impl Into<Cow<'static, str>>,
        value: impl Into<AttributeValueBox>,
    ) -> Self {
        Self::AbsentOrAtMost(path.into(), value.into())
    }

    /// The attribute, a set, has fewer than `number` members.
    pub fn size_below(path: &'static str, number: usize) -> Self {
        Self::SizeBelow(path, number)
    }

    /// The attribute, a set of texts, has this member.
    pub fn has_member(path: &'static str, text: impl Into<AttributeValueBox>) -> Self {
        Self::HasMember(path, text.into())
    }

    /// The attribute is one of the texts.
    pub fn one_of(path: &'static str, values: &[&str]) -> Self {
        Self::OneOf(path, values.iter().map(|value| (*value).into()).collect())
    }

    /// The field of a record is one of the texts.
    pub fn field_one_of(field: &'static str, values: &[&str]) -> Self {
        Self::FieldOneOf(field, values.iter().map(|value| (*value).into()).collect())
    }
}

/// Names and values bound so far.
#[derive(Debug, Default)]
pub(crate) struct Bindings {
    pub(crate) names: HashMap<String, String>,
    pub(crate) values: HashMap<String, AttributeValue>,
}

impl Bindings {
    fn path(&mut self, path: &str) -> String {
        let aliases: Vec<String> = path.split('.').map(|segment| self.name(segment)).collect();
        aliases.join(".")
    }

    fn name(&mut self, segment: &str) -> String {
        if let Some((alias, _)) = self.names.iter().find(|(_, name)| *name == segment) {
            return alias.clone();
        }
        let alias = format!("#n{}", self.names.len());
        self.names.insert(alias.clone(), segment.to_owned());
        alias
    }

    pub(crate) fn value(&mut self, value: AttributeValue) -> String {
        let alias = format!(":v{}", self.values.len());
        self.values.insert(alias.clone(), value);
        alias
    }

    pub(crate) fn conditions(&mut self, conditions: &[Condition]) -> Option<String> {
        let parts: Vec<String> = conditions
            .iter()
            .map(|condition| self.condition(condition))
            .collect();
        (!parts.is_empty()).then(|| parts.join(" AND "))
    }

    fn condition(&mut self, condition: &Condition) -> String {
        match condition {
            Condition::Exists => format!("attribute_exists({})", self.path("pk")),
            Condition::Missing => format!("attribute_not_exists({})", self.path("pk")),
            Condition::Has(path) => format!("attribute_exists({})", self.path(path)),
            Condition::HasNot(path) => format!("attribute_not_exists({})", self.path(path)),
            Condition::Equals(path, value) => {
                format!("{} = {}", self.path(path), self.value(value.0.clone()))
            }
            Condition::GreaterThan(path, value) => {
                format!("{} > {}", self.path(path), self.value(value.0.clone()))
            }
            Condition::AbsentOrEquals(path, value) => {
                let path = self.path(path);
                let value = self.value(value.0.clone());
                format!("(attribute_not_exists({path}) OR {path} = {value})")
            }
            Condition::AbsentOrAtMost(path, value) => {
                let path = self.path(path);
                let value = self.value(value.0.clone());
                format!("(attribute_not_exists({path}) OR {path} <= {value})")
            }
            Condition::LessThanAttribute(left, right) => {
                format!("{} < {}", self.path(left), self.path(right))
            }
            Condition::SizeBelow(path, number) => {
                let path = self.path(path);
                let number = self.value(AttributeValue::N(number.to_string()));
                format!("(attribute_not_exists({path}) OR size({path}) < {number})")
            }
            Condition::HasMember(path, text) => {
                let path = self.path(path);
                format!("contains({path}, {})", self.value(text.0.clone()))
            }
            Condition::OneOf(path, values) => {
                let path = self.path(path);
                let values: Vec<String> = values
                    .iter()
                    .map(|value| self.value(value.0.clone()))
                    .collect();
                format!("{path} IN ({})", values.join(", "))
            }
            Condition::FieldAbsent(field) => {
                format!(
                    "attribute_not_exists({})",
                    self.path(&format!("fields.{field}"))
                )
            }
            Condition::FieldOneOf(field, values) => {
                let path = self.path(&format!("fields.{field}"));
                let values: Vec<String> = values
                    .iter()
                    .map(|value| self.value(value.0.clone()))
                    .collect();
                format!("{path} IN ({})", values.join(", "))
            }
        }
    }
}

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

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;

    #[test]
    fn every_name_and_value_is_bound() {
        let update = Update::new()
            .set("fields.name", "Robert'); DROP")
            .unwrap()
            .remove("fields.phone")
            .add("version", 1)
            .when(Condition::Exists)
            .when(Condition::equals("version", 3));
        let (expression, condition, bindings) = update.render();
        assert_eq!(expression, "SET #n0.#n1 = :v0 REMOVE #n0.#n2 ADD #n3 :v1");
        assert_eq!(condition.unwrap(), "attribute_exists(#n4) AND #n3 = :v2");
        assert_eq!(bindings.names["#n0"], "fields");
        assert_eq!(
            bindings.values[":v0"],
            AttributeValue::S("Robert'); DROP".to_owned())
        );
    }
}
