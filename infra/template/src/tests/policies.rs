//! Policies that are written as text, because a map key takes no function.

use super::resolve;
use serde_json::{Value, json};

fn trust(written: &str) -> Result<Value, String> {
    let text = format!(
        "Resources:\n  Api: {{ Type: AWS::Serverless::HttpApi }}\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument: {written}\n"
    );
    resolve(&text)
        .map(|resolved| resolved.resources["R"].properties["AssumeRolePolicyDocument"].clone())
}

#[test]
fn become_objects() {
    assert_eq!(
        trust(r#"!Sub '{"${Api}:aud": ["x", 1, true, null]}'"#).unwrap(),
        json!({"api:aud": ["x", 1, true, null]})
    );
    assert_eq!(
        trust("{ Version: 2012-10-17 }").unwrap(),
        json!({"Version": "2012-10-17"})
    );
    let inner = resolve("Resources:\n  R: { Type: AWS::IAM::Role, Properties: { Policies: [{ PolicyName: P, PolicyDocument: '{\"a\": 1}' }], Description: '{}' } }").unwrap();
    assert_eq!(
        inner.resources["R"].properties["Policies"][0]["PolicyDocument"],
        json!({"a": 1})
    );
    assert_eq!(
        inner.resources["R"].properties["Description"], "{}",
        "other properties stay text"
    );
}

#[test]
fn must_be_sound_json() {
    let start = "resource R, Properties.AssumeRolePolicyDocument: is not JSON: ";
    for (written, message) in [
        ("!Sub 'x'", "expected value at line 1 column 1"),
        (r#"!Sub '{"a": 1,}'"#, "trailing comma at line 1 column 9"),
        (
            r#"!Sub '{"a": 1} x'"#,
            "trailing characters at line 1 column 10",
        ),
        (
            r#"!Sub '{"a": 1, "a": 2}'"#,
            "the key a stands twice at line 1 column 16",
        ),
    ] {
        assert_eq!(trust(written).unwrap_err(), format!("{start}{message}"));
    }
}
