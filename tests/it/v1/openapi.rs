//! `GET /v1/openapi.json`

use serde_json::{Value, json};
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

/// Before any endpoint is asked.
#[tokio::test]
async fn what_the_gateway_says_by_itself_is_described() {
    let cloud = TestCloud::shared();
    let document = document().await;
    let (me, projects) = ("/v1/me", "/v1/projects");
    let long = "x".repeat(10_240);
    let large = vec![b' '; 10 * 1024 * 1024 + 1];
    for (status, operation, request) in [
        (400, (me, "get"), cloud.get(me).header("host", "a:99999")),
        (401, (me, "get"), cloud.get(me)),
        (403, (me, "get"), cloud.get(me).token("nobody's")),
        (413, (projects, "post"), cloud.post(projects).bytes(&large)),
        (431, (me, "get"), cloud.get(me).header("x-long", &long)),
    ] {
        let answer = request.await.assert_status(status);
        assert_eq!(answer.header("content-type"), "application/json");
        let members: Vec<&String> = answer.json.as_object().unwrap().keys().collect();
        assert_eq!(members, ["message"], "{answer}");
        let (path, method) = operation;
        let described = &document["paths"][path][method]["responses"][status.to_string()];
        let content = &resolved(&document, described)["content"]["application/json"];
        let refusal = "#/components/schemas/GatewayRefusal";
        assert_eq!(
            content["schema"]["$ref"], refusal,
            "{operation:?}: {status}"
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

#[tokio::test]
async fn every_body_and_every_answer_has_an_example_that_its_schema_allows() {
    let document = document().await;
    let mut looked_at = 0;
    for route in Route::all().into_iter().filter(|route| route.api == "main") {
        let operation = &document["paths"][route.path()][route.method().to_lowercase()];
        let answer = &operation["responses"][route.success.to_string()];
        for content in [&operation["requestBody"]["content"], &answer["content"]] {
            let Some(media) = content.get("application/json") else {
                continue;
            };
            let example = &media["example"];
            assert!(!example.is_null(), "{} has no example", route.route_key);
            // References lead into the document, so the document comes along.
            let schema = json!({"components": document["components"], "allOf": [media["schema"]]});
            let validator = jsonschema::draft202012::options()
                .should_validate_formats(true)
                .build(&schema)
                .unwrap();
            let wrong: Vec<String> = (validator.iter_errors(example))
                .map(|error| format!("{} {error}", error.instance_path()))
                .collect();
            assert!(wrong.is_empty(), "{}: {wrong:?}", route.route_key);
            looked_at += 1;
        }
    }
    assert!(looked_at > 80, "{looked_at}");
}

#[tokio::test]
async fn a_single_record_is_answered_with_its_tag() {
    let document = document().await;
    let record = "/v1/projects/{project_id}/{collection}/{record_id}";
    for method in ["get", "patch"] {
        let answer = &document["paths"][record][method]["responses"]["200"];
        assert!(answer["headers"]["ETag"].is_object(), "{method}: {answer}");
    }
}

#[tokio::test]
async fn every_problem_has_an_example_in_its_own_words() {
    let document = document().await;
    let mut seen = BTreeSet::new();
    for route in Route::all().into_iter().filter(|route| route.api == "main") {
        let operation = &document["paths"][route.path()][route.method().to_lowercase()];
        for slug in &route.problems {
            let kind = Kind::from_slug(slug).unwrap();
            let answer = &operation["responses"][kind.status().to_string()];
            let examples = &answer["content"]["application/problem+json"]["examples"];
            let example = &resolved(&document, &examples[slug])["value"];
            assert_eq!(
                example["status"],
                kind.status(),
                "{} {slug}",
                route.route_key
            );
            assert_eq!(example["title"], kind.title(), "{} {slug}", route.route_key);
            seen.insert(kind.slug());
        }
    }
    let all: BTreeSet<&str> = Kind::ALL.iter().map(|kind| kind.slug()).collect();
    assert_eq!(seen, all, "a kind of problem that no route declares");
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
