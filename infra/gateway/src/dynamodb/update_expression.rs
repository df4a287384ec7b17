//! What an update writes: which attributes, and to what, as far as the request itself tells.

use super::tokens::{Cursor, Placeholders, Token};
use serde_json::Value;

/// What an attribute becomes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Written<'a> {
    /// This value.
    Value(&'a Value),
    /// It goes.
    Removed,
    /// Something that depends on what is stored.
    Unknown,
}

/// One attribute that an update touches, by its top-level name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Assignment<'a> {
    pub(crate) attribute: &'a str,
    pub(crate) written: Written<'a>,
}

/// A parsed update expression.
#[derive(Debug, Default)]
pub(crate) struct Update<'a> {
    pub(crate) assignments: Vec<Assignment<'a>>,
    /// Attributes whose values are only read.
    pub(crate) read: Vec<&'a str>,
}

/// Reads an update expression.
pub(crate) fn parse<'a>(
    expression: &'a str,
    placeholders: Placeholders<'a>,
) -> Result<Update<'a>, String> {
    let mut parser = Parser {
        cursor: Cursor::over(expression).map_err(explain)?,
        placeholders,
        update: Update::default(),
    };
    parser.clauses().map_err(explain)?;
    Ok(parser.update)
}

fn explain(detail: String) -> String {
    format!("Invalid UpdateExpression: {detail}")
}

struct Parser<'a> {
    cursor: Cursor<'a>,
    placeholders: Placeholders<'a>,
    update: Update<'a>,
}

/// A document path: its first attribute, and whether that is all of it.
struct Path<'a> {
    attribute: &'a str,
    whole: bool,
}

const MAX_DEPTH: usize = 32;

impl<'a> Parser<'a> {
    fn clauses(&mut self) -> Result<(), String> {
        while let Some(token) = self.cursor.next() {
            let clause = ["SET", "REMOVE", "ADD", "DELETE"]
                .into_iter()
                .find(|keyword| token.is_keyword(keyword));
            let clause = clause.ok_or_else(|| format!("Syntax error; token: {token:?}"))?;
            loop {
                self.action(clause)?;
                if !self.cursor.take(",") {
                    break;
                }
            }
        }
        Ok(())
    }

    fn action(&mut self, clause: &str) -> Result<(), String> {
        let path = self.path()?;
        let written = match clause {
            "SET" => {
                self.cursor.expect("=")?;
                self.sum(path.attribute, 0)?
            }
            "REMOVE" => Written::Removed,
            _ => {
                let Some(Token::Placeholder(placeholder)) = self.cursor.next() else {
                    return Err(format!("{clause} needs a value"));
                };
                self.placeholders.value(placeholder)?;
                Written::Unknown
            }
        };
        // Writing inside an attribute leaves the rest of it as it was, which the request does not show.
        let written = if path.whole {
            written
        } else {
            Written::Unknown
        };
        self.update.assignments.push(Assignment {
            attribute: path.attribute,
            written,
        });
        Ok(())
    }

    fn path(&mut self) -> Result<Path<'a>, String> {
        let first = self
            .cursor
            .next()
            .ok_or("Syntax error; the expression ends early")?;
        let attribute = self.placeholders.attribute(first)?;
        let mut whole = true;
        loop {
            if self.cursor.take(".") {
                let next = self
                    .cursor
                    .next()
                    .ok_or("Syntax error; the expression ends early")?;
                self.placeholders.attribute(next)?;
            } else if self.cursor.take("[") {
                let Some(Token::Number(_)) = self.cursor.next() else {
                    return Err("Syntax error; a list position belongs in brackets".to_owned());
                };
                self.cursor.expect("]")?;
            } else {
                return Ok(Path { attribute, whole });
            }
            whole = false;
        }
    }

    fn sum(&mut self, target: &'a str, depth: usize) -> Result<Written<'a>, String> {
        let mut written = self.term(target, depth)?;
        while self.cursor.take("+") || self.cursor.take("-") {
            self.term(target, depth)?;
            written = Written::Unknown;
        }
        Ok(written)
    }

    fn term(&mut self, target: &'a str, depth: usize) -> Result<Written<'a>, String> {
        if depth > MAX_DEPTH {
            return Err("The expression is nested too deeply".to_owned());
        }
        if self.cursor.take("(") {
            let written = self.sum(target, depth + 1)?;
            self.cursor.expect(")")?;
            return Ok(written);
        }
        match (self.cursor.peek(), self.cursor.peek_second()) {
            (Some(Token::Placeholder(placeholder)), _) => {
                self.cursor.next();
                self.placeholders.value(placeholder).map(Written::Value)
            }
            (Some(Token::Word("if_not_exists")), Some(Token::Symbol("("))) => {
                self.if_not_exists(target, depth)
            }
            (Some(Token::Word(function)), Some(Token::Symbol("("))) => {
                if function != "list_append" {
                    return Err(format!("Invalid function name; function: {function}"));
                }
                self.cursor.next();
                self.cursor.expect("(")?;
                self.sum(target, depth + 1)?;
                self.cursor.expect(",")?;
                self.sum(target, depth + 1)?;
                self.cursor.expect(")")?;
                Ok(Written::Unknown)
            }
            _ => {
                let path = self.path()?;
                self.update.read.push(path.attribute);
                Ok(Written::Unknown)
            }
        }
    }

    /// `SET a = if_not_exists(a, :v)` either leaves `a` as it is or writes the value.
    fn if_not_exists(&mut self, target: &'a str, depth: usize) -> Result<Written<'a>, String> {
        self.cursor.next();
        self.cursor.expect("(")?;
        let path = self.path()?;
        self.update.read.push(path.attribute);
        self.cursor.expect(",")?;
        let otherwise = self.sum(target, depth + 1)?;
        self.cursor.expect(")")?;
        Ok(if path.whole && path.attribute == target {
            otherwise
        } else {
            Written::Unknown
        })
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
    use serde_json::{Map, json};

    fn members() -> Map<String, Value> {
        json!({"ExpressionAttributeNames": {"#g": "gsi1pk", "#r": "remove"}, "ExpressionAttributeValues": {":v": {"S": "x"}, ":n": {"N": "1"}}}).as_object().unwrap().clone()
    }

    #[test]
    fn tells_what_each_attribute_becomes() {
        let members = members();
        let value = json!({"S": "x"});
        let text = "SET gsi1pk = :v, #r = (:v), a = a + :n, b = if_not_exists(b, :v), c = if_not_exists(d, :v), e.f[0] = :v, g = list_append(h, :v) REMOVE i, j[1] ADD k :n DELETE l :v";
        let update = parse(text, Placeholders::of(&members)).unwrap();
        let found: Vec<(&str, Written<'_>)> = update
            .assignments
            .iter()
            .map(|assignment| (assignment.attribute, assignment.written.clone()))
            .collect();
        let is = Written::Value(&value);
        let unknown = Written::Unknown;
        assert_eq!(
            found,
            [
                ("gsi1pk", is.clone()),
                ("remove", is.clone()),
                ("a", unknown.clone()),
                ("b", is),
                ("c", unknown.clone()),
                ("e", unknown.clone()),
                ("g", unknown.clone()),
                ("i", Written::Removed),
                ("j", unknown.clone()),
                ("k", unknown.clone()),
                ("l", unknown)
            ]
        );
        assert_eq!(update.read, ["a", "b", "d", "h"]);
    }

    #[test]
    fn refuses_what_it_cannot_read() {
        let members = members();
        for text in [
            "gsi1pk = :v",
            "SET a",
            "SET a = :unknown",
            "SET #unknown = :v",
            "SET a = steal(b)",
            "SET a = :v,",
            "REMOVE",
            "SET a = :v) REMOVE b",
            "SET a[x] = :v",
            "ADD a b",
            "SET SET = :v",
        ] {
            assert!(parse(text, Placeholders::of(&members)).is_err(), "{text}");
        }
    }
}
