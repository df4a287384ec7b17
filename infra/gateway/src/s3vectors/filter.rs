//! Filters of queries, as the guide's page on
//! [metadata filtering](https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-metadata-filtering.html) has them.
//!
//! What it doesn't show is refused: an object that names more than one field (`$and` says that), and one without anything in it.
//! It doesn't say what `$ne` and `$nin` make of a vector that lacks the key. Here they let it through: they are what `$eq` and `$in` are not.

use super::kept::Index;
use serde_json::{Map, Value};

/// The values that one filter may compare with, each of a list's for itself.
const MOST_CONSTRAINTS: usize = 100;

/// What a vector's metadata must be.
#[derive(Debug, PartialEq)]
pub(super) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Field(String, Vec<Test>),
}

/// What the value of one key must be.
#[derive(Debug, PartialEq)]
pub(super) enum Test {
    In(Vec<Value>),
    NotIn(Vec<Value>),
    Greater(f64),
    AtLeast(f64),
    Less(f64),
    AtMost(f64),
    Exists(bool),
}

impl Filter {
    /// Reads a filter for an index, which says what can't be filtered by.
    pub(super) fn read(value: &Value, index: &Index) -> Result<Self, String> {
        let filter = Self::part(value, index)?;
        let constraints = filter.constraints();
        if constraints > MOST_CONSTRAINTS {
            return Err(format!(
                "it has {constraints} constraints, and {MOST_CONSTRAINTS} are the most"
            ));
        }
        Ok(filter)
    }

    fn part(value: &Value, index: &Index) -> Result<Self, String> {
        let mut members = value.as_object().into_iter().flatten();
        let (Some((name, value)), None) = (members.next(), members.next()) else {
            return Err("each part is an object with one member".to_owned());
        };
        let parts = || {
            let parts = value.as_array().filter(|parts| !parts.is_empty());
            let parts = parts.ok_or_else(|| format!("{name} takes a list of filters"))?;
            let parts = parts.iter().map(|part| Self::part(part, index));
            parts.collect::<Result<Vec<Self>, String>>()
        };
        match name.as_str() {
            "$and" => Ok(Self::All(parts()?)),
            "$or" => Ok(Self::Any(parts()?)),
            _ if name.starts_with('$') => Err(format!("{name} is not known here")),
            _ if !index.filters(name) => Err(format!("the metadata key {name} is not filterable")),
            _ => Ok(Self::Field(name.clone(), tests(value)?)),
        }
    }

    fn constraints(&self) -> usize {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().map(Self::constraints).sum(),
            Self::Field(_, tests) => tests.iter().map(Test::constraints).sum(),
        }
    }

    pub(super) fn matches(&self, metadata: &Map<String, Value>) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.matches(metadata)),
            Self::Any(parts) => parts.iter().any(|part| part.matches(metadata)),
            Self::Field(name, tests) => {
                let value = metadata.get(name);
                tests.iter().all(|test| test.matches(value))
            }
        }
    }
}

/// What stands behind a field's name: a value for its equal, or operators that must all hold.
fn tests(value: &Value) -> Result<Vec<Test>, String> {
    match value {
        Value::Object(tests) if !tests.is_empty() => tests
            .iter()
            .map(|(operator, value)| Test::read(operator, value))
            .collect(),
        _ => Ok(vec![Test::read("$eq", value)?]),
    }
}

impl Test {
    fn read(operator: &str, value: &Value) -> Result<Self, String> {
        let wrong = |takes: &str| format!("{operator} takes {takes}");
        let single = || {
            let single = Some(value).filter(|value| is_primitive(value)).cloned();
            let single = single.ok_or_else(|| wrong("a string, a number or a boolean"));
            single.map(|single| vec![single])
        };
        let list = || {
            let list = value.as_array().filter(|list| !list.is_empty());
            let list = list.filter(|list| list.iter().all(is_primitive)).cloned();
            list.ok_or_else(|| wrong("a list of strings, numbers and booleans"))
        };
        let number = || value.as_f64().ok_or_else(|| wrong("a number"));
        Ok(match operator {
            "$eq" => Self::In(single()?),
            "$ne" => Self::NotIn(single()?),
            "$in" => Self::In(list()?),
            "$nin" => Self::NotIn(list()?),
            "$gt" => Self::Greater(number()?),
            "$gte" => Self::AtLeast(number()?),
            "$lt" => Self::Less(number()?),
            "$lte" => Self::AtMost(number()?),
            "$exists" => Self::Exists(value.as_bool().ok_or_else(|| wrong("a boolean"))?),
            _ => return Err(format!("{operator} is not known here")),
        })
    }

    fn constraints(&self) -> usize {
        match self {
            Self::In(values) | Self::NotIn(values) => values.len(),
            _ => 1,
        }
    }

    fn matches(&self, value: Option<&Value>) -> bool {
        let number = value.and_then(Value::as_f64);
        match self {
            Self::In(wanted) => value.is_some_and(|value| is_one_of(value, wanted)),
            Self::NotIn(wanted) => !value.is_some_and(|value| is_one_of(value, wanted)),
            Self::Greater(than) => number.is_some_and(|number| number > *than),
            Self::AtLeast(least) => number.is_some_and(|number| number >= *least),
            Self::Less(than) => number.is_some_and(|number| number < *than),
            Self::AtMost(most) => number.is_some_and(|number| number <= *most),
            Self::Exists(wanted) => value.is_some() == *wanted,
        }
    }
}

fn is_primitive(value: &Value) -> bool {
    matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_))
}

/// Whether a value, or an element of it if it is a list, is one of those wanted.
fn is_one_of(value: &Value, wanted: &[Value]) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| is_one_of(item, wanted)),
        _ => wanted.iter().any(|wanted| is_same(value, wanted)),
    }
}

/// A number is the same however it is written: 1 is 1.0.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        _ => one == other,
    }
}

#[cfg(test)]
#[path = "filter_tests.rs"]
mod tests;
