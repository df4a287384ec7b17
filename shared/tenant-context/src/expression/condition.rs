//! What must hold for a write to happen.

use super::Bindings;
use aws_sdk_dynamodb::types::AttributeValue;
use std::borrow::Cow;

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
    /// All of the first hold, or all of the second.
    Either(Vec<Condition>, Vec<Condition>),
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

impl Bindings {
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
            // AND binds closer than OR, and DynamoDB refuses parentheses that change nothing.
            Condition::Either(these, those) => {
                let alternatives = [these, those].map(|all| self.conditions(all));
                let alternatives: Vec<String> = alternatives.into_iter().flatten().collect();
                format!("({})", alternatives.join(" OR "))
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
