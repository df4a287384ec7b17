//! `FilterCriteria`: which records a function is called for, in the pattern language of event filtering.

use serde_json::{Map, Value};

/// Any of these must fit; without one, everything does.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    patterns: Vec<Node>,
}

/// What an event, or a part of it, must be like.
#[derive(Debug)]
enum Node {
    /// Every member.
    Members(Vec<(String, Node)>),
    /// Any of these members' sets.
    AnyOf(Vec<Node>),
    /// Any of these tests.
    Leaf(Vec<Test>),
}

#[derive(Debug)]
enum Test {
    Equals(Value),
    IgnoringCase(String),
    Prefix(String),
    Suffix(String),
    Exists(bool),
    AnythingBut(Vec<Test>),
    /// Each relation with its number.
    Numeric(Vec<(String, f64)>),
}

impl Filter {
    /// Reads `FilterCriteria`. A pattern that is not understood is refused: it would let through what it should not, or hold up everything.
    pub(crate) fn read(criteria: Option<&Value>) -> Result<Self, String> {
        let Some(criteria) = criteria.filter(|criteria| !criteria.is_null()) else {
            return Ok(Self::default());
        };
        let filters = criteria.get("Filters").and_then(Value::as_array);
        let filters = filters
            .filter(|filters| !filters.is_empty())
            .ok_or("FilterCriteria needs Filters")?;
        let patterns = filters.iter().map(|filter| {
            let text = filter.get("Pattern").and_then(Value::as_str);
            let text = text.ok_or("a filter's Pattern must be JSON as text")?;
            let pattern: Value =
                serde_json::from_str(text).map_err(|error| format!("Pattern: {error}"))?;
            read_node(&pattern).map_err(|detail| format!("Pattern: {detail}"))
        });
        Ok(Self {
            patterns: patterns.collect::<Result<_, String>>()?,
        })
    }

    pub(crate) fn fits(&self, record: &Value) -> bool {
        self.patterns.is_empty()
            || self
                .patterns
                .iter()
                .any(|pattern| pattern.fits(Some(record)))
    }

    /// Whether none of these fits.
    pub(crate) fn fits_none(&self, records: &[Value]) -> bool {
        !records.iter().any(|record| self.fits(record))
    }
}

fn read_node(pattern: &Value) -> Result<Node, String> {
    match pattern {
        Value::Object(members) => read_members(members),
        Value::Array(tests) if !tests.is_empty() => tests
            .iter()
            .map(read_test)
            .collect::<Result<_, _>>()
            .map(Node::Leaf),
        _ => Err("a value must be a list of what it may be".to_owned()),
    }
}

fn read_members(members: &Map<String, Value>) -> Result<Node, String> {
    if members.is_empty() {
        return Err("an empty object says nothing".to_owned());
    }
    let mut read = Vec::new();
    for (name, pattern) in members {
        if name == "$or" {
            let choices = pattern.as_array().ok_or("$or needs a list")?;
            let choices = choices.iter().map(read_node).collect::<Result<_, _>>()?;
            read.push((String::new(), Node::AnyOf(choices)));
        } else {
            read.push((name.clone(), read_node(pattern)?));
        }
    }
    Ok(Node::Members(read))
}

fn read_test(test: &Value) -> Result<Test, String> {
    let Value::Object(members) = test else {
        return match test {
            Value::Array(_) => Err("a list may not stand in a list".to_owned()),
            plain => Ok(Test::Equals(plain.clone())),
        };
    };
    let (Some((name, value)), 1) = (members.iter().next(), members.len()) else {
        return Err("a test is an object with one member".to_owned());
    };
    let text = || {
        let text = value.as_str().map(str::to_owned);
        text.ok_or_else(|| format!("{name} needs text"))
    };
    match name.as_str() {
        "prefix" => text().map(Test::Prefix),
        "suffix" => text().map(Test::Suffix),
        "equals-ignore-case" => text().map(Test::IgnoringCase),
        "exists" => value
            .as_bool()
            .map(Test::Exists)
            .ok_or_else(|| "exists needs true or false".to_owned()),
        "anything-but" => {
            let tests = match value {
                Value::Array(tests) => tests.iter().map(read_test).collect::<Result<_, _>>()?,
                single => vec![read_test(single)?],
            };
            Ok(Test::AnythingBut(tests))
        }
        "numeric" => numeric(value),
        other => Err(format!("the test {other} is not known here")),
    }
}

fn numeric(value: &Value) -> Result<Test, String> {
    let parts = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let relations: Option<Vec<(String, f64)>> = parts
        .chunks(2)
        .map(|pair| match pair {
            [Value::String(relation), number]
                if ["=", "<", "<=", ">", ">="].contains(&relation.as_str()) =>
            {
                Some((relation.clone(), number.as_f64()?))
            }
            _ => None,
        })
        .collect();
    relations
        .filter(|relations| !relations.is_empty())
        .map(Test::Numeric)
        .ok_or_else(|| "numeric needs relations with numbers".to_owned())
}

impl Node {
    fn fits(&self, value: Option<&Value>) -> bool {
        match self {
            Self::Members(members) => members.iter().all(|(name, node)| match node {
                Self::AnyOf(_) => node.fits(value),
                _ => node.fits(value.and_then(|value| value.get(name))),
            }),
            Self::AnyOf(choices) => choices.iter().any(|choice| choice.fits(value)),
            Self::Leaf(tests) => tests.iter().any(|test| match value {
                // Of a list, one element is enough.
                Some(Value::Array(items)) => items.iter().any(|item| test.holds(Some(item))),
                value => test.holds(value),
            }),
        }
    }
}

impl Test {
    fn holds(&self, value: Option<&Value>) -> bool {
        let text = value.and_then(Value::as_str);
        match self {
            Self::Exists(wanted) => {
                // Only a leaf exists: an object is no value.
                value.is_some_and(|value| !value.is_object()) == *wanted
            }
            Self::Equals(Value::Number(number)) => {
                value.and_then(Value::as_f64).is_some() && {
                    value.and_then(Value::as_f64) == number.as_f64()
                }
            }
            Self::Equals(expected) => value == Some(expected),
            Self::IgnoringCase(expected) => {
                text.is_some_and(|text| text.to_lowercase() == expected.to_lowercase())
            }
            Self::Prefix(prefix) => text.is_some_and(|text| text.starts_with(prefix)),
            Self::Suffix(suffix) => text.is_some_and(|text| text.ends_with(suffix)),
            Self::AnythingBut(tests) => {
                value.is_some() && !tests.iter().any(|test| test.holds(value))
            }
            Self::Numeric(relations) => value.and_then(Value::as_f64).is_some_and(|value| {
                relations
                    .iter()
                    .all(|(relation, number)| match relation.as_str() {
                        "=" => value == *number,
                        "<" => value < *number,
                        "<=" => value <= *number,
                        ">" => value > *number,
                        _ => value >= *number,
                    })
            }),
        }
    }
}

#[cfg(test)]
#[path = "filter_tests.rs"]
mod tests;
