#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
use super::*;
use serde_json::json;
use template::{Environment, Template};

const ARN: &str = "arn:aws:dynamodb:us-east-1:000000000000:table/T";

fn tables() -> Tables {
    let text = r#"
Resources:
  T:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}, {AttributeName: sk, AttributeType: S}, {AttributeName: g, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}, {AttributeName: sk, KeyType: RANGE}]
      GlobalSecondaryIndexes:
        - {IndexName: byG, KeySchema: [{AttributeName: g, KeyType: HASH}], Projection: {ProjectionType: ALL}}
"#;
    let resolved = Template::parse(text)
        .unwrap()
        .resolve(&BTreeMap::new(), &Environment::default())
        .unwrap();
    Tables::read(&resolved, "us-east-1", "000000000000").unwrap()
}

fn analysed(operation: Operation, body: Value) -> Result<Analysis, ApiError> {
    analyse(operation, body.as_object().unwrap().clone(), &tables())
}

fn only_check(operation: Operation, body: Value) -> Check {
    let mut checks = analysed(operation, body).unwrap().checks;
    assert_eq!(checks.len(), 1);
    checks.remove(0)
}

fn names(check: &Check) -> Vec<&str> {
    check.attributes.iter().map(String::as_str).collect()
}

#[test]
fn a_read_tells_whether_it_is_selective() {
    let key = json!({"pk": {"S": "a"}, "sk": {"S": "b"}});
    let all = only_check(Operation::GetItem, json!({"TableName": "T", "Key": key}));
    assert_eq!(
        (all.action.as_str(), all.resource.as_str()),
        ("GetItem", ARN)
    );
    assert_eq!(all.leading_keys, ["a"]);
    assert_eq!(
        (all.select.as_deref(), names(&all)),
        (Some("ALL_ATTRIBUTES"), vec!["pk", "sk"])
    );
    let some = only_check(
        Operation::GetItem,
        json!({"TableName": ARN, "Key": key, "ProjectionExpression": "x.y, #z", "ExpressionAttributeNames": {"#z": "zed"}}),
    );
    assert_eq!(
        (some.select.as_deref(), names(&some)),
        (Some("SPECIFIC_ATTRIBUTES"), vec!["pk", "sk", "x", "zed"])
    );
    assert_eq!(some.resource, ARN);
}

#[test]
fn a_selection_of_nothing_is_refused_wherever_it_stands() {
    let key = json!({"pk": {"S": "a"}, "sk": {"S": "b"}});
    for (operation, body) in [
        (
            Operation::GetItem,
            json!({"TableName": "T", "Key": key, "AttributesToGet": []}),
        ),
        (
            Operation::GetItem,
            json!({"TableName": "T", "Key": key, "ProjectionExpression": ""}),
        ),
        (
            Operation::BatchGetItem,
            json!({"RequestItems": {"T": {"Keys": [key], "AttributesToGet": []}}}),
        ),
        (
            Operation::Query,
            json!({
                "TableName": "T", "KeyConditionExpression": "pk = :v", "AttributesToGet": [],
                "ExpressionAttributeValues": {":v": {"S": "a"}},
            }),
        ),
    ] {
        let error = analysed(operation, body.clone()).unwrap_err();
        assert_eq!(error.code, "ValidationException", "{body}");
    }
}

#[test]
fn a_query_takes_the_key_of_what_it_asks() {
    let body = json!({
        "TableName": "T",
        "KeyConditionExpression": ":v = pk",
        "FilterExpression": "size(note) > :n",
        "ExpressionAttributeValues": {":v": {"S": "a"}, ":n": {"N": "1"}},
    });
    let analysis = analysed(Operation::Query, body.clone()).unwrap();
    let check = &analysis.checks[0];
    assert_eq!(
        (check.select.as_deref(), names(check)),
        (Some("ALL_ATTRIBUTES"), vec!["note", "pk"])
    );
    assert_eq!(analysis.body["KeyConditionExpression"], "pk = :v");
    let mut of_index = body;
    of_index["IndexName"] = json!("byG");
    of_index["KeyConditionExpression"] = json!("g = :v");
    let check = only_check(Operation::Query, of_index);
    assert_eq!(
        (check.resource, check.leading_keys),
        (format!("{ARN}/index/byG"), vec!["a".to_owned()])
    );
    assert_eq!(check.select.as_deref(), Some("ALL_PROJECTED_ATTRIBUTES"));
}

#[test]
fn writes_tell_what_they_return_and_which_index_keys_they_set() {
    let put = only_check(
        Operation::PutItem,
        json!({"TableName": "T", "Item": {"pk": {"S": "a"}, "sk": {"S": "b"}, "g": {"S": "c"}}}),
    );
    assert_eq!(put.return_values.as_deref(), Some("NONE"));
    assert_eq!(put.index_keys[0].value.as_deref(), Some("c"));
    let update = only_check(
        Operation::UpdateItem,
        json!({
            "TableName": "T",
            "Key": {"pk": {"S": "a"}, "sk": {"S": "b"}},
            "UpdateExpression": "SET n = m REMOVE g",
            "ReturnValues": "ALL_OLD",
        }),
    );
    assert_eq!(
        (update.return_values.as_deref(), names(&update)),
        (Some("ALL_OLD"), vec!["g", "m", "n", "pk", "sk"])
    );
    assert!(update.index_keys.is_empty());
}

#[test]
fn elements_of_a_transaction_stand_for_themselves() {
    let key = json!({"pk": {"S": "a"}, "sk": {"S": "b"}});
    let analysis = analysed(
        Operation::TransactWriteItems,
        json!({"TransactItems": [
            {"ConditionCheck": {"TableName": "T", "Key": key, "ConditionExpression": "attribute_exists(x)"}},
            {"Delete": {"TableName": ARN, "Key": key}},
        ]}),
    )
    .unwrap();
    let actions: Vec<_> = analysis
        .checks
        .iter()
        .map(|check| (check.action.as_str(), check.enclosing_operation))
        .collect();
    assert_eq!(
        actions,
        [
            ("ConditionCheckItem", Some("TransactWriteItems")),
            ("DeleteItem", Some("TransactWriteItems"))
        ]
    );
    assert_eq!(
        analysis.body["TransactItems"][1]["Delete"]["TableName"],
        "T"
    );
}

#[test]
fn what_is_absent_may_be_null() {
    let body = json!({"TableName": "T", "Key": {"pk": {"S": "a"}, "sk": {"S": "b"}}, "ProjectionExpression": null, "ReturnConsumedCapacity": "TOTAL"});
    let analysis = analysed(Operation::GetItem, body).unwrap();
    assert_eq!(analysis.checks[0].select.as_deref(), Some("ALL_ATTRIBUTES"));
    assert_eq!(analysis.wanted_capacity.as_deref(), Some("TOTAL"));
}

#[test]
fn a_table_or_index_that_is_not_there_is_found_missing_after_the_judgement() {
    let key = json!({"pk": {"S": "a"}, "sk": {"S": "b"}});
    let analysis = analysed(Operation::GetItem, json!({"TableName": "U", "Key": key})).unwrap();
    assert_eq!(analysis.missing.unwrap().code, "ResourceNotFoundException");
    assert!(analysis.checks[0].leading_keys.is_empty());
    let query = json!({"TableName": "T", "IndexName": "none", "KeyConditionExpression": "g = :v", "ExpressionAttributeValues": {":v": {"S": "a"}}});
    let analysis = analysed(Operation::Query, query).unwrap();
    assert_eq!(analysis.missing.unwrap().code, "ValidationException");
    assert!(analysis.checks[0].leading_keys.is_empty());
}

#[test]
fn a_page_begins_in_the_partition_asked() {
    let page = |start: Value| {
        analysed(
            Operation::Query,
            json!({
                "TableName": "T",
                "KeyConditionExpression": "pk = :v",
                "ExpressionAttributeValues": {":v": {"S": "a"}},
                "ExclusiveStartKey": start,
            }),
        )
    };
    assert!(page(json!({"pk": {"S": "a"}, "sk": {"S": "b"}})).is_ok());
    for start in [
        json!({"pk": {"S": "x"}, "sk": {"S": "b"}}),
        json!({"pk": {"S": "a", "N": "1"}, "sk": {"S": "b"}}),
        json!({"sk": {"S": "b"}}),
        json!("a"),
    ] {
        assert_eq!(
            page(start.clone()).unwrap_err().code,
            "ValidationException",
            "{start}"
        );
    }
}
