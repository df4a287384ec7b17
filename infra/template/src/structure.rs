//! The form of a template: its sections, and what stands in each. Values are looked at when they are resolved.

use crate::document::FUNCTIONS;
use crate::entries;
use crate::error::TemplateError;
use crate::place::Place;
use serde_json::{Map, Value};

const SECTIONS: [&str; 10] = [
    "AWSTemplateFormatVersion",
    "Transform",
    "Description",
    "Metadata",
    "Parameters",
    "Mappings",
    "Conditions",
    "Globals",
    "Resources",
    "Outputs",
];
const SECTIONS_OF_MAPPINGS: [&str; 6] = [
    "Parameters",
    "Mappings",
    "Conditions",
    "Globals",
    "Resources",
    "Outputs",
];
const RESOURCE_ATTRIBUTES: [&str; 7] = [
    "Type",
    "Properties",
    "Condition",
    "DependsOn",
    "DeletionPolicy",
    "UpdateReplacePolicy",
    "Metadata",
];
const OUTPUT_ATTRIBUTES: [&str; 4] = ["Description", "Value", "Condition", "Export"];
const SAM: &str = "AWS::Serverless-2016-10-31";

pub(crate) fn check(document: &Value) -> Result<(), TemplateError> {
    let sections = document
        .as_object()
        .ok_or_else(|| TemplateError::new("a template must be a mapping with Resources"))?;
    only(sections, &SECTIONS, "the section")?;
    match sections.get("Transform") {
        None => {}
        Some(transform) if transform == SAM => {}
        Some(transform) => {
            return Err(TemplateError::new(format_args!(
                "the transform {transform} is not known here; only {SAM} is"
            )));
        }
    }
    for section in SECTIONS_OF_MAPPINGS {
        let Some(value) = sections.get(section) else {
            continue;
        };
        let items = value
            .as_object()
            .ok_or_else(|| TemplateError::new(format_args!("{section} must be a mapping")))?;
        for (name, item) in items {
            // A condition is a function, which is a mapping too.
            if !item.is_object() {
                return Err(TemplateError::new(format_args!(
                    "{section}.{name} must be a mapping"
                )));
            }
        }
    }
    if entries(document, "Resources").next().is_none() {
        return Err(TemplateError::new("the template has no Resources"));
    }
    for (name, resource) in entries(document, "Resources") {
        check_resource(document, name, resource)?;
    }
    for (name, output) in entries(document, "Outputs") {
        check_output(document, name, output)?;
    }
    for (section, value) in sections {
        check_functions(value, &Place::start("section", section))?;
    }
    Ok(())
}

fn check_resource(document: &Value, name: &str, resource: &Value) -> Result<(), TemplateError> {
    let place = Place::start("resource", name);
    if name.is_empty()
        || !name
            .chars()
            .all(|character| character.is_ascii_alphanumeric())
    {
        return Err(TemplateError::at(
            &place,
            "a logical id consists of letters and digits",
        ));
    }
    if entries(document, "Parameters").any(|(parameter, _)| parameter == name) {
        return Err(TemplateError::at(&place, "a parameter has the same name"));
    }
    if let Some(attributes) = resource.as_object() {
        only(
            attributes,
            &RESOURCE_ATTRIBUTES,
            &format!("{place}: the attribute"),
        )?;
    }
    if !resource.get("Type").is_some_and(Value::is_string) {
        return Err(TemplateError::at(&place, "Type is missing or not text"));
    }
    for mapping in ["Properties", "Metadata"] {
        if resource
            .get(mapping)
            .is_some_and(|value| !value.is_object())
        {
            return Err(TemplateError::at(&place.key(mapping), "must be a mapping"));
        }
    }
    check_condition(document, &place, resource)?;
    let depends_on = resource.get("DependsOn");
    let ids = match depends_on {
        Some(Value::Array(ids)) => ids.iter().collect(),
        Some(id) => vec![id],
        None => Vec::new(),
    };
    for id in ids {
        // SAM makes resources whose ids begin with the id of what they are made for.
        let known = id.as_str().is_some_and(|id| {
            entries(document, "Resources")
                .any(|(other, _)| other != name && id.starts_with(other.as_str()))
        });
        if !known {
            return Err(TemplateError::at(
                &place.key("DependsOn"),
                format_args!("{id} is not a resource of this template"),
            ));
        }
    }
    Ok(())
}

fn check_output(document: &Value, name: &str, output: &Value) -> Result<(), TemplateError> {
    let place = Place::start("output", name);
    if let Some(attributes) = output.as_object() {
        only(
            attributes,
            &OUTPUT_ATTRIBUTES,
            &format!("{place}: the attribute"),
        )?;
    }
    if output.get("Value").is_none() {
        return Err(TemplateError::at(&place, "Value is missing"));
    }
    check_condition(document, &place, output)
}

/// `Condition:` beside a resource or an output names one of the template's conditions.
fn check_condition(document: &Value, place: &Place<'_>, item: &Value) -> Result<(), TemplateError> {
    match item.get("Condition") {
        None => Ok(()),
        Some(condition)
            if condition.as_str().is_some_and(|condition| {
                entries(document, "Conditions").any(|(known, _)| known == condition)
            }) =>
        {
            Ok(())
        }
        Some(condition) => Err(TemplateError::at(
            &place.key("Condition"),
            format_args!("{condition} is not a condition of this template"),
        )),
    }
}

/// Looks for functions that are not known, also where resolving would not come by.
fn check_functions(value: &Value, place: &Place<'_>) -> Result<(), TemplateError> {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let place = place.key(key);
                if let Some(function) = key.strip_prefix("Fn::") {
                    if !FUNCTIONS.contains(&function) {
                        return Err(TemplateError::at(&place, "this function is not known here"));
                    }
                    if map.len() > 1 {
                        return Err(TemplateError::at(
                            &place,
                            "a function stands alone in its mapping",
                        ));
                    }
                }
                check_functions(value, &place)?;
            }
            Ok(())
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(index, item)| check_functions(item, &place.index(index))),
        _ => Ok(()),
    }
}

fn only(map: &Map<String, Value>, known: &[&str], what: &str) -> Result<(), TemplateError> {
    match map.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(unknown) => Err(TemplateError::new(format_args!(
            "{what} {unknown} is not known here"
        ))),
    }
}
