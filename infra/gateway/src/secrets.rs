//! Secrets Manager: reading a secret, which is all that the product does.

use crate::Gateway;
use crate::api_error::ApiError;
use crate::caller;
use crate::decisions::{DecisionRecord, Verdict};
use crate::error::GatewayError;
use crate::judge::judge;
use crate::sigv4::Incoming;
use crate::strict_json;
use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use template::Resolved;

const MEMBERS: [&str; 3] = ["SecretId", "VersionId", "VersionStage"];
const CURRENT: &str = "AWSCURRENT";

/// One secret of the template.
#[derive(Debug)]
struct Secret {
    arn: String,
    value: Option<String>,
    version: String,
}

/// The template's secrets, by name.
#[derive(Debug)]
pub(crate) struct Secrets {
    by_name: BTreeMap<String, Secret>,
    arn_prefix: String,
    created: Timestamp,
}

impl Secrets {
    pub(crate) fn read(
        resolved: &Resolved,
        values: &BTreeMap<String, String>,
        region: &str,
        account_id: &str,
    ) -> Result<Self, GatewayError> {
        let arn_prefix = format!("arn:aws:secretsmanager:{region}:{account_id}:secret:");
        let mut by_name = BTreeMap::new();
        for (name, resource) in resolved
            .resources
            .iter()
            .filter(|(_, resource)| resource.kind == "AWS::SecretsManager::Secret")
        {
            let in_template = resource
                .properties
                .get("SecretString")
                .and_then(Value::as_str)
                .map(str::to_owned);
            let secret = Secret {
                arn: format!("{arn_prefix}{name}"),
                value: values.get(name).cloned().or(in_template),
                version: uuid::Uuid::new_v4().to_string(),
            };
            by_name.insert(name.clone(), secret);
        }
        match values.keys().find(|name| !by_name.contains_key(*name)) {
            Some(unknown) => Err(GatewayError::Resource {
                resource: unknown.clone(),
                detail: "a value is given for a secret that is not in the template".to_owned(),
            }),
            None => Ok(Self {
                by_name,
                arn_prefix,
                created: Timestamp::now(),
            }),
        }
    }

    fn arn_of(&self, id: &str) -> String {
        if id.starts_with("arn:") {
            id.to_owned()
        } else {
            format!("{}{id}", self.arn_prefix)
        }
    }
}

/// Answers one request.
pub(crate) fn answer(
    gateway: &Gateway,
    request: &Incoming,
    operation: &str,
    record: &mut DecisionRecord,
) -> (StatusCode, Value) {
    match get_value(gateway, request, operation, record) {
        Ok(reply) => (StatusCode::OK, reply),
        Err(error) => {
            record.reason.get_or_insert_with(|| error.message.clone());
            (
                error.status,
                json!({"__type": error.code, "Message": error.message}),
            )
        }
    }
}

fn get_value(
    gateway: &Gateway,
    request: &Incoming,
    operation: &str,
    record: &mut DecisionRecord,
) -> Result<Value, ApiError> {
    let (principal, role) = caller::identify(gateway, request, "secretsmanager", record)?;
    let principal = &principal;
    let body = strict_json::parse_object(&request.body)
        .map_err(|detail| ApiError::client("SerializationException", detail))?;
    let member = |name: &str| match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err(ApiError::client(
            "SerializationException",
            format!("{name} must be a string"),
        )),
    };
    let id = member("SecretId")?.unwrap_or("*");
    let arn = gateway.secrets.arn_of(id);
    let mut context = principal.context(gateway.clock.now(), &gateway.region);
    context.set("secretsmanager:SecretId", [arn.clone()]);
    let stage = member("VersionStage")?.unwrap_or(CURRENT);
    context.set("secretsmanager:VersionStage", [stage.to_owned()]);
    let judgement = judge(
        role,
        &format!("secretsmanager:{operation}"),
        &arn,
        &[],
        &context,
    );
    let refusal = judgement.refusal(principal);
    let reason = judgement.record.reason.clone();
    record.add(judgement.record);
    if let Some(refusal) = refusal {
        record.deny(reason.unwrap_or_default());
        return Err(refusal);
    }
    record.decision = Verdict::Allowed;
    if operation != "GetSecretValue" {
        return Err(ApiError::client(
            "InvalidRequestException",
            format!("{operation} is not offered by the local gateway"),
        ));
    }
    if let Some(unknown) = body.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
        return Err(ApiError::client(
            "SerializationException",
            format!("unknown member {unknown} in GetSecretValue"),
        ));
    }
    let missing = || {
        ApiError::client(
            "ResourceNotFoundException",
            "Secrets Manager can't find the specified secret.",
        )
    };
    let name = arn
        .strip_prefix(&gateway.secrets.arn_prefix)
        .ok_or_else(missing)?;
    let secret = gateway.secrets.by_name.get(name).ok_or_else(missing)?;
    let is_this_version =
        stage == CURRENT && member("VersionId")?.is_none_or(|version| version == secret.version);
    let value = secret.value.as_ref().filter(|_| is_this_version);
    let value = value.ok_or_else(|| {
        ApiError::client(
            "ResourceNotFoundException",
            format!(
                "Secrets Manager can't find the specified secret value for staging label: {stage}"
            ),
        )
    })?;
    Ok(json!({
        "ARN": secret.arn,
        "Name": name,
        "VersionId": secret.version,
        "SecretString": value,
        "VersionStages": [CURRENT],
        "CreatedDate": gateway.secrets.created.as_second(),
    }))
}
