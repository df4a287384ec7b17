//! Actions: `service:Name`, which ignore case and may hold wildcards.

use crate::pattern::{self, Token};
use serde_json::Value;

/// A statement's Action or NotAction element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Actions {
    negated: bool,
    patterns: Vec<Vec<Token>>,
}

impl Actions {
    pub(crate) fn parse(element: &Value, negated: bool) -> Result<Self, String> {
        let texts = texts(element)?;
        let patterns = texts.into_iter().map(parse_one).collect::<Result<_, _>>()?;
        Ok(Self { negated, patterns })
    }

    pub(crate) fn matches(&self, action: &str) -> bool {
        let action = action.to_ascii_lowercase();
        self.patterns
            .iter()
            .any(|pattern| pattern::matches(pattern, &action))
            != self.negated
    }
}

/// One text or a list of at least one.
pub(crate) fn texts(element: &Value) -> Result<Vec<&str>, String> {
    let items = match element {
        Value::Array(items) => items.as_slice(),
        single => std::slice::from_ref(single),
    };
    if items.is_empty() {
        return Err("has no values".to_owned());
    }
    items
        .iter()
        .map(|item| item.as_str().ok_or_else(|| format!("{item} is not text")))
        .collect()
}

fn parse_one(text: &str) -> Result<Vec<Token>, String> {
    let name_character =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '*' | '?');
    let sound = match text.split_once(':') {
        // AWS wants the service in full.
        Some((service, name)) => {
            !service.is_empty()
                && service
                    .chars()
                    .all(|character| character.is_ascii_alphanumeric() || character == '-')
                && !name.is_empty()
                && name.chars().all(name_character)
        }
        None => text == "*",
    };
    if !sound {
        return Err(format!("{text:?} is not an action (service:Name)"));
    }
    let token = |character: char| match character {
        '*' => Token::Run,
        '?' => Token::One,
        other => Token::Literal(other.to_ascii_lowercase()),
    };
    Ok(text.chars().map(token).collect())
}
