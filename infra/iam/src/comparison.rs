//! A key's values against what a policy expects of them.

use crate::context::Context;
use crate::expected::{Expected, type_error};
use crate::operator::{Kind, Quantifier, Relation};

/// One comparing condition, ready to look at a request.
pub(crate) struct Comparison<'a> {
    pub(crate) context: &'a Context,
    pub(crate) negated: bool,
    pub(crate) kind: Kind,
    pub(crate) expected: &'a [Expected],
}

impl Comparison<'_> {
    /// Whether it holds for a key's values; if not, why.
    pub(crate) fn check(
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

/// AWS counts a key whose values are empty text as null (and tells to guard `ForAllValues` against it by `Null`).
pub(crate) fn is_null(values: &[String]) -> bool {
    values.iter().all(String::is_empty)
}

pub(crate) fn quoted(values: &[String]) -> String {
    values
        .iter()
        .map(|value| format!("{value:?}"))
        .collect::<Vec<_>>()
        .join(", ")
}
