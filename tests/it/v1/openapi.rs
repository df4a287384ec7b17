//! `GET /v1/openapi.json`

use serde_json::Value;
use std::collections::BTreeSet;
use tests::{Kind, Route, TestCloud};

async fn document() -> Value {
    TestCloud::shared()
        .get("/v1/openapi.json")
        .await
        .assert_status(200)
        .json
}

#[tokio::test]
async fn every_route_of_the_api_is_in_it_and_no_other() {
    let document = document().await;
    assert!(
        document["openapi"]
            .as_str()
            .is_some_and(|version| version.starts_with("3.1."))
    );
    let mut described = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations
            .as_object()
            .unwrap()
            .keys()
            .filter(|method| *method != "parameters")
        {
            described.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let routes: BTreeSet<String> = Route::all()
        .into_iter()
        .filter(|route| route.api == "main")
        .map(|route| route.route_key)
        .collect();
    assert_eq!(described, routes);
}

#[tokio::test]
async fn every_operation_says_what_it_answers() {
    let document = document().await;
    let mut ids = BTreeSet::new();
    for route in Route::all().into_iter().filter(|route| route.api == "main") {
        let operation = &document["paths"][route.path()][route.method().to_lowercase()];
        let name = &route.route_key;
        assert!(
            operation["summary"]
                .as_str()
                .is_some_and(|text| text.ends_with('.')),
            "{name}"
        );
        assert!(
            ids.insert(operation["operationId"].to_string()),
            "{name}: the id is in use"
        );
        let responses = operation["responses"].as_object().unwrap();
        assert!(
            responses.contains_key(&route.success.to_string()),
            "{name}: {responses:?}"
        );
        for slug in &route.problems {
            let kind = Kind::from_slug(slug).unwrap_or_else(|| panic!("{name}: {slug}"));
            assert!(
                responses.contains_key(&kind.status().to_string()),
                "{name}: {slug} is not described"
            );
        }
        let named = route
            .path()
            .split('/')
            .filter(|part| part.starts_with('{'))
            .count();
        let own = operation["parameters"].as_array().into_iter().flatten();
        let in_path = own
            .filter(|parameter| resolved(&document, parameter)["in"] == "path")
            .count();
        assert_eq!(in_path, named, "{name}: path parameters");
        let is_public = operation["security"].as_array().is_some_and(Vec::is_empty);
        assert_eq!(
            is_public,
            route.is_public(),
            "{name}: {}",
            operation["security"]
        );
    }
}

#[tokio::test]
async fn every_reference_leads_somewhere() {
    let document = document().await;
    let mut references = Vec::new();
    gather(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference
            .strip_prefix('#')
            .unwrap_or_else(|| panic!("{reference} leads out"));
        assert!(
            document.pointer(pointer).is_some(),
            "{reference} leads nowhere"
        );
    }
}

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"]
        .as_str()
        .and_then(|reference| reference.strip_prefix('#'))
    {
        Some(pointer) => document.pointer(pointer).unwrap_or(value),
        None => value,
    }
}

fn gather(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                match value.as_str().filter(|_| name == "$ref") {
                    Some(reference) => references.push(reference.to_owned()),
                    None => gather(value, references),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| gather(value, references)),
        _ => {}
    }
}
