//! Templates whose form is wrong, and conditions.

use super::{resolve, resolve_with};

fn refusal(text: &str) -> String {
    resolve(text).expect_err(text)
}

#[test]
fn sections() {
    for (text, message) in [
        ("a text", "a template must be a mapping with Resources"),
        ("Description: x", "the template has no Resources"),
        ("Resources: {}", "the template has no Resources"),
        ("Resources: [a]", "Resources must be a mapping"),
        (
            "Resource: { A: { Type: X } }",
            "the section Resource is not known here",
        ),
        (
            "Rules: {}\nResources: { A: { Type: X } }",
            "the section Rules is not known here",
        ),
        (
            "Transform: AWS::LanguageExtensions\nResources: { A: { Type: X } }",
            r#"the transform "AWS::LanguageExtensions" is not known here; only AWS::Serverless-2016-10-31 is"#,
        ),
        (
            "Conditions: { C: yes }\nResources: { A: { Type: X } }",
            "Conditions.C must be a mapping",
        ),
        (
            "Globals: { Layer: {} }\nResources: { A: { Type: X } }",
            "Globals.Layer is not known here",
        ),
    ] {
        assert_eq!(refusal(text), message);
    }
}

#[test]
fn resources() {
    for (resource, message) in [
        ("A: 5", "Resources.A must be a mapping"),
        (
            "A-B: { Type: X }",
            "resource A-B: a logical id consists of letters and digits",
        ),
        ("A: {}", "resource A: Type is missing or not text"),
        (
            "A: { Type: [X] }",
            "resource A: Type is missing or not text",
        ),
        (
            "A: { Type: X, Propertis: {} }",
            "resource A: the attribute Propertis is not known here",
        ),
        (
            "A: { Type: X, Properties: [] }",
            "resource A, Properties: must be a mapping",
        ),
        (
            "A: { Type: X, Metadata: x }",
            "resource A, Metadata: must be a mapping",
        ),
        (
            "A: { Type: X, Condition: C }",
            r#"resource A, Condition: "C" is not a condition of this template"#,
        ),
        (
            "A: { Type: X, Condition: [C] }",
            r#"resource A, Condition: ["C"] is not a condition of this template"#,
        ),
        (
            "A: { Type: X, DependsOn: B }",
            r#"resource A, DependsOn: "B" is not a resource of this template"#,
        ),
        (
            "A: { Type: X, DependsOn: A }",
            r#"resource A, DependsOn: "A" is not a resource of this template"#,
        ),
        (
            "A: { Type: X, DependsOn: [5] }",
            "resource A, DependsOn: 5 is not a resource of this template",
        ),
        (
            "A: { Type: X, Properties: { P: [{ Fn::Cidr: x }] } }",
            "section Resources, A.Properties.P[0].Fn::Cidr: this function is not known here",
        ),
        (
            "A: { Type: X, Properties: { P: { Fn::Sub: x, Q: y } } }",
            "section Resources, A.Properties.P.Fn::Sub: a function stands alone in its mapping",
        ),
        (
            "A: { Type: X, Properties: { Fn::Sub: x } }",
            "resource A, Properties: must be a mapping",
        ),
    ] {
        assert_eq!(refusal(&format!("Resources:\n  {resource}")), message);
    }
    assert!(resolve("Resources:\n  Api: { Type: X }\n  A: { Type: X, DependsOn: [Api, ApiApiGatewayDefaultStage] }").is_ok(), "a resource that SAM makes");
    assert_eq!(
        refusal("Parameters: { A: { Type: String, Default: x } }\nResources: { A: { Type: X } }"),
        "resource A: a parameter has the same name"
    );
}

#[test]
fn outputs() {
    let text = |output: &str| {
        format!(
            "Resources: {{ A: {{ Type: X }}, T: {{ Type: AWS::DynamoDB::Table }} }}\nOutputs:\n  O: {output}"
        )
    };
    assert_eq!(
        resolve(&text("{ Value: !GetAtt T.Arn }")).unwrap().outputs["O"],
        "arn:aws:dynamodb:us-east-1:000000000000:table/T"
    );
    assert_eq!(
        refusal(&text("{ Description: x }")),
        "output O: Value is missing"
    );
    assert_eq!(
        refusal(&text("{ Value: x, Valu: y }")),
        "output O: the attribute Valu is not known here"
    );
    assert_eq!(
        refusal(&text("{ Value: [x] }")),
        "output O, Value: must be a single text"
    );
    assert_eq!(
        refusal(&text("{ Value: x, Condition: C }")),
        r#"output O, Condition: "C" is not a condition of this template"#
    );
    assert_eq!(
        refusal(&text("{ Value: !Ref A }")),
        "output O, Value.Ref: Ref of A (X) is not known here"
    );
}

#[test]
fn conditions() {
    let text = |condition: &str| {
        format!(
            "Parameters: {{ P: {{ Type: String, Default: a }} }}\nConditions:\n  Yes: !Equals [!Ref P, a]\n  C: {condition}\nResources:\n  Always: {{ Type: X }}\n  Sometimes: {{ Type: X, Condition: C }}\nOutputs:\n  O: {{ Value: x, Condition: C }}"
        )
    };
    for (condition, expected) in [
        ("!Equals [!Ref P, a]", true),
        ("{ Fn::Equals: [{ Ref: P }, b] }", false),
        ("!Not [!Condition Yes]", false),
        ("{ Condition: Yes }", true),
        ("!And [!Condition Yes, !Equals [a, b]]", false),
        ("!And [!Condition Yes, !Equals [1, '1']]", true),
        ("!Or [!Condition Yes, !Equals [a, b]]", true),
        ("!Or [!Equals [a, c], !Equals [a, b]]", false),
        ("!Equals [!Sub '${P}-${AWS::Region}', a-us-east-1]", true),
    ] {
        let resolved = resolve(&text(condition)).unwrap();
        assert_eq!(
            resolved.resources.contains_key("Sometimes"),
            expected,
            "{condition}"
        );
        assert_eq!(resolved.outputs.contains_key("O"), expected, "{condition}");
        assert!(resolved.resources.contains_key("Always"));
    }
    let with_parameter = resolve_with(&text("!Condition Yes"), &[("P", "b")]).unwrap();
    assert!(!with_parameter.resources.contains_key("Sometimes"));
    for (condition, message) in [
        ("!Condition C", "condition C: depends on itself"),
        (
            "!Not [!Not [!Condition C]]",
            "condition C: depends on itself",
        ),
        ("!Condition Unknown", "condition Unknown: is not defined"),
        ("!Equals [a]", "condition C, Fn::Equals: takes two values"),
        (
            "!Not [!Condition Yes, !Condition Yes]",
            "condition C, Fn::Not: takes a list of one condition",
        ),
        (
            "!And [!Condition Yes]",
            "condition C, Fn::And: takes a list of 2 to 10 conditions",
        ),
        (
            "!Or [!Condition Yes, !Sub a]",
            "condition C, Fn::Or[1].Fn::Sub: is not a condition function",
        ),
        (
            "!Equals [!Ref Always, a]",
            "condition C, Fn::Equals.Ref: Always is not a parameter: a condition sees parameters only",
        ),
        (
            "!Equals [!If [Yes, a, b], a]",
            "condition C, Fn::Equals.Fn::If: Yes is not a condition of this template",
        ),
        ("{}", "condition C: must be one condition function"),
        (
            "!Condition [Yes]",
            "condition C, Condition: must name a condition",
        ),
    ] {
        assert_eq!(refusal(&text(condition)), message);
    }
}
