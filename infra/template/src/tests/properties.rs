//! No input breaks the reader.

use super::resolve_with;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Names that lead somewhere in the template below, and some that do not.
const WORDS: [&str; 34] = [
    "Ref",
    "Fn::Sub",
    "Fn::GetAtt",
    "Fn::Join",
    "Fn::Select",
    "Fn::Split",
    "Fn::If",
    "Fn::Equals",
    "Fn::Not",
    "Fn::And",
    "Fn::Or",
    "Fn::FindInMap",
    "Condition",
    "Type",
    "Properties",
    "AWS::DynamoDB::Table",
    "AWS::IAM::OIDCProvider",
    "AWS::Serverless::Function",
    "Table",
    "Provider",
    "Url",
    "Arn",
    "Table.Arn",
    "${Table.Arn}",
    "${Provider}",
    "https://${Zones}",
    "${!x}${",
    "Stage",
    "Zones",
    "IsDev",
    "AWS::NoValue",
    "PolicyDocument",
    "0",
    "{\"a\":1}",
];

fn word() -> impl Strategy<Value = String> {
    prop_oneof![6 => prop::sample::select(WORDS.to_vec()).prop_map(str::to_owned), 1 => any::<String>()]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![5 => word().prop_map(Value::from), 1 => any::<i64>().prop_map(Value::from), 1 => any::<bool>().prop_map(Value::from), 1 => Just(Value::Null)];
    leaf.prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            3 => (word(), inner.clone()).prop_map(|(key, value)| json!({key: value})),
            2 => prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            1 => prop::collection::vec((word(), inner), 0..4).prop_map(|entries| Value::Object(Map::from_iter(entries))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    // `resolve_with` also checks that an error is one line.
    #[test]
    fn any_text(text in any::<String>()) {
        let _ = resolve_with(&text, &[]);
    }

    #[test]
    fn text_that_resembles_a_template(lines in prop::collection::vec("( {0,6})(Resources:|Conditions:|A:|- |Type: X|Properties:|!Ref |!Sub |!GetAtt A\\.|\\$\\{A\\}|&a |\\*a|\\[|\\]|\\{|\\}|'|\"|\\||#|<<: |\\? |--- |!!int |!!str |!<x> |%YAML){0,4}", 0..8)) {
        let _ = resolve_with(&lines.join("\n"), &[]);
    }

    #[test]
    fn any_values_in_the_likely_places(property in value(), url in value(), condition in value(), output in value(), global in value(), attribute in value()) {
        let document = json!({
            "Parameters": {"Stage": {"Type": "String", "Default": "dev"}, "Zones": {"Type": "CommaDelimitedList", "Default": "a,b"}},
            "Globals": {"Function": global},
            "Conditions": {"IsDev": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]}, "Any": condition},
            "Resources": {
                "Table": {"Type": "AWS::DynamoDB::Table", "Properties": {"Value": property}},
                "Provider": {"Type": "AWS::IAM::OIDCProvider", "Properties": {"Url": url}},
                "Handler": {"Type": "AWS::Serverless::Function", "Properties": attribute},
            },
            "Outputs": {"O": {"Value": output}},
        });
        let _ = resolve_with(&document.to_string(), &[("Stage", "prod")]);
    }

    #[test]
    fn any_parameter(declaration in value(), given in any::<String>()) {
        let document = json!({"Parameters": {"P": declaration}, "Resources": {"A": {"Type": "X"}}});
        let _ = resolve_with(&document.to_string(), &[("P", &given)]);
    }
}
