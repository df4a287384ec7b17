//! The functions of the template: which binary each runs, with which environment and limits.

use crate::lambda::Function;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

pub(crate) const KIND: &str = "AWS::Serverless::Function";

/// A function as the template declares it, before its binary is found.
#[derive(Debug)]
pub(crate) struct Declaration {
    pub(crate) name: String,
    /// Name of the cargo binary: the last part of `CodeUri`.
    pub(crate) binary: String,
    environment: BTreeMap<String, String>,
    role: String,
    timeout: Duration,
    memory_mb: u64,
    reserved: Option<usize>,
}

/// Reads every function of the template.
pub(crate) fn declarations<'a>(
    resources: impl Iterator<Item = (&'a str, &'a str, &'a Value)>,
) -> Result<Vec<Declaration>, String> {
    resources
        .filter(|(_, kind, _)| *kind == KIND)
        .map(|(name, _, properties)| read(name, properties))
        .collect()
}

fn read(name: &str, properties: &Value) -> Result<Declaration, String> {
    let wrong = |what: &str| format!("{name}: {what}");
    let text = |key: &str| properties.get(key).and_then(Value::as_str);
    match text("Runtime") {
        Some(runtime) if runtime.starts_with("provided.") => {}
        _ => {
            return Err(wrong(
                "Runtime must be one of provided.*: functions are native binaries",
            ));
        }
    }
    let code = text("CodeUri").ok_or_else(|| wrong("CodeUri is missing"))?;
    let binary = Path::new(code)
        .file_name()
        .and_then(|name| name.to_str())
        .ok_or_else(|| wrong("CodeUri must end in the binary's name"))?;
    let role = text("Role")
        .and_then(|arn| arn.rsplit_once(":role/"))
        .map(|(_, role)| role);
    let timeout = number(properties, "Timeout").map_err(wrong)?.unwrap_or(3);
    let memory = number(properties, "MemorySize")
        .map_err(wrong)?
        .unwrap_or(128);
    let reserved = number(properties, "ReservedConcurrentExecutions").map_err(wrong)?;
    if reserved == Some(0) {
        return Err(wrong(
            "ReservedConcurrentExecutions is 0: the function could never run",
        ));
    }
    Ok(Declaration {
        name: name.to_owned(),
        binary: binary.to_owned(),
        environment: environment(properties)
            .ok_or_else(|| wrong("Environment.Variables must be texts or numbers"))?,
        role: role
            .ok_or_else(|| wrong("Role must be a role of this template"))?
            .to_owned(),
        timeout: Duration::from_secs(timeout),
        memory_mb: memory,
        reserved: reserved.and_then(|reserved| usize::try_from(reserved).ok()),
    })
}

fn number(properties: &Value, key: &'static str) -> Result<Option<u64>, &'static str> {
    match properties.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => crate::api::number(value).map(Some).ok_or(match key {
            "Timeout" => "Timeout must be a number",
            "MemorySize" => "MemorySize must be a number",
            _ => "ReservedConcurrentExecutions must be a number",
        }),
    }
}

fn environment(properties: &Value) -> Option<BTreeMap<String, String>> {
    let mut environment = BTreeMap::new();
    let Some(variables) = properties.pointer("/Environment/Variables") else {
        return Some(environment);
    };
    for (name, value) in variables.as_object()? {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            _ => return None,
        };
        environment.insert(name.clone(), value);
    }
    Some(environment)
}

impl Declaration {
    /// With its binary. A reserved concurrency above the machine's limit changes nothing.
    pub(crate) fn with_binary(self, binary: PathBuf, max_processes: usize) -> Function {
        Function {
            concurrency: self.reserved.unwrap_or(max_processes).min(max_processes),
            name: self.name,
            binary,
            environment: self.environment,
            role: self.role,
            timeout: self.timeout,
            memory_mb: self.memory_mb,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;
    use serde_json::json;

    fn declared() -> Value {
        json!({
            "Runtime": "provided.al2023", "CodeUri": "target/lambda/records-list/", "Timeout": 10, "MemorySize": "256",
            "Role": "arn:aws:iam::000000000000:role/EndpointRole",
            "Environment": {"Variables": {"TENANT_TABLE": "TenantTable", "N": 1}},
        })
    }

    #[test]
    fn a_function_is_read() {
        let declarations = declarations(
            [
                ("F", KIND, &declared()),
                ("T", "AWS::DynamoDB::Table", &json!({})),
            ]
            .into_iter(),
        )
        .unwrap();
        assert_eq!(declarations.len(), 1);
        let function = declarations
            .into_iter()
            .next()
            .unwrap()
            .with_binary("/x".into(), 10);
        assert_eq!(
            (
                function.role.as_str(),
                function.memory_mb,
                function.concurrency
            ),
            ("EndpointRole", 256, 10)
        );
        assert_eq!(function.timeout, Duration::from_secs(10));
        assert_eq!(function.environment["N"], "1");
    }

    #[test]
    fn reserved_concurrency_lowers_the_limit_only() {
        for (reserved, expected) in [(2, 2), (100, 10)] {
            let mut declared = declared();
            declared["ReservedConcurrentExecutions"] = json!(reserved);
            assert_eq!(
                read("F", &declared)
                    .unwrap()
                    .with_binary("/x".into(), 10)
                    .concurrency,
                expected
            );
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (key, value, expected) in [
            ("Runtime", json!("nodejs22.x"), "provided"),
            ("CodeUri", json!(null), "CodeUri"),
            ("Role", json!("somebody"), "Role"),
            ("Timeout", json!("soon"), "Timeout"),
            ("ReservedConcurrentExecutions", json!(0), "never run"),
            (
                "Environment",
                json!({"Variables": {"A": {"Ref": "B"}}}),
                "Environment",
            ),
        ] {
            let mut declared = declared();
            declared[key] = value;
            let error = read("F", &declared).unwrap_err();
            assert!(
                error.starts_with("F: ") && error.contains(expected),
                "{error}"
            );
        }
    }
}
