//! Policy text with variables: `${key}`, `${key, 'default'}`, and `${*}`, `${?}`, `${$}` for the characters themselves.
//!
//! A variable takes the value of a condition key that has exactly one; AWS allows no key with several values here. The value is
//! literal text: a `*` in a tag is a star, not a wildcard.

use crate::context::Context;
use crate::pattern::Token;

/// What a text may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Syntax {
    pub(crate) wildcards: bool,
    pub(crate) variables: bool,
}

/// A text of a policy, its variables not yet replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    written: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Token(Token),
    Variable {
        key: String,
        default: Option<String>,
    },
}

/// The key of a variable that has no value in this request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unresolved<'a>(pub(crate) &'a str);

impl Text {
    pub(crate) fn parse(written: &str, syntax: Syntax) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = written;
        while let Some(character) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix("${") {
                if !syntax.variables {
                    return Err(format!(
                        "{written:?} has a variable, which can't stand here"
                    ));
                }
                let (variable, after) = after
                    .split_once('}')
                    .ok_or_else(|| format!("{written:?} has a variable that is not closed"))?;
                parts.push(variable_part(variable).ok_or_else(|| {
                    format!("{written:?} has a variable that can't be read: ${{{variable}}}")
                })?);
                rest = after;
                continue;
            }
            parts.push(Part::Token(match character {
                '*' if syntax.wildcards => Token::Run,
                '?' if syntax.wildcards => Token::One,
                other => Token::Literal(other),
            }));
            rest = rest.get(character.len_utf8()..).unwrap_or_default();
        }
        Ok(Self {
            written: written.to_owned(),
            parts,
        })
    }

    /// The text as the policy has it.
    pub(crate) fn as_written(&self) -> &str {
        &self.written
    }

    /// The pattern for this request.
    pub(crate) fn resolve<'a>(&'a self, context: &Context) -> Result<Vec<Token>, Unresolved<'a>> {
        let mut tokens = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            match part {
                Part::Token(token) => tokens.push(*token),
                Part::Variable { key, default } => {
                    let value = match (context.get(key), default) {
                        ([single], _) => single,
                        ([], Some(default)) => default,
                        _ => return Err(Unresolved(key)),
                    };
                    tokens.extend(value.chars().map(Token::Literal));
                }
            }
        }
        Ok(tokens)
    }

    /// The condition keys its variables name.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Variable { key, .. } => Some(key.as_str()),
            Part::Token(_) => None,
        })
    }

    pub(crate) fn has_variable(&self) -> bool {
        self.keys().next().is_some()
    }

    pub(crate) fn has_wildcard(&self) -> bool {
        self.parts
            .iter()
            .any(|part| matches!(part, Part::Token(Token::One | Token::Run)))
    }

    /// The parts between colons, the last holding the remaining colons. A colon in a variable or its value separates nothing.
    pub(crate) fn split_at_colons(&self, count: usize) -> Vec<Text> {
        let mut segments = vec![Text {
            written: String::new(),
            parts: Vec::new(),
        }];
        for part in &self.parts {
            if *part == Part::Token(Token::Literal(':')) && segments.len() < count {
                segments.push(Text {
                    written: String::new(),
                    parts: Vec::new(),
                });
            } else if let Some(segment) = segments.last_mut() {
                segment.parts.push(part.clone());
                if let Part::Token(Token::Literal(character)) = part {
                    segment.written.push(*character);
                }
            }
        }
        segments
    }
}

fn variable_part(variable: &str) -> Option<Part> {
    match variable {
        "*" => return Some(Part::Token(Token::Literal('*'))),
        "?" => return Some(Part::Token(Token::Literal('?'))),
        "$" => return Some(Part::Token(Token::Literal('$'))),
        _ => {}
    }
    let (key, default) = match variable.split_once(',') {
        Some((key, default)) => (
            key,
            Some(default.trim().strip_prefix('\'')?.strip_suffix('\'')?),
        ),
        None => (variable, None),
    };
    let sound =
        key.contains(':') && key.trim() == key && !key.contains(['$', '{', '\'', '"', '*', '?']);
    sound.then(|| Part::Variable {
        key: key.to_owned(),
        default: default.map(str::to_owned),
    })
}
