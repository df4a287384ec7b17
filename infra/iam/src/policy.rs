//! Policies of a role: what it may do to what.

use crate::error::PolicyError;
use crate::statement::{self, DocumentKind, Statement};
use serde_json::Value;

/// One parsed policy document and its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    pub(crate) name: String,
    pub(crate) statements: Vec<Statement>,
}

impl Policy {
    /// Reads a policy document. What can't be evaluated is refused here: unknown operators, elements and versions, statements without Sid.
    pub fn parse(name: &str, document: &Value) -> Result<Self, PolicyError> {
        let statements =
            statement::parse_document(&format!("policy {name}"), document, DocumentKind::Policy)?;
        Ok(Self {
            name: name.to_owned(),
            statements,
        })
    }

    /// The policy's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Every condition key the policy looks at, variables included, as it writes them (keys ignore case; some stand several times).
    /// Whoever makes the context can check here that it provides them all.
    pub fn condition_keys(&self) -> impl Iterator<Item = &str> {
        self.statements.iter().flat_map(Statement::keys)
    }
}
