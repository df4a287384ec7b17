//! The operations of DynamoDB: which are offered, with which members, and which IAM actions stand for the others.

use serde_json::{Map, Value};

/// The operations that are forwarded to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    GetItem,
    PutItem,
    UpdateItem,
    DeleteItem,
    Query,
    BatchGetItem,
    BatchWriteItem,
    TransactGetItems,
    TransactWriteItems,
}

impl Operation {
    const ALL: [Self; 9] = [
        Self::GetItem,
        Self::PutItem,
        Self::UpdateItem,
        Self::DeleteItem,
        Self::Query,
        Self::BatchGetItem,
        Self::BatchWriteItem,
        Self::TransactGetItems,
        Self::TransactWriteItems,
    ];

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|operation| operation.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::GetItem => "GetItem",
            Self::PutItem => "PutItem",
            Self::UpdateItem => "UpdateItem",
            Self::DeleteItem => "DeleteItem",
            Self::Query => "Query",
            Self::BatchGetItem => "BatchGetItem",
            Self::BatchWriteItem => "BatchWriteItem",
            Self::TransactGetItems => "TransactGetItems",
            Self::TransactWriteItems => "TransactWriteItems",
        }
    }

    pub(crate) fn is_read(self) -> bool {
        matches!(
            self,
            Self::GetItem | Self::Query | Self::BatchGetItem | Self::TransactGetItems
        )
    }

    /// The members the operation may have.
    pub(crate) fn members(self) -> &'static [&'static str] {
        match self {
            Self::GetItem => &[
                "TableName",
                "Key",
                "AttributesToGet",
                "ConsistentRead",
                "ReturnConsumedCapacity",
                "ProjectionExpression",
                "ExpressionAttributeNames",
            ],
            Self::PutItem => &[
                "TableName",
                "Item",
                "Expected",
                "ReturnValues",
                "ReturnConsumedCapacity",
                "ReturnItemCollectionMetrics",
                "ConditionalOperator",
                "ConditionExpression",
                "ExpressionAttributeNames",
                "ExpressionAttributeValues",
                "ReturnValuesOnConditionCheckFailure",
            ],
            Self::UpdateItem => &[
                "TableName",
                "Key",
                "AttributeUpdates",
                "Expected",
                "ConditionalOperator",
                "ReturnValues",
                "ReturnConsumedCapacity",
                "ReturnItemCollectionMetrics",
                "UpdateExpression",
                "ConditionExpression",
                "ExpressionAttributeNames",
                "ExpressionAttributeValues",
                "ReturnValuesOnConditionCheckFailure",
            ],
            Self::DeleteItem => &[
                "TableName",
                "Key",
                "Expected",
                "ConditionalOperator",
                "ReturnValues",
                "ReturnConsumedCapacity",
                "ReturnItemCollectionMetrics",
                "ConditionExpression",
                "ExpressionAttributeNames",
                "ExpressionAttributeValues",
                "ReturnValuesOnConditionCheckFailure",
            ],
            Self::Query => &[
                "TableName",
                "IndexName",
                "Select",
                "AttributesToGet",
                "Limit",
                "ConsistentRead",
                "KeyConditions",
                "QueryFilter",
                "ConditionalOperator",
                "ScanIndexForward",
                "ExclusiveStartKey",
                "ReturnConsumedCapacity",
                "ProjectionExpression",
                "FilterExpression",
                "KeyConditionExpression",
                "ExpressionAttributeNames",
                "ExpressionAttributeValues",
            ],
            Self::BatchGetItem => &["RequestItems", "ReturnConsumedCapacity"],
            Self::BatchWriteItem => &[
                "RequestItems",
                "ReturnConsumedCapacity",
                "ReturnItemCollectionMetrics",
            ],
            Self::TransactGetItems => &["TransactItems", "ReturnConsumedCapacity"],
            Self::TransactWriteItems => &[
                "TransactItems",
                "ReturnConsumedCapacity",
                "ReturnItemCollectionMetrics",
                "ClientRequestToken",
            ],
        }
    }
}

/// The members of one table's part of a `BatchGetItem`.
pub(crate) const BATCH_GET_MEMBERS: [&str; 5] = [
    "Keys",
    "AttributesToGet",
    "ConsistentRead",
    "ProjectionExpression",
    "ExpressionAttributeNames",
];

/// The elements of a transaction: their member, the IAM action they stand for, and the members they may have.
pub(crate) const TRANSACTION_ELEMENTS: [(&str, &str, &[&str]); 5] = [
    (
        "Get",
        "GetItem",
        &[
            "TableName",
            "Key",
            "ProjectionExpression",
            "ExpressionAttributeNames",
        ],
    ),
    (
        "Put",
        "PutItem",
        &[
            "TableName",
            "Item",
            "ConditionExpression",
            "ExpressionAttributeNames",
            "ExpressionAttributeValues",
            "ReturnValuesOnConditionCheckFailure",
        ],
    ),
    (
        "Update",
        "UpdateItem",
        &[
            "TableName",
            "Key",
            "UpdateExpression",
            "ConditionExpression",
            "ExpressionAttributeNames",
            "ExpressionAttributeValues",
            "ReturnValuesOnConditionCheckFailure",
        ],
    ),
    (
        "Delete",
        "DeleteItem",
        &[
            "TableName",
            "Key",
            "ConditionExpression",
            "ExpressionAttributeNames",
            "ExpressionAttributeValues",
            "ReturnValuesOnConditionCheckFailure",
        ],
    ),
    (
        "ConditionCheck",
        "ConditionCheckItem",
        &[
            "TableName",
            "Key",
            "ConditionExpression",
            "ExpressionAttributeNames",
            "ExpressionAttributeValues",
            "ReturnValuesOnConditionCheckFailure",
        ],
    ),
];

/// The IAM actions of an operation that is never forwarded, and the table it names.
pub(crate) fn actions_of_unoffered(name: &str, body: &Map<String, Value>) -> Vec<String> {
    let statements: Vec<&str> = match name {
        "ExecuteStatement" => body
            .get("Statement")
            .and_then(Value::as_str)
            .into_iter()
            .collect(),
        "BatchExecuteStatement" | "ExecuteTransaction" => {
            let list = body.get(if name == "ExecuteTransaction" {
                "TransactStatements"
            } else {
                "Statements"
            });
            list.and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|statement| statement.get("Statement")?.as_str())
                .collect()
        }
        _ => return vec![name.to_owned()],
    };
    let mut actions: Vec<String> = Vec::new();
    for statement in statements {
        let verb = statement
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase();
        let action = match verb.as_str() {
            "SELECT" => "PartiQLSelect",
            "INSERT" => "PartiQLInsert",
            "UPDATE" => "PartiQLUpdate",
            _ => "PartiQLDelete",
        };
        if !actions.iter().any(|known| known == action) {
            actions.push(action.to_owned());
        }
    }
    if actions.is_empty() {
        actions.push("PartiQLSelect".to_owned());
    }
    actions
}

/// Whether an operation name is one DynamoDB has, so that a misspelling is told from a refusal. Names are letters only.
pub(crate) fn is_plausible(name: &str) -> bool {
    !name.is_empty() && name.len() <= 64 && name.chars().all(|c| c.is_ascii_alphanumeric())
}
