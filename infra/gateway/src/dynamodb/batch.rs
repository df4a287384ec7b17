//! What a batch asks of IAM.

use super::members::{leading_key, only_known_members, only_member, select_of_get};
use super::operations::{BATCH_GET_MEMBERS, Operation};
use super::request::{Check, Reader};
use super::{attributes, errors, index_keys};
use crate::api_error::ApiError;
use serde_json::{Map, Value};

impl Reader<'_> {
    /// Reads a batch, one question for each of its tables.
    pub(super) fn batch(
        &mut self,
        operation: Operation,
        body: &mut Map<String, Value>,
    ) -> Result<(), ApiError> {
        let Some(Value::Object(given)) = body.remove("RequestItems") else {
            return Err(errors::validation(
                "1 validation error detected: Value null at 'requestItems' failed to satisfy constraint: Member must not be null",
            ));
        };
        let mut by_name = Map::new();
        for (given_name, part) in given {
            let name = self.tables.normalise(&given_name).to_owned();
            let mut check = Check {
                action: operation.name().to_owned(),
                table: name.clone(),
                resource: self.tables.arn_of(&name),
                ..Check::default()
            };
            if operation == Operation::BatchGetItem {
                self.batch_get(&name, &part, &mut check)?
            } else {
                self.batch_write(&name, &part, &mut check)?
            }
            self.checks.push(check);
            if name != given_name {
                self.given_names.insert(name.clone(), given_name);
            }
            if by_name.insert(name, part).is_some() {
                return Err(errors::validation(
                    "One table is given twice, by its name and by its ARN",
                ));
            }
        }
        body.insert("RequestItems".to_owned(), Value::Object(by_name));
        Ok(())
    }

    fn batch_get(&mut self, name: &str, part: &Value, check: &mut Check) -> Result<(), ApiError> {
        let part = part
            .as_object()
            .ok_or_else(|| errors::serialization("each table of RequestItems must be an object"))?;
        only_known_members(part, &BATCH_GET_MEMBERS, "RequestItems")?;
        check.attributes = attributes::named_by(part).map_err(errors::validation)?;
        check.select = Some(select_of_get(part));
        let keys = part
            .get("Keys")
            .and_then(Value::as_array)
            .ok_or_else(|| errors::serialization("Keys must be a list"))?;
        for key in keys {
            let key = key
                .as_object()
                .ok_or_else(|| errors::serialization("each key must be an object"))?;
            check.attributes.extend(key.keys().cloned());
            if let Some(table) = self.table(name) {
                check.leading_keys.push(leading_key(table, key, false)?);
            }
        }
        Ok(())
    }

    fn batch_write(&mut self, name: &str, part: &Value, check: &mut Check) -> Result<(), ApiError> {
        let writes = part
            .as_array()
            .ok_or_else(|| errors::serialization("each table of RequestItems must be a list"))?;
        for write in writes {
            let (kind, request) = only_member(write)?;
            let (source, is_put) = match kind {
                "PutRequest" => ("Item", true),
                "DeleteRequest" => ("Key", false),
                other => {
                    return Err(errors::serialization(format!(
                        "unknown member {other} in RequestItems"
                    )));
                }
            };
            only_known_members(request, &[source], kind)?;
            let key = request
                .get(source)
                .and_then(Value::as_object)
                .ok_or_else(|| errors::serialization(format!("{source} must be an object")))?;
            check.attributes.extend(key.keys().cloned());
            if let Some(table) = self.table(name) {
                check.leading_keys.push(leading_key(table, key, is_put)?);
                if is_put {
                    check.index_keys.extend(index_keys::set_by_item(table, key));
                }
            }
        }
        Ok(())
    }
}
