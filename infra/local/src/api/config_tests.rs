#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]
use super::*;
use serde_json::json;

fn read(api: &Value, event: &Value) -> Result<Apis, ConfigError> {
    let function = json!({"Events": {"Call": event}});
    let nothing = json!({});
    Apis::read(&[
        Declared {
            logical_id: "Api",
            kind: HTTP_API,
            properties: api,
        },
        Declared {
            logical_id: "Authorizer",
            kind: FUNCTION,
            properties: &nothing,
        },
        Declared {
            logical_id: "F",
            kind: FUNCTION,
            properties: &function,
        },
    ])
}

fn api() -> Value {
    json!({"Auth": {"DefaultAuthorizer": "A", "Authorizers": {"A": {
        "FunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:Authorizer", "EnableSimpleResponses": true}}}})
}

#[test]
fn the_default_authorizer_holds_unless_an_event_says_none() {
    let event =
        json!({"Type": "HttpApi", "Properties": {"ApiId": "api", "Method": "get", "Path": "/a"}});
    let apis = read(&api(), &event).unwrap();
    assert_eq!(
        apis.routes
            .find(&http::Method::GET, "/a")
            .unwrap()
            .0
            .authorizer
            .as_deref(),
        Some("A")
    );
    let event = json!({"Type": "HttpApi", "Properties": {"ApiId": "api", "Method": "get", "Path": "/a", "Auth": {"Authorizer": "NONE"}}});
    let apis = read(&api(), &event).unwrap();
    assert_eq!(
        apis.routes
            .find(&http::Method::GET, "/a")
            .unwrap()
            .0
            .authorizer,
        None
    );
}

#[test]
fn mistakes_are_named() {
    let good =
        json!({"Type": "HttpApi", "Properties": {"ApiId": "api", "Method": "get", "Path": "/a"}});
    let cases = [
        (api(), json!({"Type": "Api"}), "not supported"),
        (
            api(),
            json!({"Type": "HttpApi", "Properties": {"ApiId": "other", "Method": "get", "Path": "/a"}}),
            "ApiId names no API",
        ),
        (
            api(),
            json!({"Type": "HttpApi", "Properties": {"ApiId": "api", "Method": "get", "Path": "/a", "Auth": {"Authorizer": "B"}}}),
            "B is not declared",
        ),
        (
            json!({"Auth": {"DefaultAuthorizer": "B"}}),
            good.clone(),
            "B is not declared",
        ),
        (json!({"StageName": "v1"}), good.clone(), "stage"),
        (json!({"DefinitionBody": {}}), good, "OpenAPI"),
    ];
    for (api, event, expected) in cases {
        match read(&api, &event) {
            Err(error) => assert!(error.0.contains(expected), "{error}"),
            Ok(_) => panic!("accepted: {expected}"),
        }
    }
}
