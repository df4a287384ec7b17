//! Session tags, within AWS's rules for them.

use super::validation;
use crate::api_error::ApiError;
use iam::Context;
use std::collections::BTreeMap;

/// AWS's limit for one session.
const MAX_TAGS: usize = 50;

/// Session tags, and which of them stay when a further role is assumed.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct SessionTags {
    pub(crate) values: BTreeMap<String, String>,
    pub(crate) transitive: Vec<String>,
}

impl SessionTags {
    /// Adds a tag, within AWS's rules for keys and values. Keys that differ only in case are one key.
    pub(crate) fn add(&mut self, key: &str, value: &str) -> Result<(), ApiError> {
        let fits = |text: &str, longest: usize| {
            text.chars().count() <= longest && text.chars().all(is_tag_character)
        };
        if key.is_empty() || !fits(key, 128) || key.to_ascii_lowercase().starts_with("aws:") {
            return Err(validation(format!(
                "the tag key {key:?} does not fit AWS's rules"
            )));
        }
        if !fits(value, 256) {
            return Err(validation(format!(
                "the value of the tag {key} does not fit AWS's rules"
            )));
        }
        if self
            .values
            .keys()
            .any(|known| known.eq_ignore_ascii_case(key))
        {
            return Err(ApiError::client(
                "InvalidParameterValue",
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            ));
        }
        self.values.insert(key.to_owned(), value.to_owned());
        if self.values.len() > MAX_TAGS {
            Err(validation(format!("there are more than {MAX_TAGS} tags")))
        } else {
            Ok(())
        }
    }

    /// Puts the tags where conditions look for them.
    pub(crate) fn set_in(&self, context: &mut Context) {
        for (key, value) in &self.values {
            context.set(&format!("aws:RequestTag/{key}"), [value.clone()]);
        }
        if !self.values.is_empty() {
            context.set("aws:TagKeys", self.values.keys().cloned());
        }
        if !self.transitive.is_empty() {
            context.set("sts:TransitiveTagKeys", self.transitive.iter().cloned());
        }
    }
}

/// Letters, spaces and digits of any script, and `_.:/=+-@`.
fn is_tag_character(c: char) -> bool {
    c.is_alphanumeric() || "_.:/=+-@".contains(c) || (c.is_whitespace() && !c.is_control())
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;

    #[test]
    fn tags_keep_to_awss_rules() {
        let add = |key: &str, value: &str| SessionTags::default().add(key, value);
        for (key, value) in [("TenantId", "0198-abc"), ("a b", "é ü_.:/=+-@"), ("k", "")] {
            assert!(add(key, value).is_ok(), "{key}={value}");
        }
        let long = "x".repeat(257);
        for (key, value) in [
            ("", "v"),
            ("aws:x", "v"),
            ("k", "a#b"),
            ("k", "a*"),
            ("k", "a?"),
            ("k", "${x}"),
            ("k", "a\nb"),
            ("k", long.as_str()),
            (long.as_str(), "v"),
        ] {
            assert!(add(key, value).is_err(), "{key}={value}");
        }
        let mut tags = SessionTags::default();
        tags.add("TenantId", "a").unwrap();
        assert!(tags.add("tenantid", "b").is_err());
    }
}
