//! The template with its references resolved, as the tables and counts read it.

use crate::failure::{Failure, Result};
use std::collections::BTreeMap;
use template::{Environment, Resolved, Resource, Template};

/// A template resolved with its default parameters, and with all that a deployment can choose to have.
pub(crate) struct Stack {
    resolved: Resolved,
    pub(crate) parameters: usize,
    pub(crate) outputs: usize,
}

impl Stack {
    /// Reads and resolves the text of a template.
    pub(crate) fn parse(text: &str) -> Result<Stack> {
        let failed = |error: template::TemplateError| Failure(format!("template.yaml: {error}"));
        let template = Template::parse(text).map_err(failed)?;
        let mut chosen = BTreeMap::from([("VectorStore".to_owned(), "s3vectors".to_owned())]);
        chosen.retain(|name, _| template.parameters().any(|(declared, _)| declared == name));
        let resolved = template.resolve(&chosen, &environment()).map_err(failed)?;
        Ok(Stack {
            parameters: template.parameters().count(),
            outputs: resolved.outputs.len(),
            resolved,
        })
    }

    /// Every resource, in order of the logical ids.
    pub(crate) fn resources(&self) -> impl Iterator<Item = &Resource> {
        self.resolved.resources.values()
    }
}

fn environment() -> Environment {
    Environment::default()
}
