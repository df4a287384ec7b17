//! Resources: ARN patterns, or `*` for everything.

use crate::action::texts;
use crate::arn::ArnPattern;
use crate::context::Context;
use serde_json::Value;

/// A statement's Resource or NotResource element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resources {
    negated: bool,
    patterns: Vec<Pattern>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Pattern {
    Everything,
    Arn(ArnPattern),
}

impl Resources {
    pub(crate) fn parse(element: &Value, negated: bool) -> Result<Self, String> {
        let patterns = texts(element)?
            .into_iter()
            .map(parse_one)
            .collect::<Result<_, _>>()?;
        Ok(Self { negated, patterns })
    }

    /// A pattern whose variable has no value fits nothing. Under NotResource, where that would mean everything, the element matches nothing.
    pub(crate) fn matches(&self, resource: &str, context: &Context) -> bool {
        let mut any = false;
        for pattern in &self.patterns {
            let fits = match pattern {
                Pattern::Everything => Ok(true),
                Pattern::Arn(arn) => arn.matches(resource, context),
            };
            match fits {
                Ok(fits) => any |= fits,
                Err(_) if self.negated => return false,
                Err(_) => {}
            }
        }
        any != self.negated
    }

    /// The condition keys its variables name.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.patterns.iter().flat_map(|pattern| match pattern {
            Pattern::Everything => None.into_iter().flatten(),
            Pattern::Arn(arn) => Some(arn.whole().keys()).into_iter().flatten(),
        })
    }
}

fn parse_one(text: &str) -> Result<Pattern, String> {
    if text == "*" {
        return Ok(Pattern::Everything);
    }
    let arn = ArnPattern::parse(text)?;
    if arn
        .service()
        .is_none_or(|service| service.as_written().is_empty() || service.has_wildcard())
    {
        return Err(format!("{text:?} must name its service without wildcards"));
    }
    if arn.has_early_variable() {
        return Err(format!("{text:?} has a variable before its last part"));
    }
    Ok(Pattern::Arn(arn))
}
