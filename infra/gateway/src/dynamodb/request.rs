//! What a request asks of IAM: for each part of it the action, the resource, the leading keys and the other facts that conditions name.

use super::index_keys::{self, IndexKey};
use super::key_condition::{self, text_value};
use super::members::{
    leading_key, only_known_members, only_member, select_of_get, select_of_query,
};
use super::operations::{Operation, TRANSACTION_ELEMENTS};
use super::tables::{Table, Tables};
use super::{attributes, errors};
use crate::api_error::ApiError;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// One question to IAM.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Check {
    /// The action without its service: `GetItem`.
    pub(crate) action: String,
    pub(crate) table: String,
    pub(crate) resource: String,
    pub(crate) leading_keys: Vec<String>,
    pub(crate) attributes: BTreeSet<String>,
    pub(crate) select: Option<String>,
    pub(crate) return_values: Option<String>,
    pub(crate) enclosing_operation: Option<&'static str>,
    pub(crate) index_keys: Vec<IndexKey>,
}

/// A request, understood.
#[derive(Debug)]
pub(crate) struct Analysis {
    pub(crate) operation: Operation,
    pub(crate) checks: Vec<Check>,
    /// The body for the store: tables by name, key conditions in their plain form.
    pub(crate) body: Map<String, Value>,
    /// What the client wants to know of capacity.
    pub(crate) wanted_capacity: Option<String>,
    /// The error that follows even if IAM allows: a table or index that is not there.
    pub(crate) missing: Option<ApiError>,
    /// The names a client gave for tables, where they were ARNs.
    pub(crate) given_names: BTreeMap<String, String>,
}

/// Understands a request, or says why it cannot be understood with certainty.
pub(crate) fn analyse(
    operation: Operation,
    mut body: Map<String, Value>,
    tables: &Tables,
) -> Result<Analysis, ApiError> {
    body.retain(|_, value| !value.is_null());
    only_known_members(&body, operation.members(), operation.name())?;
    let wanted_capacity = body.get("ReturnConsumedCapacity").map(|value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    });
    let mut reader = Reader {
        tables,
        checks: Vec::new(),
        missing: None,
        given_names: BTreeMap::new(),
    };
    match operation {
        Operation::GetItem | Operation::PutItem | Operation::UpdateItem | Operation::DeleteItem => {
            reader.normalise_table(&mut body)?;
            let mut check = reader.element(operation.name(), &body)?;
            if !operation.is_read() {
                check.return_values = Some(
                    body.get("ReturnValues")
                        .and_then(Value::as_str)
                        .unwrap_or("NONE")
                        .to_owned(),
                );
            }
            reader.checks.push(check);
        }
        Operation::Query => {
            reader.normalise_table(&mut body)?;
            reader.query(&mut body)?;
        }
        Operation::BatchGetItem | Operation::BatchWriteItem => {
            reader.batch(operation, &mut body)?
        }
        Operation::TransactGetItems | Operation::TransactWriteItems => {
            reader.transaction(operation, &mut body)?
        }
    }
    if reader.checks.is_empty() {
        return Err(errors::validation(
            "The request names nothing to read or write",
        ));
    }
    Ok(Analysis {
        operation,
        checks: reader.checks,
        body,
        wanted_capacity,
        missing: reader.missing,
        given_names: reader.given_names,
    })
}

/// Collects what a request asks.
pub(super) struct Reader<'a> {
    pub(super) tables: &'a Tables,
    pub(super) checks: Vec<Check>,
    missing: Option<ApiError>,
    pub(super) given_names: BTreeMap<String, String>,
}

impl<'a> Reader<'a> {
    /// Replaces a table's ARN by its name, which is how the store knows it.
    fn normalise_table(&mut self, members: &mut Map<String, Value>) -> Result<(), ApiError> {
        match members.get_mut("TableName") {
            Some(Value::String(given)) => {
                let name = self.tables.normalise(given).to_owned();
                if name != *given {
                    self.given_names.insert(name.clone(), given.clone());
                }
                *given = name;
                Ok(())
            }
            _ => Err(errors::validation(
                "1 validation error detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null",
            )),
        }
    }

    /// The table of that name; that there is none is noted.
    pub(super) fn table(&mut self, name: &str) -> Option<&'a Table> {
        let table = self.tables.get(name);
        if table.is_none() {
            self.missing.get_or_insert_with(|| {
                ApiError::client("ResourceNotFoundException", "Requested resource not found")
            });
        }
        table
    }

    /// One single-item operation, or one element of a transaction; `TableName` is normalised.
    fn element(&mut self, action: &str, members: &Map<String, Value>) -> Result<Check, ApiError> {
        let name = members
            .get("TableName")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let mut check = Check {
            action: action.to_owned(),
            table: name.to_owned(),
            resource: self.tables.arn_of(name),
            ..Check::default()
        };
        check.attributes = attributes::named_by(members).map_err(errors::validation)?;
        if action == "GetItem" {
            check.select = Some(select_of_get(members));
        }
        let (source, is_put) = if action == "PutItem" {
            ("Item", true)
        } else {
            ("Key", false)
        };
        let key = members.get(source).and_then(Value::as_object).ok_or_else(|| {
            errors::validation(format!("1 validation error detected: Value null at '{}' failed to satisfy constraint: Member must not be null", source.to_ascii_lowercase()))
        })?;
        let Some(table) = self.table(name) else {
            return Ok(check);
        };
        check.leading_keys.push(leading_key(table, key, is_put)?);
        check.index_keys = match action {
            "PutItem" => index_keys::set_by_item(table, key),
            "UpdateItem" => {
                index_keys::set_by_update(table, members).map_err(errors::validation)?
            }
            _ => Vec::new(),
        };
        Ok(check)
    }

    fn query(&mut self, body: &mut Map<String, Value>) -> Result<(), ApiError> {
        let name = body
            .get("TableName")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let index = match body.get("IndexName") {
            None => None,
            Some(Value::String(index)) => Some(index.clone()),
            Some(_) => return Err(errors::serialization("IndexName must be a string")),
        };
        let arn = self.tables.arn_of(&name);
        let resource = index
            .as_ref()
            .map_or_else(|| arn.clone(), |index| format!("{arn}/index/{index}"));
        let mut check = Check {
            action: "Query".to_owned(),
            table: name.clone(),
            resource,
            ..Check::default()
        };
        check.attributes = attributes::named_by(body).map_err(errors::validation)?;
        check.select = Some(select_of_query(body, index.is_some()));
        let Some(table) = self.table(&name) else {
            self.checks.push(check);
            return Ok(());
        };
        let keys = match &index {
            None => &table.keys,
            Some(index) => match table.indexes.get(index) {
                Some(keys) => keys,
                None => {
                    let error = errors::validation(format!(
                        "The table does not have the specified index: {index}"
                    ));
                    self.missing.get_or_insert(error);
                    self.checks.push(check);
                    return Ok(());
                }
            },
        };
        let condition = key_condition::read(body, keys).map_err(errors::validation)?;
        if let Some(start) = body.get("ExclusiveStartKey") {
            let start = start
                .as_object()
                .and_then(|start| start.get(&keys.partition))
                .ok_or_else(|| errors::validation("The provided starting key is invalid"))?;
            if text_value(start).map_err(errors::validation)? != condition.partition_value {
                return Err(errors::validation(
                    "The provided starting key is outside query boundaries based on provided conditions",
                ));
            }
        }
        if let Some(plain) = condition.plain {
            body.insert("KeyConditionExpression".to_owned(), Value::String(plain));
        }
        check.leading_keys.push(condition.partition_value);
        check.attributes.extend(condition.attributes);
        self.checks.push(check);
        Ok(())
    }

    fn transaction(
        &mut self,
        operation: Operation,
        body: &mut Map<String, Value>,
    ) -> Result<(), ApiError> {
        let Some(Value::Array(elements)) = body.get_mut("TransactItems") else {
            return Err(errors::validation(
                "1 validation error detected: Value null at 'transactItems' failed to satisfy constraint: Member must not be null",
            ));
        };
        for element in elements {
            let kind = only_member(element)?.0.to_owned();
            let known = TRANSACTION_ELEMENTS
                .iter()
                .find(|(member, ..)| *member == kind && (*member == "Get") == operation.is_read());
            let (_, action, allowed) = known.ok_or_else(|| {
                errors::serialization(format!("unknown member {kind} in TransactItems"))
            })?;
            let Some(members) = element.get_mut(&kind).and_then(Value::as_object_mut) else {
                return Err(errors::serialization(format!("{kind} must be an object")));
            };
            members.retain(|_, value| !value.is_null());
            only_known_members(members, allowed, &kind)?;
            self.normalise_table(members)?;
            let mut check = self.element(action, members)?;
            check.enclosing_operation = Some(operation.name());
            self.checks.push(check);
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
