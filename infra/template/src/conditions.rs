//! The Conditions section: which resources, outputs and values a deployment has.

use crate::entries;
use crate::error::TemplateError;
use crate::intrinsics;
use crate::place::Place;
use crate::scope::Scope;
use serde_json::Value;
use std::collections::BTreeMap;

/// Every condition's value. `scope` has parameters but no conditions yet, so that nothing can ask for them too early.
pub(crate) fn evaluate(scope: &Scope<'_>) -> Result<BTreeMap<String, bool>, TemplateError> {
    let mut known = BTreeMap::new();
    for (name, _) in entries(scope.document, "Conditions") {
        named(scope, name, &mut Vec::new(), &mut known)?;
    }
    Ok(known)
}

fn named(
    scope: &Scope<'_>,
    name: &str,
    open: &mut Vec<String>,
    known: &mut BTreeMap<String, bool>,
) -> Result<bool, TemplateError> {
    if let Some(value) = known.get(name) {
        return Ok(*value);
    }
    let place = Place::start("condition", name);
    if open.iter().any(|waiting| waiting == name) {
        return Err(TemplateError::at(&place, "depends on itself"));
    }
    let definition = scope
        .document
        .get("Conditions")
        .and_then(|conditions| conditions.get(name));
    let definition = definition.ok_or_else(|| TemplateError::at(&place, "is not defined"))?;
    open.push(name.to_owned());
    let value = truth(scope, definition, &place, open, known)?;
    open.pop();
    known.insert(name.to_owned(), value);
    Ok(value)
}

fn truth(
    scope: &Scope<'_>,
    value: &Value,
    place: &Place<'_>,
    open: &mut Vec<String>,
    known: &mut BTreeMap<String, bool>,
) -> Result<bool, TemplateError> {
    let mut entries = value.as_object().into_iter().flatten();
    let (Some((function, argument)), None) = (entries.next(), entries.next()) else {
        return Err(TemplateError::at(place, "must be one condition function"));
    };
    let place = place.key(function);
    let list = || argument.as_array().map(Vec::as_slice).unwrap_or_default();
    match function.as_str() {
        "Condition" => match argument.as_str() {
            Some(name) => named(scope, name, open, known),
            None => Err(TemplateError::at(&place, "must name a condition")),
        },
        "Fn::Equals" => {
            match list() {
                [left, right] => Ok(intrinsics::text(scope, left, &place)?
                    == intrinsics::text(scope, right, &place)?),
                _ => Err(TemplateError::at(&place, "takes two values")),
            }
        }
        "Fn::Not" => match list() {
            [single] => Ok(!truth(scope, single, &place, open, known)?),
            _ => Err(TemplateError::at(&place, "takes a list of one condition")),
        },
        "Fn::And" | "Fn::Or" => {
            let conditions = list();
            if !(2..=10).contains(&conditions.len()) {
                return Err(TemplateError::at(
                    &place,
                    "takes a list of 2 to 10 conditions",
                ));
            }
            // Every one is looked at, so that a mistake in the last shows even when the first decides.
            let mut truths = Vec::new();
            for (index, condition) in conditions.iter().enumerate() {
                truths.push(truth(scope, condition, &place.index(index), open, known)?);
            }
            Ok(if function == "Fn::And" {
                truths.iter().all(|truth| *truth)
            } else {
                truths.iter().any(|truth| *truth)
            })
        }
        _ => Err(TemplateError::at(&place, "is not a condition function")),
    }
}
