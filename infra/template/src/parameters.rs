//! Parameters: the values given, or the defaults, checked against what their declarations allow.

use crate::entries;
use crate::error::TemplateError;
use crate::intrinsics::as_text;
use crate::place::Place;
use regex_lite::Regex;
use serde_json::Value;
use std::collections::BTreeMap;

const ATTRIBUTES: [&str; 11] = [
    "Type",
    "Default",
    "Description",
    "AllowedPattern",
    "AllowedValues",
    "ConstraintDescription",
    "MaxLength",
    "MaxValue",
    "MinLength",
    "MinValue",
    "NoEcho",
];

/// Each parameter's value: text, or a list of texts where its type says so. A number is text too, as in CloudFormation.
pub(crate) fn values(
    document: &Value,
    given: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, Value>, TemplateError> {
    if let Some(unknown) = given
        .keys()
        .find(|name| !entries(document, "Parameters").any(|(known, _)| known == *name))
    {
        return Err(TemplateError::new(format_args!(
            "the template has no parameter {unknown}"
        )));
    }
    let mut values = BTreeMap::new();
    for (name, declaration) in entries(document, "Parameters") {
        let place = Place::start("parameter", name);
        let text = match (given.get(name), declaration.get("Default")) {
            (Some(text), _) => text.clone(),
            (None, Some(default)) => as_text(default).ok_or_else(|| {
                TemplateError::at(&place.key("Default"), "must be text or a number")
            })?,
            (None, None) => return Err(TemplateError::at(&place, "has no value and no default")),
        };
        values.insert(name.clone(), value(&place, declaration, &text)?);
    }
    Ok(values)
}

fn value(place: &Place<'_>, declaration: &Value, text: &str) -> Result<Value, TemplateError> {
    if let Some(unknown) = declaration
        .as_object()
        .and_then(|map| map.keys().find(|key| !ATTRIBUTES.contains(&key.as_str())))
    {
        return Err(TemplateError::at(
            place,
            format_args!("the attribute {unknown} is not known here"),
        ));
    }
    let items: Vec<&str> = text.split(',').map(str::trim).collect();
    match declaration.get("Type").and_then(Value::as_str) {
        Some("String") => check(place, declaration, text, false)?,
        Some("Number") => check(place, declaration, text, true)?,
        Some(list @ ("CommaDelimitedList" | "List<Number>")) => {
            for item in &items {
                check(place, declaration, item, list == "List<Number>")?;
            }
            return Ok(Value::from(items));
        }
        Some(other) => {
            return Err(TemplateError::at(
                place,
                format_args!("the type {other} is not known here"),
            ));
        }
        None => return Err(TemplateError::at(place, "Type is missing or not text")),
    }
    Ok(Value::from(text))
}

fn check(
    place: &Place<'_>,
    declaration: &Value,
    text: &str,
    numeric: bool,
) -> Result<(), TemplateError> {
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    if numeric && number.is_none() {
        return Err(TemplateError::at(
            place,
            format_args!("{text:?} is not a number"),
        ));
    }
    if let Some(allowed) = declaration.get("AllowedValues") {
        let allowed = allowed
            .as_array()
            .ok_or_else(|| TemplateError::at(&place.key("AllowedValues"), "must be a list"))?;
        if !allowed
            .iter()
            .any(|value| as_text(value).as_deref() == Some(text))
        {
            let names: Vec<String> = allowed.iter().filter_map(as_text).collect();
            return Err(TemplateError::at(
                place,
                format_args!("{text:?} is not one of {}", names.join(", ")),
            ));
        }
    }
    if let Some(pattern) = declaration.get("AllowedPattern") {
        // The whole value must match, not a part of it.
        let regex = pattern
            .as_str()
            .and_then(|pattern| Regex::new(&format!("^(?:{pattern})$")).ok());
        let regex = regex.ok_or_else(|| {
            TemplateError::at(
                &place.key("AllowedPattern"),
                "is not a pattern that can be checked here",
            )
        })?;
        if !regex.is_match(text) {
            return Err(TemplateError::at(
                place,
                format_args!("{text:?} does not match {pattern}"),
            ));
        }
    }
    let length = u32::try_from(text.chars().count()).map_or(f64::INFINITY, f64::from);
    let bounds = [
        ("MinLength", Some(length), true),
        ("MaxLength", Some(length), false),
        ("MinValue", number, true),
        ("MaxValue", number, false),
    ];
    for (attribute, actual, least) in bounds {
        let Some(bound) = declaration.get(attribute) else {
            continue;
        };
        let limit = as_text(bound).and_then(|text| text.parse::<f64>().ok());
        let limit =
            limit.ok_or_else(|| TemplateError::at(&place.key(attribute), "must be a number"))?;
        let Some(actual) = actual else { continue };
        if (least && actual < limit) || (!least && actual > limit) {
            return Err(TemplateError::at(
                place,
                format_args!("{text:?} is outside {attribute} {bound}"),
            ));
        }
    }
    Ok(())
}
