//! The template's roles: their policies, trust and session length, all read at the start. What is not understood stops the start,
//! since a policy that is half understood decides wrongly.

use crate::condition_keys;
use crate::error::GatewayError;
use crate::sts::web_identity;
use crate::tag_scopes::tag_scopes;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use template::{Resolved, Resource};

/// The managed policies known to grant only logs and traces, which nothing here serves.
const HARMLESS_MANAGED_POLICIES: [&str; 2] = [
    "service-role/AWSLambdaBasicExecutionRole",
    "AWSXRayDaemonWriteAccess",
];
const ROLE_PROPERTIES: [&str; 8] = [
    "AssumeRolePolicyDocument",
    "Description",
    "ManagedPolicyArns",
    "MaxSessionDuration",
    "Path",
    "Policies",
    "RoleName",
    "Tags",
];
/// AWS's default for `MaxSessionDuration`, in seconds.
const DEFAULT_MAX_SESSION: i64 = 3600;
const TRUST_POLICY_LIMIT: usize = 2048;

/// One role.
#[derive(Debug)]
pub(crate) struct Role {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) trust: iam::TrustPolicy,
    pub(crate) policies: Vec<iam::Policy>,
    pub(crate) max_session_seconds: i64,
    pub(crate) tags: BTreeMap<String, String>,
    /// The text before `${aws:PrincipalTag/…}` in the role's conditions on leading keys: such a role lives inside one tag value.
    pub(crate) tag_scopes: Vec<String>,
}

/// All roles, by name.
#[derive(Debug)]
pub(crate) struct Roles {
    by_name: BTreeMap<String, Role>,
}

impl Roles {
    pub(crate) fn read(
        resolved: &Resolved,
        issuer_url: &str,
        account_id: &str,
    ) -> Result<Self, GatewayError> {
        let mut by_name = BTreeMap::new();
        for (logical_id, resource) in &resolved.resources {
            match resource.kind.as_str() {
                "AWS::IAM::Role" => {
                    by_name.insert(
                        logical_id.clone(),
                        read_role(logical_id, &resource.properties, account_id)?,
                    );
                }
                "AWS::IAM::ManagedPolicy"
                | "AWS::IAM::RolePolicy"
                | "AWS::IAM::User"
                | "AWS::IAM::UserPolicy"
                | "AWS::IAM::Group"
                | "AWS::IAM::GroupPolicy" => {
                    return Err(GatewayError::Resource {
                        resource: logical_id.clone(),
                        detail: format!(
                            "{} is not evaluated locally; write the policy inside its role",
                            resource.kind
                        ),
                    });
                }
                _ => {}
            }
        }
        for (logical_id, resource) in resolved
            .resources
            .iter()
            .filter(|(_, resource)| resource.kind == "AWS::IAM::Policy")
        {
            attach(logical_id, resource, &mut by_name)?;
        }
        let issuer = web_identity::without_scheme(issuer_url);
        for role in by_name.values() {
            check_condition_keys(role, issuer)?;
        }
        Ok(Self { by_name })
    }

    pub(crate) fn named(&self, name: &str) -> Option<&Role> {
        self.by_name.get(name)
    }

    pub(crate) fn with_arn(&self, arn: &str) -> Option<&Role> {
        self.by_name.values().find(|role| role.arn == arn)
    }
}

fn read_role(name: &str, properties: &Value, account_id: &str) -> Result<Role, GatewayError> {
    let wrong = |detail: String| GatewayError::Role {
        role: name.to_owned(),
        detail,
    };
    let empty = Map::new();
    let properties = properties.as_object().unwrap_or(&empty);
    if let Some(unknown) = properties
        .keys()
        .find(|key| !ROLE_PROPERTIES.contains(&key.as_str()))
    {
        return Err(wrong(format!(
            "the property {unknown} is not evaluated locally"
        )));
    }
    let trust_document = properties
        .get("AssumeRolePolicyDocument")
        .ok_or_else(|| wrong("AssumeRolePolicyDocument is missing".to_owned()))?;
    let trust_size = trust_document.to_string().len();
    if trust_size > TRUST_POLICY_LIMIT {
        return Err(wrong(format!(
            "the trust policy has {trust_size} characters; AWS allows {TRUST_POLICY_LIMIT}"
        )));
    }
    let trust =
        iam::TrustPolicy::parse(name, trust_document).map_err(|error| wrong(error.to_string()))?;
    let mut role = Role {
        name: name.to_owned(),
        arn: format!("arn:aws:iam::{account_id}:role/{name}"),
        trust,
        policies: Vec::new(),
        max_session_seconds: max_session(properties).map_err(wrong)?,
        tags: role_tags(properties).map_err(wrong)?,
        tag_scopes: Vec::new(),
    };
    for arn in list(properties.get("ManagedPolicyArns")) {
        let known = arn
            .as_str()
            .and_then(|arn| arn.split_once(":aws:policy/"))
            .is_some_and(|(_, policy)| HARMLESS_MANAGED_POLICIES.contains(&policy));
        if !known {
            return Err(wrong(format!(
                "the managed policy {arn} is not evaluated locally; write its statements in the role"
            )));
        }
    }
    for policy in list(properties.get("Policies")) {
        add_policy(&mut role, policy)?;
    }
    Ok(role)
}

fn attach(
    logical_id: &str,
    resource: &Resource,
    roles: &mut BTreeMap<String, Role>,
) -> Result<(), GatewayError> {
    for role in list(resource.properties.get("Roles")) {
        let role = role.as_str().and_then(|name| roles.get_mut(name));
        let role = role.ok_or_else(|| GatewayError::Resource {
            resource: logical_id.to_owned(),
            detail: "Roles names a role that is not in the template".to_owned(),
        })?;
        add_policy(role, &resource.properties)?;
    }
    Ok(())
}

fn add_policy(role: &mut Role, policy: &Value) -> Result<(), GatewayError> {
    let wrong = |detail: String| GatewayError::Role {
        role: role.name.clone(),
        detail,
    };
    let name = policy
        .get("PolicyName")
        .and_then(Value::as_str)
        .ok_or_else(|| wrong("a policy has no PolicyName".to_owned()))?;
    let document = policy
        .get("PolicyDocument")
        .ok_or_else(|| wrong(format!("policy {name} has no PolicyDocument")))?;
    let parsed = iam::Policy::parse(name, document).map_err(|error| wrong(error.to_string()))?;
    role.policies.push(parsed);
    role.tag_scopes.extend(tag_scopes(document));
    Ok(())
}

fn check_condition_keys(role: &Role, issuer: &str) -> Result<(), GatewayError> {
    let missing = |keys: Option<&str>, document: &str| match keys {
        None => Ok(()),
        Some(key) => Err(GatewayError::Role {
            role: role.name.clone(),
            detail: format!(
                "{document} looks at the condition key {key}, which is not provided locally"
            ),
        }),
    };
    let in_trust = condition_keys::first_missing(role.trust.condition_keys(), issuer);
    missing(in_trust, "the trust policy")?;
    for policy in &role.policies {
        let key = condition_keys::first_missing(policy.condition_keys(), issuer);
        missing(key, &format!("policy {}", policy.name()))?;
    }
    Ok(())
}

fn max_session(properties: &Map<String, Value>) -> Result<i64, String> {
    let Some(value) = properties.get("MaxSessionDuration") else {
        return Ok(DEFAULT_MAX_SESSION);
    };
    let seconds = value
        .as_i64()
        .or_else(|| value.as_str().and_then(|text| text.parse().ok()));
    seconds
        .filter(|seconds| (3600..=43_200).contains(seconds))
        .ok_or_else(|| format!("MaxSessionDuration must be 3600 to 43200, not {value}"))
}

fn role_tags(properties: &Map<String, Value>) -> Result<BTreeMap<String, String>, String> {
    list(properties.get("Tags"))
        .into_iter()
        .map(|tag| {
            match (
                tag.get("Key").and_then(Value::as_str),
                tag.get("Value").and_then(Value::as_str),
            ) {
                (Some(key), Some(value)) => Ok((key.to_owned(), value.to_owned())),
                _ => Err("a tag needs a Key and a Value".to_owned()),
            }
        })
        .collect()
}

/// CloudFormation and IAM write a list of one as the element itself.
pub(crate) fn list(value: Option<&Value>) -> Vec<&Value> {
    match value {
        None => Vec::new(),
        Some(Value::Array(items)) => items.iter().collect(),
        Some(single) => vec![single],
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;
    use serde_json::json;

    #[test]
    fn refuses_roles_it_cannot_judge() {
        let trust = json!({"Version": "2012-10-17", "Statement": [{"Sid": "Trust", "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
        let read = |extra: Value| {
            let mut properties = json!({"AssumeRolePolicyDocument": trust});
            properties
                .as_object_mut()
                .unwrap()
                .extend(extra.as_object().unwrap().clone());
            read_role("SomeRole", &properties, "000000000000").map_err(|error| error.to_string())
        };
        assert!(read(json!({"ManagedPolicyArns": ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]})).is_ok());
        for refused in [
            json!({"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"]}),
            json!({"PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"}),
            json!({"MaxSessionDuration": 100}),
            json!({"Policies": [{"PolicyName": "P", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Sid": "S", "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringSortOf": {"a": "b"}}}]}}]}),
        ] {
            let message = read(refused).unwrap_err();
            assert!(
                message.starts_with("role SomeRole: ") && !message.contains('\n'),
                "{message}"
            );
        }
    }
}
