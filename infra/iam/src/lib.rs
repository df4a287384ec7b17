//! Evaluates IAM policies: may this principal do this to that, and which statement says so?
//!
//! What a document may hold is checked when it is parsed: an operator, element or form that is not evaluated here is refused then,
//! never passed over. Where AWS's documentation leaves the outcome open (a variable without a value under a negated operator, a value
//! of the wrong type, several values where one is compared), the condition does not hold and so its statement does not apply.
//! For an Allow that refuses. For a Deny it means that no refusal seen here rests on a reading AWS may not share.

mod action;
mod arn;
mod comparison;
mod condition;
mod context;
mod date;
mod decision;
mod error;
mod evaluate;
mod expected;
mod network;
mod number;
mod operator;
mod pattern;
mod policy;
mod principal;
mod resource;
mod statement;
mod trust;
mod variables;

#[cfg(test)]
mod tests;

pub use context::Context;
pub use decision::{Decision, NearMiss, StatementName};
pub use error::PolicyError;
pub use evaluate::{Request, decide};
pub use policy::Policy;
pub use principal::Principal;
pub use trust::TrustPolicy;
