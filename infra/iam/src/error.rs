//! Why a policy document is refused.

use std::fmt::Display;

/// A policy document that can't be evaluated. Its text is one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PolicyError {
    message: String,
}

impl PolicyError {
    pub(crate) fn new(document: impl Display, detail: impl Display) -> Self {
        let message = format!("{document}: {detail}");
        // Details quote the document, which may hold line breaks.
        Self {
            message: message
                .chars()
                .map(|character| {
                    if character.is_control() {
                        ' '
                    } else {
                        character
                    }
                })
                .collect(),
        }
    }
}
