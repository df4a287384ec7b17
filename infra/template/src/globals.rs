//! SAM's Globals: properties that every resource of a kind has unless it says otherwise.

use crate::entries;
use crate::error::TemplateError;
use serde_json::{Map, Value};

const KINDS: [(&str, &str); 5] = [
    ("Function", "AWS::Serverless::Function"),
    ("HttpApi", "AWS::Serverless::HttpApi"),
    ("Api", "AWS::Serverless::Api"),
    ("SimpleTable", "AWS::Serverless::SimpleTable"),
    ("StateMachine", "AWS::Serverless::StateMachine"),
];

pub(crate) fn check(document: &Value) -> Result<(), TemplateError> {
    match entries(document, "Globals")
        .find(|(section, _)| !KINDS.iter().any(|(known, _)| known == section))
    {
        None => Ok(()),
        Some((unknown, _)) => Err(TemplateError::new(format_args!(
            "Globals.{unknown} is not known here"
        ))),
    }
}

/// A resource's properties over those of its kind.
pub(crate) fn properties(document: &Value, kind: &str, own: Option<&Value>) -> Value {
    let own = own.cloned().unwrap_or_else(|| Value::Object(Map::new()));
    let section = KINDS.iter().find(|(_, known)| *known == kind);
    match section.and_then(|(section, _)| document.get("Globals")?.get(section)) {
        Some(global) => merge(global, own),
        None => own,
    }
}

/// As SAM merges: mappings entry by entry, a list after the global one, anything else (a function too) instead of it.
fn merge(global: &Value, own: Value) -> Value {
    match (global, own) {
        (Value::Object(global), Value::Object(own))
            if !is_function(global) && !is_function(&own) =>
        {
            let mut merged = global.clone();
            for (key, value) in own {
                let value = match merged.get(&key) {
                    Some(global) => merge(global, value),
                    None => value,
                };
                merged.insert(key, value);
            }
            Value::Object(merged)
        }
        (Value::Array(global), Value::Array(own)) => {
            Value::Array(global.iter().cloned().chain(own).collect())
        }
        (_, own) => own,
    }
}

fn is_function(map: &Map<String, Value>) -> bool {
    map.len() == 1
        && map
            .keys()
            .all(|key| key == "Ref" || key.starts_with("Fn::"))
}
