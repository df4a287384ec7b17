//! Wildcard matching.

/// One element of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    /// This character.
    Literal(char),
    /// `?`: any one character.
    One,
    /// `*`: any characters, also none.
    Run,
}

/// Whether the whole text matches. Work grows with the product of the lengths at worst.
pub(crate) fn matches(pattern: &[Token], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut position) = (0, 0);
    // Where to go on when a comparison fails: after the last `*`, which then swallows one character more.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        match (pattern.get(at), text.get(position)) {
            (Some(Token::Run), _) => {
                at += 1;
                retry = Some((at, position));
                continue;
            }
            (Some(Token::One), Some(_)) => {
                at += 1;
                position += 1;
                continue;
            }
            (Some(Token::Literal(expected)), Some(actual)) if expected == actual => {
                at += 1;
                position += 1;
                continue;
            }
            (None, None) => return true,
            _ => {}
        }
        match retry {
            Some((after_run, swallowed)) if swallowed < text.len() => {
                retry = Some((after_run, swallowed + 1));
                at = after_run;
                position = swallowed + 1;
            }
            _ => return false,
        }
    }
}

/// The pattern as one would write it: a literal that would read as a wildcard stands in braces.
pub(crate) fn written(pattern: &[Token]) -> String {
    let mut text = String::new();
    for token in pattern {
        match token {
            Token::Literal(wildcard @ ('*' | '?')) => {
                text.push_str("${");
                text.push(*wildcard);
                text.push('}');
            }
            Token::Literal(character) => text.push(*character),
            Token::One => text.push('?'),
            Token::Run => text.push('*'),
        }
    }
    text
}

/// The literal characters of a pattern that has no wildcards.
pub(crate) fn literal(pattern: &[Token]) -> String {
    pattern
        .iter()
        .map(|token| match token {
            Token::Literal(character) => *character,
            Token::One => '?',
            Token::Run => '*',
        })
        .collect()
}
