//! Each intrinsic function, in both forms, and what it refuses.

use super::{refusal, value, with_property};
use crate::Template;
use serde_json::{Value, json};

/// Both forms come to the same.
fn both(short: &str, long: &str) -> Value {
    let result = value(short);
    assert_eq!(result, value(long), "{short} and {long}");
    result
}

#[test]
fn reference() {
    assert_eq!(both("!Ref Stage", "{ Ref: Stage }"), "dev");
    assert_eq!(value("!Ref Table"), "Table");
    assert_eq!(value("!Ref Zones"), json!(["a", "b"]));
    assert_eq!(
        value("!Ref Count"),
        "3",
        "a number parameter is text, as in CloudFormation"
    );
    assert_eq!(
        refusal("!Ref Nothing"),
        ".Ref: Nothing is neither a parameter nor a resource of this template"
    );
    assert_eq!(refusal("!Ref [a]"), ".Ref: takes a name");
    assert_eq!(
        refusal("!Ref Gone"),
        ".Ref: Gone is left out by its condition"
    );
    assert_eq!(
        refusal("!Ref AWS::NotificationARNs"),
        ".Ref: AWS::NotificationARNs is neither a parameter nor a resource of this template"
    );
}

#[test]
fn pseudo_parameters() {
    for (name, expected) in [
        ("AWS::Region", "us-east-1"),
        ("AWS::AccountId", "000000000000"),
        ("AWS::Partition", "aws"),
        ("AWS::StackName", "tenantry"),
        (
            "AWS::StackId",
            "arn:aws:cloudformation:us-east-1:000000000000:stack/tenantry/local",
        ),
        ("AWS::URLSuffix", "amazonaws.com"),
    ] {
        assert_eq!(value(&format!("!Ref {name}")), expected);
        assert_eq!(value(&format!("!Sub '${{{name}}}'")), expected);
    }
}

#[test]
fn no_value_removes() {
    assert_eq!(value("!Ref AWS::NoValue"), Value::Null);
    assert_eq!(value("[a, !Ref AWS::NoValue, b]"), json!(["a", "b"]));
    assert_eq!(value("{ a: 1, b: !Ref AWS::NoValue }"), json!({"a": 1}));
    assert_eq!(
        refusal("!Sub '${AWS::NoValue}'"),
        ".Fn::Sub: ${AWS::NoValue} is not a single text"
    );
    assert_eq!(
        refusal("!Join [!Ref AWS::NoValue, [a]]"),
        ".Fn::Join: must be a single text"
    );
}

#[test]
fn substitution() {
    assert_eq!(
        both(
            "!Sub 'x-${Stage}-${Table}'",
            "{ 'Fn::Sub': 'x-${Stage}-${Table}' }"
        ),
        "x-dev-Table"
    );
    assert_eq!(
        value("!Sub '${Table.Arn}/index/*'"),
        "arn:aws:dynamodb:us-east-1:000000000000:table/Table/index/*"
    );
    assert_eq!(
        value("!Sub 'TENANT#${!aws:PrincipalTag/TenantId}#*'"),
        "TENANT#${aws:PrincipalTag/TenantId}#*"
    );
    assert_eq!(
        both(
            "!Sub ['${A}${Stage}', { A: !Ref Table }]",
            "{ 'Fn::Sub': ['${A}${Stage}', { A: { Ref: Table } }] }"
        ),
        "Tabledev"
    );
    assert_eq!(
        value("!Sub ['${Stage}', { Stage: own }]"),
        "own",
        "its own variable comes first"
    );
    assert_eq!(
        value("!Sub '$context.requestId $ { }'"),
        "$context.requestId $ { }"
    );
    assert_eq!(value("!Sub ''"), "");
    for (written, message) in [
        (
            "!Sub '${aws:PrincipalTag/X}'",
            ".Fn::Sub: ${aws:PrincipalTag/X} is not a name: write ${!aws:PrincipalTag/X} for the text itself",
        ),
        (
            "!Sub '${}'",
            ".Fn::Sub: ${} is not a name: write ${!} for the text itself",
        ),
        ("!Sub '${Stage'", ".Fn::Sub: ${ is not closed"),
        (
            "!Sub '${Nothing}'",
            ".Fn::Sub: Nothing is neither a parameter nor a resource of this template",
        ),
        ("!Sub '${Zones}'", ".Fn::Sub: ${Zones} is not a single text"),
        (
            "!Sub [a]",
            ".Fn::Sub: takes a text, or a list of a text and a mapping",
        ),
        (
            "!Sub {a: b}",
            ".Fn::Sub: takes a text, or a list of a text and a mapping",
        ),
        (
            "!Sub ['${A}', { A: [x] }]",
            ".Fn::Sub.A: must be a single text",
        ),
    ] {
        assert_eq!(refusal(written), message);
    }
}

#[test]
fn attribute() {
    let arn = "arn:aws:dynamodb:us-east-1:000000000000:table/Table";
    assert_eq!(
        both("!GetAtt Table.Arn", "{ 'Fn::GetAtt': [Table, Arn] }"),
        arn
    );
    assert_eq!(value("!GetAtt [Table, Arn]"), arn);
    assert_eq!(value("{ 'Fn::GetAtt': Table.Arn }"), arn);
    assert_eq!(
        refusal("!GetAtt Table.Size"),
        ".Fn::GetAtt: Table (AWS::DynamoDB::Table) has no attribute Size here"
    );
    assert_eq!(
        refusal("!GetAtt Table.StreamArn"),
        ".Fn::GetAtt: Table (AWS::DynamoDB::Table) has no attribute StreamArn here"
    );
    assert_eq!(
        refusal("!GetAtt Table"),
        ".Fn::GetAtt: takes a logical id and an attribute"
    );
    assert_eq!(
        refusal("!GetAtt Stage.Arn"),
        ".Fn::GetAtt: Stage is neither a parameter nor a resource of this template"
    );
    assert_eq!(
        refusal("!GetAtt Gone.Arn"),
        ".Fn::GetAtt: Gone is left out by its condition"
    );
}

#[test]
fn join_split_select() {
    assert_eq!(
        both(
            "!Join ['-', [a, !Ref Stage, 1]]",
            "{ 'Fn::Join': ['-', [a, { Ref: Stage }, 1]] }"
        ),
        "a-dev-1"
    );
    assert_eq!(value("!Join [',', !Ref Zones]"), "a,b");
    assert_eq!(
        both("!Split [',', 'x,y']", "{ 'Fn::Split': [',', 'x,y'] }"),
        json!(["x", "y"])
    );
    assert_eq!(
        both(
            "!Select [1, !Ref Zones]",
            "{ 'Fn::Select': ['1', { Ref: Zones }] }"
        ),
        "b"
    );
    assert_eq!(
        value("!Select [1, !Split ['/', !Select [5, !Split [':', !GetAtt Table.Arn]]]]"),
        "Table"
    );
    for (written, message) in [
        ("!Join [a]", ".Fn::Join: takes a delimiter and a list"),
        ("!Join ['-', a]", ".Fn::Join: takes a delimiter and a list"),
        ("!Join ['-', [[a]]]", ".Fn::Join: takes a list of texts"),
        (
            "!Split ['', a]",
            ".Fn::Split: takes a delimiter that is not empty",
        ),
        ("!Split a", ".Fn::Split: takes a delimiter and a text"),
        (
            "!Select [2, !Ref Zones]",
            ".Fn::Select: the list has no element 2",
        ),
        (
            "!Select [-1, !Ref Zones]",
            ".Fn::Select: the list has no element -1",
        ),
        ("!Select [0, a]", ".Fn::Select: takes an index and a list"),
        ("!Select a", ".Fn::Select: takes an index and a list"),
    ] {
        assert_eq!(refusal(written), message);
    }
}

#[test]
fn conditions_choose() {
    assert_eq!(
        both("!If [IsDev, yes, no]", "{ 'Fn::If': [IsDev, yes, no] }"),
        "yes"
    );
    assert_eq!(
        value("!If [IsProd, !Ref Gone, !Ref Stage]"),
        "dev",
        "only the chosen value has to exist"
    );
    assert_eq!(value("!If [IsProd, x, !Ref AWS::NoValue]"), Value::Null);
    assert_eq!(
        refusal("!If [Nothing, a, b]"),
        ".Fn::If: Nothing is not a condition of this template"
    );
    assert_eq!(
        refusal("!If [IsDev, a]"),
        ".Fn::If: takes the name of a condition and two values"
    );
    assert_eq!(refusal("!Equals [a, b]"), ".Fn::Equals: has no place here");
}

#[test]
fn mappings() {
    assert_eq!(
        both(
            "!FindInMap [Sizes, !Ref Stage, Memory]",
            "{ 'Fn::FindInMap': [Sizes, { Ref: Stage }, Memory] }"
        ),
        128
    );
    assert_eq!(value("!FindInMap [Sizes, prod, Names]"), json!(["z"]));
    assert_eq!(
        refusal("!FindInMap [Sizes, test, Memory]"),
        ".Fn::FindInMap: the mappings have no value Sizes.test.Memory"
    );
    assert_eq!(
        refusal("!FindInMap [Sizes, dev]"),
        ".Fn::FindInMap: takes a map and two keys"
    );
}

#[test]
fn the_raw_document_has_long_forms() {
    let template = Template::parse(&with_property("!GetAtt Table.Arn")).unwrap();
    assert_eq!(
        template.raw()["Resources"]["Thing"]["Properties"]["Value"],
        json!({"Fn::GetAtt": ["Table", "Arn"]})
    );
    assert_eq!(
        template.resources().map(|(id, _)| id).collect::<Vec<_>>(),
        ["Table", "Gone", "Thing"],
        "in the template's order"
    );
    assert_eq!(template.parameters().count(), 3);
}
