//! The tables of the template: names, keys, indexes.

use crate::error::GatewayError;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use template::Resolved;

/// The key attributes of a table or an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeySchema {
    pub(crate) partition: String,
    pub(crate) sort: Option<String>,
}

/// One table as the template declares it.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) keys: KeySchema,
    pub(crate) indexes: BTreeMap<String, KeySchema>,
    pub(crate) ttl_attribute: Option<String>,
    /// The request that makes the table in the store.
    pub(crate) create: Value,
}

impl Table {
    pub(crate) fn index_arn(&self, index: &str) -> String {
        format!("{}/index/{index}", self.arn)
    }
}

/// All tables, by name.
#[derive(Debug)]
pub(crate) struct Tables {
    by_name: BTreeMap<String, Table>,
    arn_prefix: String,
}

impl Tables {
    pub(crate) fn read(
        resolved: &Resolved,
        region: &str,
        account_id: &str,
    ) -> Result<Self, GatewayError> {
        let arn_prefix = format!("arn:aws:dynamodb:{region}:{account_id}:table/");
        let mut by_name = BTreeMap::new();
        for (name, resource) in &resolved.resources {
            match resource.kind.as_str() {
                "AWS::DynamoDB::Table" => {
                    let table =
                        read_table(name, &resource.properties, &arn_prefix).map_err(|detail| {
                            GatewayError::Table {
                                table: name.clone(),
                                detail,
                            }
                        })?;
                    by_name.insert(name.clone(), table);
                }
                "AWS::DynamoDB::GlobalTable" | "AWS::Serverless::SimpleTable" => {
                    return Err(GatewayError::Table {
                        table: name.clone(),
                        detail: format!(
                            "{} is not offered locally; use AWS::DynamoDB::Table",
                            resource.kind
                        ),
                    });
                }
                _ => {}
            }
        }
        Ok(Self {
            by_name,
            arn_prefix,
        })
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Table> {
        self.by_name.get(name)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Table> {
        self.by_name.values()
    }

    /// A table's name from the name or ARN a client may give.
    pub(crate) fn normalise<'a>(&self, name_or_arn: &'a str) -> &'a str {
        name_or_arn
            .strip_prefix(&self.arn_prefix)
            .filter(|name| !name.contains('/'))
            .unwrap_or(name_or_arn)
    }

    /// The ARN IAM sees for a name that may not exist.
    pub(crate) fn arn_of(&self, name_or_arn: &str) -> String {
        if name_or_arn.starts_with("arn:") {
            name_or_arn.to_owned()
        } else {
            format!("{}{name_or_arn}", self.arn_prefix)
        }
    }
}

fn read_table(name: &str, properties: &Value, arn_prefix: &str) -> Result<Table, String> {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let attribute_types: BTreeMap<String, String> = items(properties.get("AttributeDefinitions"))
        .filter_map(|definition| {
            Some((
                text(definition, "AttributeName")?,
                text(definition, "AttributeType")?,
            ))
        })
        .collect();
    let keys = key_schema(properties, &attribute_types)?;
    let mut indexes = BTreeMap::new();
    for kind in ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"] {
        for index in items(properties.get(kind)) {
            let index_name = text(index, "IndexName")
                .ok_or_else(|| format!("an index in {kind} has no IndexName"))?;
            let schema = key_schema(index, &attribute_types)
                .map_err(|detail| format!("index {index_name}: {detail}"))?;
            indexes.insert(index_name, schema);
        }
    }
    let ttl = properties.get("TimeToLiveSpecification");
    let ttl_on = ttl.and_then(|ttl| ttl.get("Enabled")).is_some_and(is_true);
    let ttl_attribute = ttl
        .filter(|_| ttl_on)
        .and_then(|ttl| text(ttl, "AttributeName"));
    Ok(Table {
        name: name.to_owned(),
        arn: format!("{arn_prefix}{name}"),
        keys,
        indexes,
        ttl_attribute,
        create: create_request(name, properties),
    })
}

fn key_schema(properties: &Value, types: &BTreeMap<String, String>) -> Result<KeySchema, String> {
    let of_type = |wanted: &str| {
        let mut names = items(properties.get("KeySchema"))
            .filter(|element| element.get("KeyType").and_then(Value::as_str) == Some(wanted))
            .filter_map(|element| element.get("AttributeName").and_then(Value::as_str));
        let first = names.next().map(str::to_owned);
        if names.next().is_some() {
            Err(format!("several {wanted} keys are not offered locally"))
        } else {
            Ok(first)
        }
    };
    let partition = of_type("HASH")?.ok_or("KeySchema has no HASH key")?;
    let sort = of_type("RANGE")?;
    for attribute in std::iter::once(&partition).chain(&sort) {
        let kind = types
            .get(attribute)
            .ok_or_else(|| format!("AttributeDefinitions lacks {attribute}"))?;
        if *attribute == partition && kind != "S" {
            return Err(format!(
                "the partition key {attribute} has type {kind}; leading keys are only derived from strings"
            ));
        }
    }
    Ok(KeySchema { partition, sort })
}

fn create_request(name: &str, properties: &Value) -> Value {
    let mut request = Map::new();
    request.insert("TableName".to_owned(), json!(name));
    for member in [
        "AttributeDefinitions",
        "KeySchema",
        "GlobalSecondaryIndexes",
        "LocalSecondaryIndexes",
    ] {
        if let Some(value) = properties.get(member) {
            request.insert(member.to_owned(), value.clone());
        }
    }
    // Throughput is not modelled, so every table is on demand; deletion protection means nothing to a store nobody may administer.
    request.insert("BillingMode".to_owned(), json!("PAY_PER_REQUEST"));
    for index in request
        .get_mut("GlobalSecondaryIndexes")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        if let Some(index) = index.as_object_mut() {
            index.retain(|member, _| {
                matches!(member.as_str(), "IndexName" | "KeySchema" | "Projection")
            });
        }
    }
    if let Some(view) = properties
        .get("StreamSpecification")
        .and_then(|stream| stream.get("StreamViewType"))
    {
        request.insert(
            "StreamSpecification".to_owned(),
            json!({"StreamEnabled": true, "StreamViewType": view}),
        );
    }
    Value::Object(request)
}

fn items(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

/// CloudFormation also takes booleans as text.
fn is_true(value: &Value) -> bool {
    value
        .as_bool()
        .unwrap_or_else(|| value.as_str() == Some("true"))
}
