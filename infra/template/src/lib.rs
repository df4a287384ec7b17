//! Reads template.yaml, the template that is deployed, for the tools that work with it on one machine.
//!
//! Short tags become the long form of the intrinsic functions, and [`Template::resolve`] replaces those by what they stand for
//! locally: a physical name is a logical id, an ARN is made of the [`Environment`]'s account and region. What is not understood
//! is an error that names its place in one line, never a guess: policies are read from here.

mod conditions;
mod document;
mod environment;
mod error;
mod globals;
mod intrinsics;
mod parameters;
mod physical;
mod place;
mod resolved;
mod scope;
mod structure;
mod substitution;

#[cfg(test)]
mod tests;

pub use environment::Environment;
pub use error::TemplateError;
pub use physical::vector_bucket_name;
pub use resolved::{Resolved, Resource};

use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::Path;

/// A template whose form has been checked; nothing in it is resolved yet.
#[derive(Debug, Clone)]
pub struct Template {
    document: Value,
}

impl Template {
    /// Reads a template file.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, TemplateError> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path)
            .map_err(|error| TemplateError::unreadable(path, &error))?;
        Self::parse(&text)
    }

    /// Reads a template's text.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let document = document::from_yaml(text)?;
        structure::check(&document)?;
        Ok(Self { document })
    }

    /// The whole document with intrinsic functions in their long form, unresolved.
    pub fn raw(&self) -> &Value {
        &self.document
    }

    /// The resources by logical id, unresolved, in the template's order.
    pub fn resources(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.section("Resources")
    }

    /// The declarations of the parameters by name, in the template's order.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.section("Parameters")
    }

    /// Replaces every reference and function by its value. Parameters that are not given take their defaults.
    pub fn resolve(
        &self,
        parameters: &BTreeMap<String, String>,
        environment: &Environment,
    ) -> Result<Resolved, TemplateError> {
        resolved::resolve(&self.document, parameters, environment)
    }

    fn section(&self, name: &str) -> impl Iterator<Item = (&str, &Value)> {
        entries(&self.document, name).map(|(key, value)| (key.as_str(), value))
    }
}

/// The entries of a mapping inside a mapping; none where it is absent.
fn entries<'a>(
    value: &'a Value,
    key: &str,
) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
    value
        .get(key)
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Map::iter)
}
