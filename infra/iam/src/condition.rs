//! Conditions: parsing a statement's Condition element, and deciding whether each holds.

use crate::comparison::{Comparison, is_null, quoted};
use crate::context::Context;
use crate::expected::{Expected, boolean};
use crate::operator::{Kind, Operator, Quantifier, Test};
use serde_json::Value;

/// Keys that a request may give several values. To compare them one by one needs `ForAllValues:` or `ForAnyValue:`;
/// without, AWS's documentation doesn't say what happens, so such a condition is refused.
const MULTIVALUED_KEYS: [&str; 9] = [
    "dynamodb:leadingkeys",
    "dynamodb:attributes",
    "aws:tagkeys",
    "aws:calledvia",
    "aws:principalorgpaths",
    "aws:principalservicenameslist",
    "aws:resourceorgpaths",
    "aws:sourceorgpaths",
    "aws:vpceorgpaths",
];

/// One operator applied to one key.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Condition {
    pub(crate) operator_name: String,
    pub(crate) key: String,
    rule: Rule,
}

#[derive(Debug, Clone, PartialEq)]
enum Rule {
    /// `Null`: whether the key must be absent.
    Absent(bool),
    Compare {
        quantifier: Quantifier,
        if_exists: bool,
        negated: bool,
        kind: Kind,
        expected: Vec<Expected>,
    },
}

/// Why a condition does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) expected: Vec<String>,
    pub(crate) actual: Vec<String>,
    pub(crate) reason: String,
}

/// Reads a Condition element: operators, their keys, the keys' values.
pub(crate) fn parse(element: &Value) -> Result<Vec<Condition>, String> {
    let operators = element
        .as_object()
        .ok_or("Condition must be a mapping of operators")?;
    let mut conditions: Vec<Condition> = Vec::new();
    for (operator_name, keys) in operators {
        let operator = Operator::parse(operator_name)
            .ok_or_else(|| format!("the condition operator {operator_name} is not known here"))?;
        let keys = keys
            .as_object()
            .ok_or_else(|| format!("{operator_name} must be a mapping of condition keys"))?;
        for (key, values) in keys {
            let at = |detail: String| format!("{operator_name} {key}: {detail}");
            if !key.contains(':') || key.contains("${") || key.trim() != key {
                return Err(at("is not a condition key (service:Name)".to_owned()));
            }
            if conditions.iter().any(|other| {
                other.operator_name == *operator_name
                    && other.key.to_lowercase() == key.to_lowercase()
            }) {
                return Err(at("stands twice (condition keys ignore case)".to_owned()));
            }
            let rule = rule(operator, key, values).map_err(at)?;
            conditions.push(Condition {
                operator_name: operator_name.clone(),
                key: key.clone(),
                rule,
            });
        }
    }
    Ok(conditions)
}

fn rule(operator: Operator, key: &str, values: &Value) -> Result<Rule, String> {
    let values = texts(values)?;
    match operator.test {
        Test::Null => match values.as_slice() {
            [single] => boolean(single)
                .map(Rule::Absent)
                .ok_or_else(|| format!("{single:?} is neither true nor false")),
            _ => Err("takes one value".to_owned()),
        },
        Test::Compare { kind, negated } => {
            if operator.quantifier == Quantifier::Single
                && MULTIVALUED_KEYS.contains(&key.to_lowercase().as_str())
            {
                return Err("the key may have several values: write ForAllValues: or ForAnyValue: before the operator".to_owned());
            }
            let expected = values
                .iter()
                .map(|value| Expected::parse(kind, value))
                .collect::<Result<_, _>>()?;
            Ok(Rule::Compare {
                quantifier: operator.quantifier,
                if_exists: operator.if_exists,
                negated,
                kind,
                expected,
            })
        }
    }
}

/// One value or several; numbers and truth values count as their text.
fn texts(values: &Value) -> Result<Vec<String>, String> {
    let items = match values {
        Value::Array(items) => items.as_slice(),
        single => std::slice::from_ref(single),
    };
    if items.is_empty() {
        return Err("has no values".to_owned());
    }
    let text = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(truth) => Ok(truth.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        other => Err(format!("{other} is not a value")),
    };
    items.iter().map(text).collect()
}

impl Condition {
    /// The condition keys this looks at, those of its variables included.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        let expected = match &self.rule {
            Rule::Absent(_) => &[],
            Rule::Compare { expected, .. } => expected.as_slice(),
        };
        std::iter::once(self.key.as_str()).chain(expected.iter().flat_map(Expected::keys))
    }

    /// Whether the condition holds for a request; if not, why.
    pub(crate) fn check(&self, context: &Context) -> Result<(), Failure> {
        let actual = context.get(&self.key);
        let outcome = match &self.rule {
            Rule::Absent(absent) => check_absence(*absent, actual),
            Rule::Compare {
                quantifier,
                if_exists,
                negated,
                kind,
                expected,
            } => {
                let comparison = Comparison {
                    context,
                    negated: *negated,
                    kind: *kind,
                    expected,
                };
                comparison.check(*quantifier, *if_exists, actual)
            }
        };
        outcome.map_err(|reason| Failure {
            expected: self.expected(context),
            actual: actual.to_vec(),
            reason,
        })
    }

    fn expected(&self, context: &Context) -> Vec<String> {
        match &self.rule {
            Rule::Absent(absent) => vec![format!("\"{absent}\"")],
            Rule::Compare { expected, .. } => {
                expected.iter().map(|value| value.shown(context)).collect()
            }
        }
    }
}

fn check_absence(must_be_absent: bool, actual: &[String]) -> Result<(), String> {
    match (must_be_absent, is_null(actual)) {
        (true, true) | (false, false) => Ok(()),
        (true, false) => Err(format!("it must be absent, and is {}", quoted(actual))),
        (false, true) => Err("it must be present, and is not".to_owned()),
    }
}
