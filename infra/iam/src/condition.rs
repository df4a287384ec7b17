//! Conditions: parsing a statement's Condition element, and deciding whether each holds.

use crate::comparison::{Expected, boolean, type_error};
use crate::context::Context;
use crate::operator::{Kind, Operator, Quantifier, Relation, Test};
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

/// AWS counts a key whose values are empty text as null (and tells to guard `ForAllValues` against it by `Null`).
fn is_null(values: &[String]) -> bool {
    values.iter().all(String::is_empty)
}

fn check_absence(must_be_absent: bool, actual: &[String]) -> Result<(), String> {
    match (must_be_absent, is_null(actual)) {
        (true, true) | (false, false) => Ok(()),
        (true, false) => Err(format!("it must be absent, and is {}", quoted(actual))),
        (false, true) => Err("it must be present, and is not".to_owned()),
    }
}

struct Comparison<'a> {
    context: &'a Context,
    negated: bool,
    kind: Kind,
    expected: &'a [Expected],
}

impl Comparison<'_> {
    fn check(
        &self,
        quantifier: Quantifier,
        if_exists: bool,
        actual: &[String],
    ) -> Result<(), String> {
        if actual.is_empty() && if_exists {
            return Ok(());
        }
        match (quantifier, actual) {
            (Quantifier::All, values) if is_null(values) => Ok(()),
            (Quantifier::All, values) => {
                values.iter().try_for_each(|value| self.check_value(value))
            }
            (Quantifier::Any, []) => {
                Err(format!("it is absent; one value must be {}", self.wanted()))
            }
            (Quantifier::Any, values) => {
                let mut failures = values.iter().map(|value| self.check_value(value));
                if failures.any(|outcome| outcome.is_ok()) {
                    Ok(())
                } else {
                    Err(format!("none of {} is {}", quoted(values), self.wanted()))
                }
            }
            // What is absent differs from everything; but with nothing to compare to, it can't be said to differ.
            (Quantifier::Single, []) if self.negated => self.check_variables(),
            (Quantifier::Single, []) => Err(format!("it is absent, and must be {}", self.wanted())),
            (Quantifier::Single, [value]) => self.check_value(value),
            (Quantifier::Single, values) => Err(format!(
                "it has {} values, and this operator compares one",
                values.len()
            )),
        }
    }

    fn check_value(&self, value: &str) -> Result<(), String> {
        if let Some(expected) = type_error(self.kind, value) {
            return Err(format!("{value:?} is not {expected}"));
        }
        if self.negated {
            self.check_variables()?;
        }
        // Without a value for its variable a pattern fits nothing.
        let fits = self
            .expected
            .iter()
            .any(|expected| expected.fits(value, self.context) == Ok(true));
        if fits == self.negated {
            Err(format!(
                "{value:?} is {}{}",
                if self.negated { "" } else { "not " },
                self.named()
            ))
        } else {
            Ok(())
        }
    }

    /// A negated comparison with an unknown value says nothing: AWS calls such a statement invalid.
    fn check_variables(&self) -> Result<(), String> {
        match self
            .expected
            .iter()
            .find_map(|expected| expected.unresolved(self.context))
        {
            None => Ok(()),
            Some(key) => Err(format!(
                "{key} has no single value, so there is nothing to compare with"
            )),
        }
    }

    /// `like "a" or "b"`, for after "is".
    fn named(&self) -> String {
        let relation = match self.kind {
            Kind::StringEquals
            | Kind::Bool
            | Kind::Numeric(Relation::Equal)
            | Kind::Date(Relation::Equal) => "",
            Kind::StringEqualsIgnoreCase => "(in any case) ",
            Kind::StringLike | Kind::Arn => "like ",
            Kind::IpAddress => "within ",
            Kind::Numeric(Relation::Less) => "less than ",
            Kind::Numeric(Relation::LessOrEqual) => "at most ",
            Kind::Numeric(Relation::Greater) => "greater than ",
            Kind::Numeric(Relation::GreaterOrEqual) => "at least ",
            Kind::Date(Relation::Less) => "before ",
            Kind::Date(Relation::LessOrEqual) => "at or before ",
            Kind::Date(Relation::Greater) => "after ",
            Kind::Date(Relation::GreaterOrEqual) => "at or after ",
        };
        let values: Vec<String> = self
            .expected
            .iter()
            .map(|expected| expected.shown(self.context))
            .collect();
        format!("{relation}{}", values.join(" or "))
    }

    /// The same with the operator's own negation.
    fn wanted(&self) -> String {
        format!(
            "{}{}",
            if self.negated { "other than " } else { "" },
            self.named()
        )
    }
}

fn quoted(values: &[String]) -> String {
    values
        .iter()
        .map(|value| format!("{value:?}"))
        .collect::<Vec<_>>()
        .join(", ")
}
