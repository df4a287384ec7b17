//! A tenant's own style sheet: what it may hold, so that it dresses the log-in page and does nothing else.
//!
//! The list is of what is let through. Nothing in it loads anything (`url()`, `@import`, fonts), runs anything
//! (`expression()`, bindings), moves or hides what stands on the page (`position`, `display`, `content`), or reads what
//! somebody types (selectors of attributes). A style sheet that holds anything else is refused with the place, and not
//! repaired: what is stored is what was written.

use cssparser::{BasicParseErrorKind, ParseError, ParseErrorKind, Parser, SourceLocation, Token};

/// Bytes of a style sheet.
const BYTES: usize = 16 * 1024;
/// How deep brackets may stand in each other.
const DEPTH: usize = 8;

/// The properties.
const PROPERTIES: &[&str] = &[
    "accent-color",
    "background",
    "background-color",
    "border",
    "border-bottom",
    "border-bottom-color",
    "border-color",
    "border-left",
    "border-left-color",
    "border-radius",
    "border-right",
    "border-right-color",
    "border-style",
    "border-top",
    "border-top-color",
    "border-width",
    "box-shadow",
    "caret-color",
    "color",
    "color-scheme",
    "font",
    "font-family",
    "font-size",
    "font-style",
    "font-variant",
    "font-weight",
    "letter-spacing",
    "line-height",
    "outline",
    "outline-color",
    "outline-offset",
    "outline-style",
    "outline-width",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "text-align",
    "text-decoration",
    "text-decoration-color",
    "text-shadow",
    "text-transform",
    "word-spacing",
];
/// The functions in values.
const FUNCTIONS: &[&str] = &[
    "rgb",
    "rgba",
    "hsl",
    "hsla",
    "var",
    "calc",
    "min",
    "max",
    "clamp",
    "linear-gradient",
    "radial-gradient",
];
/// The pseudo-classes.
const PSEUDO_CLASSES: &[&str] = &[
    "active",
    "checked",
    "disabled",
    "enabled",
    "first-child",
    "focus",
    "focus-visible",
    "focus-within",
    "hover",
    "invalid",
    "last-child",
    "root",
    "visited",
];
/// What `@media` may ask.
const MEDIA: &[&str] = &[
    "and",
    "not",
    "only",
    "screen",
    "prefers-color-scheme",
    "prefers-contrast",
    "prefers-reduced-motion",
    "dark",
    "light",
    "more",
    "less",
    "reduce",
    "no-preference",
    "min-width",
    "max-width",
    "orientation",
    "portrait",
    "landscape",
];

/// What is wrong with a style sheet, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Fault {
    at: SourceLocation,
    detail: String,
}

/// Whether a style sheet may be used.
///
/// # Errors
/// What is wrong with it and on which line, as a sentence.
pub(crate) fn check(text: &str) -> Result<(), String> {
    if text.len() > BYTES {
        return Err(format!("is longer than {BYTES} bytes"));
    }
    // `<` could end the element that it will stand in, a backslash spells names in ways that not every reader of CSS
    // agrees on, and what can't be seen is not meant to be seen.
    let odd =
        |c: char| c == '<' || c == '\\' || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    if let Some((line, text)) = text
        .lines()
        .enumerate()
        .find(|(_, text)| text.contains(odd))
    {
        let found = text.chars().find(|c| odd(*c)).unwrap_or_default();
        return Err(format!("line {}: holds {found:?}", line + 1));
    }
    let judge = |text: &str| rules(&mut Parser::new(text), 0);
    judge(text).map_err(|fault| format!("line {}: {}", fault.at.line + 1, fault.detail))?;
    // Where all is closed, one bracket more is one too many.
    if judge(&format!("{text}}}")).is_ok() {
        let lines = text.lines().count();
        return Err(format!(
            "line {lines}: a bracket, text or comment is not closed"
        ));
    }
    Ok(())
}

/// A list of rules: `@media`, or selectors with their block.
fn rules(parser: &mut Parser<'_>, depth: usize) -> Result<(), Fault> {
    loop {
        parser.skip_whitespace();
        let at = parser.current_source_location();
        let state = parser.state();
        match parser.next().cloned() {
            Err(_) => return Ok(()),
            Ok(Token::AtKeyword(name)) if name.eq_ignore_ascii_case("media") && depth == 0 => {
                until_block(parser, at, media)?;
                nested(parser, |inner| rules(inner, 1))?;
            }
            Ok(Token::AtKeyword(name)) => {
                return Err(fault(at, format!("@{name} is not possible")));
            }
            Ok(_) => {
                parser.reset(&state);
                until_block(parser, at, selector)?;
                nested(parser, declarations)?;
            }
        }
    }
}

/// What stands before a block, token by token.
fn until_block(
    parser: &mut Parser<'_>,
    begin: SourceLocation,
    judge: fn(&mut Parser<'_>, &Token<'_>, SourceLocation) -> Result<(), Fault>,
) -> Result<(), Fault> {
    loop {
        let at = parser.current_source_location();
        match parser.next_including_whitespace().cloned() {
            Err(_) => return Err(fault(begin, "a rule has no { … }")),
            Ok(Token::CurlyBracketBlock) => return Ok(()),
            Ok(token) => judge(parser, &token, at)?,
        }
    }
}

fn selector(parser: &mut Parser<'_>, token: &Token<'_>, at: SourceLocation) -> Result<(), Fault> {
    match token {
        Token::WhiteSpace(_) | Token::Ident(_) | Token::IDHash(_) | Token::Comma => Ok(()),
        Token::Delim('.' | '>' | '+' | '~' | '*') => Ok(()),
        Token::Colon => match parser.next_including_whitespace() {
            Ok(Token::Ident(name)) if is_one_of(PSEUDO_CLASSES, name) => Ok(()),
            _ => Err(fault(
                at,
                "only plain pseudo-classes such as :hover are possible",
            )),
        },
        _ => Err(fault(
            at,
            "a selector may name elements, classes and ids, and no attributes",
        )),
    }
}

fn media(parser: &mut Parser<'_>, token: &Token<'_>, at: SourceLocation) -> Result<(), Fault> {
    match token {
        Token::WhiteSpace(_) | Token::Comma | Token::Colon | Token::Dimension { .. } => Ok(()),
        Token::Ident(word) if is_one_of(MEDIA, word) => Ok(()),
        Token::ParenthesisBlock => nested(parser, |inner| {
            each(inner, |inner, token, at| match token {
                Token::ParenthesisBlock => Err(fault(at, "@media may not nest brackets")),
                token => media(inner, token, at),
            })
        }),
        _ => Err(fault(
            at,
            "@media may ask for colour scheme, width and the like, no more",
        )),
    }
}

/// The declarations of a block.
fn declarations(parser: &mut Parser<'_>) -> Result<(), Fault> {
    loop {
        parser.skip_whitespace();
        let at = parser.current_source_location();
        match parser.next().cloned() {
            Err(_) => return Ok(()),
            Ok(Token::Semicolon) => {}
            Ok(Token::Ident(name)) => {
                if !name.starts_with("--") && !is_one_of(PROPERTIES, &name) {
                    return Err(fault(at, format!("the property {name} is not possible")));
                }
                if !matches!(parser.next(), Ok(Token::Colon)) {
                    return Err(fault(at, format!("{name} has no : behind it")));
                }
                values(parser)?;
            }
            Ok(_) => return Err(fault(at, "a block may hold properties and nothing else")),
        }
    }
}

/// The values of a property, up to its semicolon.
fn values(parser: &mut Parser<'_>) -> Result<(), Fault> {
    loop {
        parser.skip_whitespace();
        let at = parser.current_source_location();
        match parser.next().cloned() {
            Err(_) | Ok(Token::Semicolon) => return Ok(()),
            Ok(token) => value(parser, &token, at, 0)?,
        }
    }
}

fn value(
    parser: &mut Parser<'_>,
    token: &Token<'_>,
    at: SourceLocation,
    depth: usize,
) -> Result<(), Fault> {
    match token {
        Token::Ident(_)
        | Token::Hash(_)
        | Token::IDHash(_)
        | Token::QuotedString(_)
        | Token::Number { .. }
        | Token::Percentage { .. }
        | Token::Dimension { .. }
        | Token::Comma
        | Token::Delim('/' | '+' | '-' | '*' | '!') => Ok(()),
        Token::Function(name) if !is_one_of(FUNCTIONS, name) => {
            Err(fault(at, format!("{name}() is not possible")))
        }
        Token::Function(_) | Token::ParenthesisBlock if depth < DEPTH => nested(parser, |inner| {
            each(inner, |inner, token, at| value(inner, token, at, depth + 1))
        }),
        Token::UnquotedUrl(_) | Token::BadUrl(_) => Err(fault(at, "url() is not possible")),
        _ => Err(fault(
            at,
            "a value may hold words, numbers, colours and texts",
        )),
    }
}

/// Every token of a block.
fn each(
    parser: &mut Parser<'_>,
    mut judge: impl FnMut(&mut Parser<'_>, &Token<'_>, SourceLocation) -> Result<(), Fault>,
) -> Result<(), Fault> {
    loop {
        parser.skip_whitespace();
        let at = parser.current_source_location();
        match parser.next().cloned() {
            Err(_) => return Ok(()),
            Ok(token) => judge(parser, &token, at)?,
        }
    }
}

/// The block that has just begun.
fn nested(
    parser: &mut Parser<'_>,
    judge: impl FnOnce(&mut Parser<'_>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let at = parser.current_source_location();
    let judged = parser
        .parse_nested_block(|inner| judge(inner).map_err(ParseError::<Fault>::custom::<Fault>));
    judged.map_err(|error| match error.kind {
        ParseErrorKind::Custom(fault) => fault,
        ParseErrorKind::Basic(BasicParseErrorKind::EndOfInput) => {
            fault(at, "a bracket is not closed")
        }
        ParseErrorKind::Basic(_) => fault(at, "can't be read"),
    })
}

fn is_one_of(list: &[&str], word: &str) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(word))
}

fn fault(at: SourceLocation, detail: impl Into<String>) -> Fault {
    Fault {
        at,
        detail: detail.into(),
    }
}

#[cfg(test)]
#[path = "css_tests.rs"]
mod tests;
