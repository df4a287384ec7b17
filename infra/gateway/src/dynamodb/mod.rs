//! DynamoDB behind IAM: each request is understood, judged, and only then given to the store.

pub(crate) mod attributes;
pub(crate) mod capacity;
pub(crate) mod errors;
mod faulty;
pub(crate) mod index_keys;
pub(crate) mod key_condition;
pub(crate) mod operations;
pub(crate) mod request;
pub(crate) mod store;
pub(crate) mod tables;
pub(crate) mod tokens;
pub(crate) mod update_expression;

use crate::Gateway;
use crate::api_error::ApiError;
use crate::decisions::{DecisionRecord, Units, Verdict};
use crate::judge::judge;
use crate::principal::Principal;
use crate::roles::Role;
use crate::sigv4::{self, Incoming};
use crate::strict_json;
use dynoxide::DynoxideError;
use http::StatusCode;
use iam::Context;
use operations::Operation;
use request::{Analysis, Check};
use serde_json::{Map, Value};

/// A status and a JSON body.
pub(crate) type Reply = (StatusCode, Value);

/// Answers one request; `record` is filled in on the way.
pub(crate) async fn answer(
    gateway: &Gateway,
    request: &Incoming,
    operation: &str,
    record: &mut DecisionRecord,
) -> Reply {
    match understood(gateway, request, operation, record) {
        Ok(analysis) => forward(gateway, analysis, record).await,
        Err(error) => {
            if record.reason.is_none() {
                record.reason = Some(error.message.clone());
            }
            errors::body(&error)
        }
    }
}

/// Establishes who asks, what is asked, and that it is allowed.
fn understood(
    gateway: &Gateway,
    request: &Incoming,
    operation: &str,
    record: &mut DecisionRecord,
) -> Result<Analysis, ApiError> {
    let session = sigv4::verify(
        request,
        "dynamodb",
        &gateway.region,
        &gateway.credentials,
        gateway.clock.now(),
    )
    .map_err(|refusal| {
        let error = refusal.for_json();
        record.deny(&error.message);
        error
    })?;
    let principal = &session.principal;
    record.principal = Some(principal.clone());
    let role = gateway
        .roles
        .named(&principal.role)
        .ok_or_else(|| ApiError::internal("the caller's role is not in the template"))?;
    let body = strict_json::parse_object(&request.body).map_err(errors::serialization)?;
    let judge = Judge {
        gateway,
        principal,
        role,
    };
    let Some(offered) = Operation::named(operation) else {
        return Err(judge.unoffered(operation, &body, record));
    };
    let mut analysis = request::analyse(offered, body, &gateway.tables)?;
    for check in &analysis.checks {
        judge.check(check, record)?;
    }
    record.decision = Verdict::Allowed;
    match analysis.missing.take() {
        Some(error) => Err(error),
        None => Ok(analysis),
    }
}

struct Judge<'a> {
    gateway: &'a Gateway,
    principal: &'a Principal,
    role: &'a Role,
}

impl Judge<'_> {
    fn context(&self, check: &Check) -> Context {
        let mut context = self
            .principal
            .context(self.gateway.clock.now(), &self.gateway.region);
        if !check.leading_keys.is_empty() {
            context.set("dynamodb:LeadingKeys", check.leading_keys.iter().cloned());
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

    fn allows(&self, action: &str, resource: &str, leading_key: &str) -> bool {
        let keys = [leading_key.to_owned()];
        let check = Check {
            leading_keys: keys.to_vec(),
            ..Check::default()
        };
        judge(self.role, action, resource, &keys, &self.context(&check))
            .record
            .allowed
    }

    fn check(&self, check: &Check, record: &mut DecisionRecord) -> Result<(), ApiError> {
        let action = format!("dynamodb:{}", check.action);
        let judgement = judge(
            self.role,
            &action,
            &check.resource,
            &check.leading_keys,
            &self.context(check),
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
            let own = |value: &str| {
                self.allows(action, &check.resource, value)
                    || self.allows("dynamodb:Query", &table.index_arn(&key.index), value)
            };
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
    fn unoffered(
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

/// Gives an allowed request to the store and shapes its reply.
async fn forward(gateway: &Gateway, mut analysis: Analysis, record: &mut DecisionRecord) -> Reply {
    let operation = analysis.operation;
    let fault = gateway.faults.take(
        operation.name(),
        analysis.checks.iter().map(|check| check.table.as_str()),
    );
    if let Some((status, mut body)) = fault.and_then(|fault| faulty::instead(fault, &analysis)) {
        if let Some(body) = body.as_object_mut() {
            give_names_back(body, &analysis);
        }
        return (status, body);
    }
    capacity::ask(&mut analysis.body);
    let (store, tables) = (gateway.store.clone(), gateway.tables.clone());
    let body = std::mem::take(&mut analysis.body);
    let work = tokio::task::spawn_blocking(move || {
        let result = store.run(operation, &body);
        let units = match &result {
            Ok(reply) => capacity::of_reply(operation, reply),
            Err(error) if is_failed_condition(error) => {
                capacity::of_failed_condition(operation, &body, &tables, &store)
            }
            Err(_) => Units::default(),
        };
        (result, units)
    });
    let Ok((result, units)) = work.await else {
        return errors::body(&ApiError::internal("the store failed"));
    };
    record.capacity = units;
    if fault.is_some_and(faulty::loses_reply) {
        return faulty::lost_reply();
    }
    match result {
        Ok(mut reply) => {
            capacity::shape(&mut reply, analysis.wanted_capacity.as_deref());
            give_names_back(&mut reply, &analysis);
            (StatusCode::OK, Value::Object(reply))
        }
        Err(error) => errors::of_store(operation.name(), &error),
    }
}

fn is_failed_condition(error: &DynoxideError) -> bool {
    match error {
        DynoxideError::ConditionalCheckFailedException(..) => true,
        DynoxideError::TransactionCanceledException(_, reasons) => reasons
            .iter()
            .any(|reason| reason.code == "ConditionalCheckFailed"),
        _ => false,
    }
}

/// A client that named a table by its ARN gets its batch reply under that ARN.
fn give_names_back(reply: &mut Map<String, Value>, analysis: &Analysis) {
    for member in [
        "Responses",
        "UnprocessedKeys",
        "UnprocessedItems",
        "ItemCollectionMetrics",
    ] {
        if let Some(Value::Object(by_table)) = reply.get_mut(member) {
            for (name, given) in &analysis.given_names {
                if let Some(part) = by_table.remove(name) {
                    by_table.insert(given.clone(), part);
                }
            }
        }
    }
}
