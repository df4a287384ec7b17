//! What keeps the gateway from starting.

/// A template or configuration the gateway will not serve. Its text is one line.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// A role uses something that is not evaluated here, so evaluating the rest would give a false answer.
    #[error("role {role}: {detail}")]
    Role {
        /// The role's logical id.
        role: String,
        /// What is wrong, with the statement where there is one.
        detail: String,
    },
    /// A table cannot be made as the template describes it.
    #[error("table {table}: {detail}")]
    Table {
        /// The table's logical id.
        table: String,
        /// What is wrong.
        detail: String,
    },
    /// Another resource is missing something the gateway needs.
    #[error("{resource}: {detail}")]
    Resource {
        /// The resource's logical id.
        resource: String,
        /// What is wrong.
        detail: String,
    },
    /// The store could not be opened or used.
    #[error("the store failed: {0}")]
    Store(String),
    /// There is no such role.
    #[error("the template has no role named {0}")]
    NoSuchRole(String),
    /// Credentials were asked for that the role's trust policy does not give.
    #[error("the credentials are refused: {0}")]
    Refused(String),
    /// The system has no randomness to give.
    #[error(transparent)]
    Random(#[from] crate::random::RandomFailed),
}
