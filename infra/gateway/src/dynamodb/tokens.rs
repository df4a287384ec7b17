//! The words of DynamoDB's expressions. What does not belong to the language is refused, so that nothing here is read differently
//! from how the store reads it.

use serde_json::{Map, Value};

/// One word of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// A bare word: an attribute, a function or a keyword.
    Word(&'a str),
    /// A name placeholder, with its `#`.
    Alias(&'a str),
    /// A value placeholder, with its `:`.
    Placeholder(&'a str),
    /// A list position.
    Number(&'a str),
    /// Punctuation or an operator.
    Symbol(&'static str),
}

/// Longer symbols stand before their beginnings.
const SYMBOLS: [&str; 13] = [
    "<>", "<=", ">=", "=", "<", ">", "(", ")", "[", "]", ".", ",", "+",
];
/// The words that are never attribute names.
const KEYWORDS: [&str; 9] = [
    "AND", "OR", "NOT", "BETWEEN", "IN", "SET", "REMOVE", "ADD", "DELETE",
];

/// Splits an expression into its words.
pub(crate) fn tokenize(expression: &str) -> Result<Vec<Token<'_>>, String> {
    let mut tokens = Vec::new();
    let mut rest = expression;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
        let Some(first) = rest.chars().next() else {
            return Ok(tokens);
        };
        let (token, length) = match first {
            '#' | ':' => {
                let name = leading(rest.get(1..).unwrap_or_default(), is_name_character);
                let text = rest
                    .get(..name.len() + 1)
                    .filter(|_| !name.is_empty())
                    .ok_or_else(|| unreadable(rest))?;
                (
                    if first == '#' {
                        Token::Alias(text)
                    } else {
                        Token::Placeholder(text)
                    },
                    text.len(),
                )
            }
            '0'..='9' => {
                let digits = leading(rest, |c| c.is_ascii_digit());
                (Token::Number(digits), digits.len())
            }
            '-' => (Token::Symbol("-"), 1),
            c if c.is_ascii_alphabetic() || c == '_' => {
                let word = leading(rest, is_name_character);
                (Token::Word(word), word.len())
            }
            _ => {
                let symbol = SYMBOLS
                    .into_iter()
                    .find(|symbol| rest.starts_with(symbol))
                    .ok_or_else(|| unreadable(rest))?;
                (Token::Symbol(symbol), symbol.len())
            }
        };
        tokens.push(token);
        rest = rest.get(length..).unwrap_or_default();
    }
}

impl Token<'_> {
    /// Whether this is the given keyword, in any case.
    pub(crate) fn is_keyword(&self, keyword: &str) -> bool {
        matches!(self, Token::Word(word) if word.eq_ignore_ascii_case(keyword))
    }

    /// Whether this is any keyword.
    pub(crate) fn is_any_keyword(&self) -> bool {
        KEYWORDS.iter().any(|keyword| self.is_keyword(keyword))
    }
}

fn is_name_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn leading(text: &str, belongs: impl Fn(char) -> bool) -> &str {
    text.get(..text.find(|c| !belongs(c)).unwrap_or(text.len()))
        .unwrap_or_default()
}

fn unreadable(rest: &str) -> String {
    format!(
        "Syntax error; token: {:?}",
        rest.chars().take(8).collect::<String>()
    )
}

/// The placeholders that go with an expression.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Placeholders<'a> {
    names: Option<&'a Map<String, Value>>,
    values: Option<&'a Map<String, Value>>,
}

impl<'a> Placeholders<'a> {
    /// Those of an operation or of one element of a transaction.
    pub(crate) fn of(members: &'a Map<String, Value>) -> Self {
        let object = |name: &str| members.get(name).and_then(Value::as_object);
        Self {
            names: object("ExpressionAttributeNames"),
            values: object("ExpressionAttributeValues"),
        }
    }

    /// The attribute a word or alias stands for.
    pub(crate) fn attribute(&self, token: Token<'a>) -> Result<&'a str, String> {
        match token {
            Token::Word(word) if !token.is_any_keyword() => Ok(word),
            Token::Alias(alias) => self
                .names
                .and_then(|names| names.get(alias))
                .and_then(Value::as_str)
                .ok_or_else(|| format!("An expression attribute name used in the document path is not defined; attribute name: {alias}")),
            other => Err(format!("Syntax error; an attribute name belongs where {other:?} stands")),
        }
    }

    /// The attribute value a placeholder stands for.
    pub(crate) fn value(&self, placeholder: &str) -> Result<&'a Value, String> {
        self.values
            .and_then(|values| values.get(placeholder))
            .ok_or_else(|| format!("An expression attribute value used in expression is not defined; attribute value: {placeholder}"))
    }
}

/// A position in a list of words.
#[derive(Debug)]
pub(crate) struct Cursor<'a> {
    tokens: Vec<Token<'a>>,
    position: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn over(expression: &'a str) -> Result<Self, String> {
        Ok(Self {
            tokens: tokenize(expression)?,
            position: 0,
        })
    }

    pub(crate) fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.position).copied()
    }

    pub(crate) fn peek_second(&self) -> Option<Token<'a>> {
        self.tokens.get(self.position + 1).copied()
    }

    pub(crate) fn next(&mut self) -> Option<Token<'a>> {
        let token = self.peek();
        self.position += 1;
        token
    }

    /// Steps over a symbol, if it is next.
    pub(crate) fn take(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Symbol(next)) if next == symbol);
        self.position += usize::from(found);
        found
    }

    /// Steps over a symbol that must be next.
    pub(crate) fn expect(&mut self, symbol: &str) -> Result<(), String> {
        if self.take(symbol) {
            Ok(())
        } else {
            Err(format!(
                "Syntax error; expected {symbol:?}, found {:?}",
                self.peek()
            ))
        }
    }

    /// Steps over a keyword, if it is next.
    pub(crate) fn take_keyword(&mut self, keyword: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is_keyword(keyword));
        self.position += usize::from(found);
        found
    }
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
    fn splits_expressions() {
        use Token::{Alias, Number, Placeholder, Symbol, Word};
        let tokens = tokenize("#a.b[12]<>:v_1 AND(x>=:y)").unwrap();
        assert_eq!(
            tokens,
            [
                Alias("#a"),
                Symbol("."),
                Word("b"),
                Symbol("["),
                Number("12"),
                Symbol("]"),
                Symbol("<>"),
                Placeholder(":v_1"),
                Word("AND"),
                Symbol("("),
                Word("x"),
                Symbol(">="),
                Placeholder(":y"),
                Symbol(")")
            ]
        );
    }

    #[test]
    fn refuses_what_is_not_in_the_language() {
        for text in [
            "pk = 'x'",
            "pk = \"x\"",
            "# = :v",
            ": = pk",
            "pk\u{a0}= :v",
            "é = :v",
            "pk = :v; DROP",
            "{pk}",
        ] {
            assert!(tokenize(text).is_err(), "{text}");
        }
    }
}
