//! YAML that can't be a template.

use super::resolve;
use crate::Template;

fn refusal(text: &str) -> String {
    resolve(text).expect_err(text)
}

#[test]
fn text_that_is_no_yaml_names_its_line() {
    assert!(
        refusal("Resources:\n  A: [").contains("line 3"),
        "{}",
        refusal("Resources:\n  A: [")
    );
    assert!(refusal("Resources:\n\tA: b").contains("line 2"));
    assert!(refusal("a: 1\n---\nb: 2").contains("more than one document"));
    assert!(!refusal("").is_empty());
    let deep = format!("Resources: {}", "[".repeat(2_000));
    assert!(!refusal(&deep).is_empty());
    assert!(
        refusal(&format!(
            "Resources: {}{}",
            "[".repeat(500),
            "]".repeat(500)
        ))
        .contains("recursion limit")
    );
}

#[test]
fn what_yaml_allows_and_a_template_does_not() {
    for (text, message) in [
        (
            "Resources:\n  A: { Type: X }\n  A: { Type: Y }",
            "Resources: the key A stands twice at line 2 column 3",
        ),
        (
            "Resources:\n  A:\n    Type: X\n    Properties: { Null: x }",
            "Resources.A.Properties: the key null must be text: put it in quotes at line 4 column 17",
        ),
        (
            "Resources:\n  A: { Type: X, 5: x }",
            "Resources.A: the key 5 must be text: put it in quotes at line 2 column 6",
        ),
        (
            "Resources:\n  A: &a { Type: X }\n  B: { <<: *a }",
            "Resources.B: CloudFormation has no merge key (<<) at line 3 column 6",
        ),
        (
            "Resources:\n  A:\n    Type: X\n    Properties: { P: !Base64 x }",
            "Resources.A.Properties.P: the tag !Base64 is not known here at line 4 column 22",
        ),
        (
            "Resources:\n  A: { Type: X, Properties: { P: .inf } }",
            "Resources.A.Properties.P: a number must be finite at line 2 column 34",
        ),
    ] {
        assert_eq!(refusal(text), message);
    }
}

#[test]
fn an_alias_repeats_what_it_names() {
    let resolved = resolve("Resources:\n  A: { Type: X, Properties: &p { V: !Sub a } }\n  B: { Type: X, Properties: *p }").unwrap();
    assert_eq!(
        resolved.resources["A"].properties,
        resolved.resources["B"].properties
    );
}

#[test]
fn a_template_may_be_json() {
    let resolved = resolve(r#"{"Resources": {"A": {"Type": "X", "Properties": {"V": {"Fn::Sub": "a-${AWS::Region}"}}}}}"#).unwrap();
    assert_eq!(resolved.resources["A"].properties["V"], "a-us-east-1");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let message = Template::read("no/such/template.yaml")
        .unwrap_err()
        .to_string();
    assert!(
        message.starts_with("no/such/template.yaml can't be read: "),
        "{message}"
    );
}
