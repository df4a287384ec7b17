//! A template as one deployment has it: nothing but values.

use crate::conditions;
use crate::entries;
use crate::environment::Environment;
use crate::error::TemplateError;
use crate::globals;
use crate::intrinsics;
use crate::parameters;
use crate::place::Place;
use crate::scope::Scope;
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// The resources and outputs of a deployment.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// By logical id. What a condition leaves out is not here.
    pub resources: BTreeMap<String, Resource>,
    /// By name.
    pub outputs: BTreeMap<String, String>,
    /// The parameters' values by name, defaults included; a list is joined with commas.
    pub parameters: BTreeMap<String, String>,
}

/// One resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// Its id in the template, which locally is its name.
    pub logical_id: String,
    /// Its type, such as `AWS::DynamoDB::Table`.
    pub kind: String,
    /// Its properties, SAM's globals merged in, with every function replaced by its value. Always a mapping.
    pub properties: Value,
    /// Its metadata, resolved too. Always a mapping.
    pub metadata: Value,
}

pub(crate) fn resolve(
    document: &Value,
    given: &BTreeMap<String, String>,
    environment: &Environment,
) -> Result<Resolved, TemplateError> {
    globals::check(document)?;
    let parameters = parameters::values(document, given)?;
    let mut scope = Scope {
        document,
        environment,
        parameters,
        conditions: None,
        being_named: RefCell::default(),
    };
    scope.conditions = Some(conditions::evaluate(&scope)?);

    let mut resources = BTreeMap::new();
    for (id, resource) in entries(document, "Resources") {
        let place = Place::start("resource", id);
        if !scope.exists(resource, &place)? {
            continue;
        }
        let kind = resource
            .get("Type")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let properties = globals::properties(document, &kind, resource.get("Properties"));
        let properties = mapping(&scope, &properties, &place.key("Properties"))?;
        let metadata = resource
            .get("Metadata")
            .cloned()
            .unwrap_or_else(|| Value::Object(Map::new()));
        let metadata = mapping(&scope, &metadata, &place.key("Metadata"))?;
        resources.insert(
            id.clone(),
            Resource {
                logical_id: id.clone(),
                kind,
                properties,
                metadata,
            },
        );
    }

    let mut outputs = BTreeMap::new();
    for (name, output) in entries(document, "Outputs") {
        let place = Place::start("output", name);
        if scope.exists(output, &place)? {
            let value = output.get("Value").unwrap_or(&Value::Null);
            outputs.insert(
                name.clone(),
                intrinsics::text(&scope, value, &place.key("Value"))?,
            );
        }
    }
    let parameters = scope
        .parameters
        .into_iter()
        .map(|(name, value)| (name, joined(&value)))
        .collect();
    Ok(Resolved {
        resources,
        outputs,
        parameters,
    })
}

/// The whole of a resource's properties must stay a mapping, whatever its functions come to.
fn mapping(scope: &Scope<'_>, value: &Value, place: &Place<'_>) -> Result<Value, TemplateError> {
    match intrinsics::resolve(scope, value, place)? {
        Some(value @ Value::Object(_)) => Ok(value),
        None => Ok(Value::Object(Map::new())),
        Some(_) => Err(TemplateError::at(place, "must be a mapping")),
    }
}

fn joined(value: &Value) -> String {
    match value {
        Value::Array(items) => items
            .iter()
            .filter_map(intrinsics::as_text)
            .collect::<Vec<_>>()
            .join(","),
        single => intrinsics::as_text(single).unwrap_or_default(),
    }
}
