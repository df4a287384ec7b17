//! What is known about a request: condition keys and their values.

use std::collections::BTreeMap;

/// Condition keys, whose names ignore case (a tag's too, as in `aws:PrincipalTag/TenantId`), each with its values.
/// A key without values is the same as one that is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    values: BTreeMap<String, Vec<String>>,
}

impl Context {
    /// A context that knows nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives a key its values, in place of any it had.
    pub fn set(&mut self, key: &str, values: impl IntoIterator<Item = String>) {
        self.values
            .insert(key.to_lowercase(), values.into_iter().collect());
    }

    /// A key's values; none where it is absent.
    pub fn get(&self, key: &str) -> &[String] {
        self.values
            .get(&key.to_lowercase())
            .map(Vec::as_slice)
            .unwrap_or_default()
    }
}
