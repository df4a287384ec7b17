//! Conditions and updates, rendered to DynamoDB expressions with every name and value bound.
//!
//! A call site names attributes and values; it never writes expression text, so no input can become a part of one.

mod condition;
mod update;

pub use condition::{AttributeValueBox, Condition};
pub use update::Update;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
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

    #[test]
    fn of_two_alternatives_each_has_conditions_of_its_own() {
        let room = |most| Condition::absent_or_at_most("count", most);
        let larger = vec![Condition::equals("place", "large"), room(9)];
        let update = Update::new()
            .add("count", 1)
            .when(Condition::Exists)
            .when(Condition::Either(vec![room(2)], larger));
        let (_, condition, bindings) = update.render();
        assert_eq!(
            condition.unwrap(),
            "attribute_exists(#n1) AND ((attribute_not_exists(#n0) OR #n0 <= :v1) OR \
             #n2 = :v2 AND (attribute_not_exists(#n0) OR #n0 <= :v3))"
        );
        let number = |alias: &str| bindings.values[alias].as_n().unwrap().clone();
        assert_eq!([":v1", ":v3"].map(number), ["2", "9"]);
    }
}
