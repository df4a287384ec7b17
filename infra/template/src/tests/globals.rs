//! SAM's Globals.

use super::resolve;
use serde_json::json;

#[test]
fn functions_have_what_globals_say_unless_they_say_otherwise() {
    let resolved = resolve(
        "Globals:\n  Function: { Timeout: 10, MemorySize: 128, Role: !Ref R, Layers: [a], Environment: { Variables: { A: '1', B: !Ref R } } }\n\
         Resources:\n  R: { Type: AWS::IAM::Role }\n  Plain: { Type: AWS::Serverless::Function }\n\
         \x20 Own: { Type: AWS::Serverless::Function, Properties: { Timeout: 3, Role: own, Layers: [b], Environment: { Variables: { B: own, C: '3' } } } }\n\
         \x20 Other: { Type: AWS::Lambda::Function, Properties: { Timeout: 3 } }",
    )
    .unwrap();
    assert_eq!(
        resolved.resources["Plain"].properties,
        json!({"Timeout": 10, "MemorySize": 128, "Role": "R", "Layers": ["a"], "Environment": {"Variables": {"A": "1", "B": "R"}}})
    );
    assert_eq!(
        resolved.resources["Own"].properties,
        json!({"Timeout": 3, "MemorySize": 128, "Role": "own", "Layers": ["a", "b"], "Environment": {"Variables": {"A": "1", "B": "own", "C": "3"}}})
    );
    assert_eq!(
        resolved.resources["Other"].properties,
        json!({"Timeout": 3})
    );
}

#[test]
fn an_api_has_them_too() {
    let resolved = resolve("Globals: { HttpApi: { FailOnWarnings: true } }\nResources: { Api: { Type: AWS::Serverless::HttpApi } }").unwrap();
    assert_eq!(
        resolved.resources["Api"].properties,
        json!({"FailOnWarnings": true})
    );
}
