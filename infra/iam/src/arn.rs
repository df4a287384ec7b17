//! Patterns of ARNs: `arn:partition:service:region:account:resource`, compared part by part, so that a wildcard stays in its part.

use crate::context::Context;
use crate::pattern;
use crate::variables::{Syntax, Text, Unresolved};

const PARTS: usize = 6;

/// An ARN pattern. Only the last part may hold colons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ArnPattern {
    whole: Text,
    parts: Vec<Text>,
}

impl ArnPattern {
    pub(crate) fn parse(written: &str) -> Result<Self, String> {
        let whole = Text::parse(
            written,
            Syntax {
                wildcards: true,
                variables: true,
            },
        )?;
        let parts = whole.split_at_colons(PARTS);
        if parts.len() < PARTS
            || parts.first().map(Text::as_written) != Some("arn")
            || parts
                .first()
                .is_some_and(|part| part.has_wildcard() || part.has_variable())
        {
            return Err(format!(
                "{written:?} is not an ARN (arn:partition:service:region:account:resource)"
            ));
        }
        Ok(Self { whole, parts })
    }

    /// The part that names the service.
    pub(crate) fn service(&self) -> Option<&Text> {
        self.parts.get(2)
    }

    pub(crate) fn whole(&self) -> &Text {
        &self.whole
    }

    /// Whether any part but the last has a variable.
    pub(crate) fn has_early_variable(&self) -> bool {
        self.parts.iter().take(PARTS - 1).any(Text::has_variable)
    }

    pub(crate) fn matches<'a>(
        &'a self,
        arn: &str,
        context: &Context,
    ) -> Result<bool, Unresolved<'a>> {
        let mut all = true;
        let actual: Vec<&str> = arn.splitn(PARTS, ':').collect();
        for (index, part) in self.parts.iter().enumerate() {
            let tokens = part.resolve(context)?;
            all &= actual
                .get(index)
                .is_some_and(|actual| pattern::matches(&tokens, actual));
        }
        Ok(all)
    }
}

/// Whether a value of a request has the form of an ARN.
pub(crate) fn is_arn(text: &str) -> bool {
    text.starts_with("arn:") && text.splitn(PARTS, ':').count() == PARTS
}
