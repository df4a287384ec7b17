//! Trust policies: who may take on a role.

use crate::context::Context;
use crate::decision::Decision;
use crate::error::PolicyError;
use crate::evaluate::weigh;
use crate::principal::Principal;
use crate::statement::{self, DocumentKind, Statement, Subject};
use serde_json::Value;

/// A role's trust policy.
#[derive(Debug, Clone, PartialEq)]
pub struct TrustPolicy {
    role: String,
    name: String,
    statements: Vec<Statement>,
}

impl TrustPolicy {
    /// Reads a role's `AssumeRolePolicyDocument`.
    pub fn parse(role: &str, document: &Value) -> Result<Self, PolicyError> {
        let statements = statement::parse_document(
            &format!("trust policy of {role}"),
            document,
            DocumentKind::Trust,
        )?;
        Ok(Self {
            role: role.to_owned(),
            name: format!("{role} trust"),
            statements,
        })
    }

    /// Whether a principal may do this (`sts:AssumeRole`, `sts:AssumeRoleWithWebIdentity`, `sts:TagSession`) with the role.
    pub fn decide(&self, principal: &Principal, action: &str, context: &Context) -> Decision {
        let applicable = self
            .statements
            .iter()
            .filter(|statement| statement.actions.matches(action))
            .filter(|statement| match &statement.subject {
                Subject::Principals(principals) => principals.includes(principal),
                Subject::Resources(_) => false,
            });
        weigh(
            applicable.map(|statement| (self.name.as_str(), statement)),
            action,
            &format!("role/{}", self.role),
            context,
        )
    }

    /// Every condition key the trust policy looks at, as it writes them.
    pub fn condition_keys(&self) -> impl Iterator<Item = &str> {
        self.statements.iter().flat_map(Statement::keys)
    }
}
