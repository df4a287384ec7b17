//! The one error of this crate: a place and what is wrong there, in one line.

use crate::place::Place;
use std::fmt::Display;
use std::path::Path;

/// Why a template can't be used. Its text is always one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TemplateError {
    message: String,
}

impl TemplateError {
    pub(crate) fn new(message: impl Display) -> Self {
        Self {
            message: one_line(&message.to_string()),
        }
    }

    pub(crate) fn at(place: &Place<'_>, detail: impl Display) -> Self {
        Self::new(format_args!("{place}: {detail}"))
    }

    pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        Self::new(format_args!("{} can't be read: {error}", path.display()))
    }
}

/// Messages quote the template, which may hold line breaks.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        // Unicode's own line breaks count too: a terminal or a log viewer may honour them.
        if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') {
            line.push(' ');
        } else {
            line.push(character);
        }
    }
    line.trim().to_owned()
}
