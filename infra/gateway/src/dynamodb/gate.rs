//! The questions a request puts to its caller's policies.

use super::operations;
use super::request::Check;
use crate::Gateway;
use crate::api_error::ApiError;
use crate::decisions::{DecisionRecord, Verdict};
use crate::judge::judge;
use crate::principal::Principal;
use crate::roles::Role;
use iam::Context;
use serde_json::{Map, Value};

/// One caller before the tables.
pub(super) struct Gate<'a> {
    pub(super) gateway: &'a Gateway,
    pub(super) principal: &'a Principal,
    pub(super) role: &'a Role,
}

impl Gate<'_> {
    /// The condition keys of one question.
    fn context(&self, check: &Check, leading_keys: &[String]) -> Context {
        let mut context = self
            .principal
            .context(self.gateway.clock.now(), &self.gateway.region);
        if !leading_keys.is_empty() {
            context.set("dynamodb:LeadingKeys", leading_keys.iter().cloned());
        }
        if !check.attributes.is_empty() {
            context.set("dynamodb:Attributes", check.attributes.iter().cloned());
        }
        let single = [
            ("dynamodb:Select", check.select.as_deref()),
            ("dynamodb:ReturnValues", check.return_values.as_deref()),
            ("dynamodb:EnclosingOperation", check.enclosing_operation),
        ];
        for (key, value) in single {
            if let Some(value) = value {
                context.set(key, [value.to_owned()]);
            }
        }
        context
    }

    /// Whether an index's partition is the caller's own: it could make the same write with that as the table's key, or read it there.
    fn owns(&self, check: &Check, action: &str, index_arn: &str, value: &str) -> bool {
        let keys = [value.to_owned()];
        let allowed = |action: &str, resource: &str, context: Context| {
            judge(self.role, action, resource, &keys, &context)
                .record
                .allowed
        };
        allowed(action, &check.resource, self.context(check, &keys))
            || allowed(
                "dynamodb:Query",
                index_arn,
                self.context(&Check::default(), &keys),
            )
    }

    /// Puts one question to the caller's policies and notes the answer.
    pub(super) fn check(&self, check: &Check, record: &mut DecisionRecord) -> Result<(), ApiError> {
        let action = format!("dynamodb:{}", check.action);
        let judgement = judge(
            self.role,
            &action,
            &check.resource,
            &check.leading_keys,
            &self.context(check, &check.leading_keys),
        );
        let refusal = judgement.refusal(self.principal);
        let reason = judgement.record.reason.clone();
        record.add(judgement.record);
        if let Some(refusal) = refusal {
            record.deny(reason.unwrap_or_default());
            return Err(refusal);
        }
        self.check_index_keys(check, &action, record)
    }

    /// IAM does not look at the index keys of a write. A role that lives inside one tag value must not put entries where another reads.
    fn check_index_keys(
        &self,
        check: &Check,
        action: &str,
        record: &mut DecisionRecord,
    ) -> Result<(), ApiError> {
        if self.role.tag_scopes.is_empty() {
            return Ok(());
        }
        let Some(table) = self.gateway.tables.get(&check.table) else {
            return Ok(());
        };
        for key in &check.index_keys {
            let index_arn = table.index_arn(&key.index);
            let own = |value: &str| self.owns(check, action, &index_arn, value);
            let fault = match &key.value {
                Some(value) if own(value) => continue,
                // A sort key orders entries inside a partition; only one that poses as another's key is suspect.
                Some(value)
                    if !key.is_partition
                        && !self
                            .role
                            .tag_scopes
                            .iter()
                            .any(|scope| value.starts_with(scope)) =>
                {
                    continue;
                }
                None if !key.is_partition => continue,
                Some(value) => format!(
                    "the key {} of index {} would be {value:?}, which is not this caller's",
                    key.attribute, key.index
                ),
                None => format!(
                    "the key {} of index {} is not plain in the request",
                    key.attribute, key.index
                ),
            };
            let sentence = format!("{fault}; IAM does not check this; the local gateway does");
            record.deny(&sentence);
            return Err(ApiError::client(
                "AccessDeniedException",
                format!(
                    "User: {} is not authorized to perform: {action} on resource: {} because {sentence}",
                    self.principal.arn(),
                    check.resource
                ),
            ));
        }
        Ok(())
    }

    /// An operation that is never forwarded is judged as its IAM action all the same, so that the log shows that nobody has it.
    pub(super) fn unoffered(
        &self,
        operation: &str,
        body: &Map<String, Value>,
        record: &mut DecisionRecord,
    ) -> ApiError {
        if !operations::is_plausible(operation) {
            return ApiError::client(
                "UnknownOperationException",
                "The operation's name is not one",
            );
        }
        let table = body.get("TableName").and_then(Value::as_str);
        let resource =
            table.map_or_else(|| "*".to_owned(), |name| self.gateway.tables.arn_of(name));
        for action in operations::actions_of_unoffered(operation, body) {
            let check = Check {
                action,
                resource: resource.clone(),
                ..Check::default()
            };
            if let Err(refusal) = self.check(&check, record) {
                return refusal;
            }
        }
        record.decision = Verdict::Denied;
        ApiError::client(
            "UnknownOperationException",
            format!(
                "{operation} is allowed by the caller's policies, but is not offered by the local gateway"
            ),
        )
    }
}
