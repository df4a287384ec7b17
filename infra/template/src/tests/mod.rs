#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod documents;
mod functions;
mod globals;
mod names;
mod parameters;
mod policies;
mod properties;
mod refusals;
mod shipped;

use crate::{Environment, Resolved, Template};
use serde_json::Value;
use std::collections::BTreeMap;

fn given(parameters: &[(&str, &str)]) -> BTreeMap<String, String> {
    parameters
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn resolve_with(text: &str, parameters: &[(&str, &str)]) -> Result<Resolved, String> {
    let template = Template::parse(text).map_err(|error| error.to_string());
    let resolved = template.and_then(|template| {
        template
            .resolve(&given(parameters), &Environment::default())
            .map_err(|error| error.to_string())
    });
    if let Err(message) = &resolved {
        assert!(!message.contains('\n'), "{message}");
    }
    resolved
}

fn resolve(text: &str) -> Result<Resolved, String> {
    resolve_with(text, &[])
}

/// The one resource that most tests need, with this property.
fn with_property(written: &str) -> String {
    format!(
        "Parameters:\n  Stage: {{ Type: String, Default: dev }}\n  Zones: {{ Type: CommaDelimitedList, Default: 'a, b' }}\n  Count: {{ Type: Number, Default: 3 }}\n\
         Mappings:\n  Sizes: {{ dev: {{ Memory: 128, Names: [x, y] }}, prod: {{ Memory: 512, Names: [z] }} }}\n\
         Conditions:\n  IsDev: !Equals [!Ref Stage, dev]\n  IsProd: !Not [!Condition IsDev]\n\
         Resources:\n  Table: {{ Type: AWS::DynamoDB::Table }}\n  Gone: {{ Type: AWS::DynamoDB::Table, Condition: IsProd }}\n  Thing:\n    Type: Custom::Thing\n    Properties:\n      Value: {written}\n"
    )
}

/// What a property comes to.
fn value(written: &str) -> Value {
    let resolved =
        resolve(&with_property(written)).unwrap_or_else(|message| panic!("{written}: {message}"));
    resolved.resources["Thing"]
        .properties
        .get("Value")
        .cloned()
        .unwrap_or(Value::Null)
}

/// Why a property can't be resolved, after the words that name its place.
fn refusal(written: &str) -> String {
    let message = resolve(&with_property(written)).expect_err(written);
    message
        .strip_prefix("resource Thing, Properties.Value")
        .unwrap_or(&message)
        .to_owned()
}
