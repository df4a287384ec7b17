//! `infra/docs/access.md`: who may do what to the data, read from the roles of template.yaml.
//!
//! Every condition is written out, so that a change to any of them changes the file, and `check` names it.

use crate::failure::Result;
use crate::resolved::Stack;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use template::Resource;

const ROLE: &str = "AWS::IAM::Role";

/// The file's text.
pub(crate) fn render(template: &str) -> Result<String> {
    let stack = Stack::parse(template)?;
    let users = users(&stack);
    let roles: Vec<&Resource> = stack
        .resources()
        .filter(|resource| resource.kind == ROLE)
        .collect();
    let mut text = String::from(
        "# Who may do what\n\n\
         Written by `cargo xtask generate` from the roles of `template.yaml`. Do not edit.\n\n\
         Nothing is allowed that is not in these tables. No role has Scan, PartiQL, DynamoDB's vector search or a wildcard table.\n\n\
         ## Who takes on which role\n\n| role | taken on by | by | only where |\n|---|---|---|---|\n",
    );
    // Writing to a String can't fail.
    for role in &roles {
        for statement in statements(role.properties.get("AssumeRolePolicyDocument")) {
            let who = match users.get(&role.logical_id) {
                Some(functions) => functions.join(", "),
                None => principal(statement.get("Principal")),
            };
            let _ = writeln!(
                text,
                "| {} | {who} | {} | {} |",
                role.logical_id,
                list(statement.get("Action")),
                conditions(statement.get("Condition"))
            );
        }
    }
    text.push_str("\n## What each role may do\n\n| role | statement | may | on | only where |\n|---|---|---|---|---|\n");
    for role in &roles {
        let policies = role
            .properties
            .get("Policies")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        for statement in policies.flat_map(|policy| statements(policy.get("PolicyDocument"))) {
            let effect = if statement.get("Effect").and_then(Value::as_str) == Some("Deny") {
                "**never** "
            } else {
                ""
            };
            let _ = writeln!(
                text,
                "| {} | {} | {effect}{} | {} | {} |",
                role.logical_id,
                statement.get("Sid").and_then(Value::as_str).unwrap_or("–"),
                list(statement.get("Action")),
                resources(statement.get("Resource")),
                conditions(statement.get("Condition"))
            );
        }
    }
    Ok(text)
}

/// Role → the functions that run as it.
fn users(stack: &Stack) -> BTreeMap<String, Vec<String>> {
    let mut users: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for function in stack
        .resources()
        .filter(|resource| resource.kind == "AWS::Serverless::Function")
    {
        if let Some(role) = function.properties.get("Role").and_then(Value::as_str) {
            let role = role.rsplit('/').next().unwrap_or(role);
            users
                .entry(role.to_owned())
                .or_default()
                .push(function.logical_id.clone());
        }
    }
    users
}

fn statements(document: Option<&Value>) -> impl Iterator<Item = &Value> {
    document
        .and_then(|document| document.get("Statement")?.as_array())
        .into_iter()
        .flatten()
}

fn principal(principal: Option<&Value>) -> String {
    let principals = principal.and_then(Value::as_object).into_iter().flatten();
    let texts: Vec<String> = principals
        .map(|(kind, who)| match kind.as_str() {
            "Federated" => "whoever holds a token of the issuer".to_owned(),
            // A role that other roles take on.
            "AWS" => names(Some(who)),
            _ => format!("no function yet ({})", list(Some(who)).replace('`', "")),
        })
        .collect();
    texts.join(", ")
}

/// One text or several, each in code.
fn list(value: Option<&Value>) -> String {
    texts(value)
        .iter()
        .map(|text| format!("`{text}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(items)) => items.iter().flat_map(|item| texts(Some(item))).collect(),
        Some(Value::String(text)) => vec![text.clone()],
        Some(other) => vec![other.to_string()],
        None => Vec::new(),
    }
}

/// Resource names without what is the same in all: `arn:aws:dynamodb:…:table/TenantTable` → `TenantTable`.
fn resources(value: Option<&Value>) -> String {
    let short = |arn: &String| {
        let name = arn.splitn(6, ':').nth(5).unwrap_or(arn);
        let name = name
            .strip_prefix("table/")
            .or_else(|| name.strip_prefix("secret:"))
            .unwrap_or(name);
        format!("`{name}`")
    };
    texts(value)
        .iter()
        .map(short)
        .collect::<Vec<_>>()
        .join(", ")
}

/// Names of roles: `arn:aws:iam::…:role/EmailsSendRole` → EmailsSendRole.
fn names(value: Option<&Value>) -> String {
    let all = texts(value);
    let names = all.iter().map(|arn| arn.rsplit('/').next().unwrap_or(arn));
    names.collect::<Vec<_>>().join(", ")
}

fn conditions(condition: Option<&Value>) -> String {
    let mut parts = Vec::new();
    for (operator, keys) in condition.and_then(Value::as_object).into_iter().flatten() {
        for (key, values) in keys.as_object().into_iter().flatten() {
            // The issuer's host stands before its claims.
            let key = key
                .rsplit_once("amazonaws.com:")
                .map_or(key.as_str(), |(_, claim)| claim);
            parts.push(match (operator.as_str(), texts(Some(values)).as_slice()) {
                ("Null", [absent]) if absent == "false" => format!("`{key}` present"),
                _ => format!("`{key}` {operator} {}", list(Some(values))),
            });
        }
    }
    if parts.is_empty() {
        "–".to_owned()
    } else {
        parts.join("; ")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn the_tables_are_as_printed_here() {
        let text = render(include_str!("../golden/access_template.yaml")).unwrap();
        assert_eq!(text, include_str!("../golden/access.md"));
    }

    #[test]
    fn every_guard_shows() {
        let template = include_str!("../golden/access_template.yaml");
        let all = render(template).unwrap();
        let without = template.replace(
            "                  \"Null\": { dynamodb:LeadingKeys: \"false\" }\n",
            "",
        );
        assert_ne!(template, without);
        assert_ne!(all, render(&without).unwrap());
    }

    /// What reads a table's change stream; it has no keys to ask for.
    const STREAM_ACTIONS: [&str; 4] = [
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
    ];

    /// The rules of the design that hold for every role, whatever it is called.
    #[test]
    fn no_role_reaches_more_than_items_by_key() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let template = std::fs::read_to_string(root.join("template.yaml")).unwrap();
        let stack = Stack::parse(&template).unwrap();
        for role in stack.resources().filter(|resource| resource.kind == ROLE) {
            let id = &role.logical_id;
            assert!(
                role.properties.get("ManagedPolicyArns").is_none(),
                "{id} has a policy that is not written here"
            );
            let policies = role
                .properties
                .get("Policies")
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            for statement in policies.flat_map(|policy| statements(policy.get("PolicyDocument"))) {
                let actions = texts(statement.get("Action"));
                for action in &actions {
                    assert!(!action.contains('*'), "{id} may {action}");
                    let forbidden = ["Scan", "PartiQL", "SearchVectors", "AssumeRole"];
                    assert!(
                        !forbidden.iter().any(|word| action.contains(word)),
                        "{id} may {action}"
                    );
                }
                for resource in texts(statement.get("Resource")) {
                    assert_ne!(resource, "*", "{id} may act on everything");
                    assert!(!resource.contains("table/*"), "{id} reaches every table");
                }
                let allows = statement.get("Effect").and_then(Value::as_str) == Some("Allow");
                if actions
                    .iter()
                    .any(|action| STREAM_ACTIONS.contains(&action.as_str()))
                {
                    let on = texts(statement.get("Resource"));
                    assert!(
                        on.iter().all(|arn| arn.contains("/stream/")),
                        "{id}: {on:?}"
                    );
                }
                let of_items = |action: &&String| {
                    action.starts_with("dynamodb:") && !STREAM_ACTIONS.contains(&action.as_str())
                };
                if allows && actions.iter().any(|action| of_items(&action)) {
                    let condition = statement.get("Condition").unwrap();
                    let keys =
                        texts(condition.pointer("/ForAllValues:StringLike/dynamodb:LeadingKeys"));
                    assert!(
                        !keys.is_empty(),
                        "{id} reaches a table without leading keys"
                    );
                    // A pattern ends in a delimiter before its `*`, so that no id is the beginning of another.
                    assert!(
                        keys.iter()
                            .all(|key| !key.contains('*') || key.ends_with("#*")),
                        "{id}: {keys:?}"
                    );
                    let guard = condition
                        .pointer("/Null/dynamodb:LeadingKeys")
                        .and_then(Value::as_str);
                    assert_eq!(
                        guard,
                        Some("false"),
                        "{id}: an empty set of keys would pass"
                    );
                    let tags = keys.iter().filter_map(|key| {
                        key.split("${aws:PrincipalTag/").nth(1)?.split('}').next()
                    });
                    for tag in tags {
                        let guard = condition
                            .get("Null")
                            .and_then(|null| null.get(format!("aws:PrincipalTag/{tag}")));
                        assert_eq!(
                            guard.and_then(Value::as_str),
                            Some("false"),
                            "{id}: {tag} may be missing"
                        );
                    }
                }
            }
        }
    }
}
