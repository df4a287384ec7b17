//! What each function says of itself: every binary answers `--describe` with its declaration as JSON.

use crate::failure::{Failure, Result};
use crate::workers::Worker;
use crate::workspace::Workspace;
use permissions::{Access, Permission};
use problem::Kind;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// The declaration of one endpoint.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Endpoint {
    pub(crate) binary: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) api: Api,
    pub(crate) summary: String,
    #[serde(default)]
    pub(crate) description: String,
    pub(crate) tag: String,
    pub(crate) auth: Auth,
    pub(crate) permission: Option<String>,
    pub(crate) access: Option<String>,
    pub(crate) needs: Vec<String>,
    pub(crate) role: String,
    pub(crate) memory_mb: u32,
    pub(crate) timeout_s: u32,
    pub(crate) success: u16,
    pub(crate) body_limit: usize,
    /// Whether the handler takes the kind of caller that the declaration lets in.
    pub(crate) caller_fits: bool,
    pub(crate) path_schema: Option<Value>,
    pub(crate) query_schema: Option<Value>,
    pub(crate) body_schema: Option<Value>,
    pub(crate) output_schema: Option<Value>,
    pub(crate) problems: Vec<String>,
    pub(crate) project_scoped: bool,
    /// Whether the person must have proved a few minutes ago who they are.
    #[serde(default)]
    pub(crate) step_up: bool,
    /// Whether the route stays open to a suspended tenant.
    #[serde(default)]
    pub(crate) while_suspended: bool,
    /// Whether it takes an `Idempotency-Key`.
    #[serde(default)]
    pub(crate) idempotent: bool,
    /// Whether `If-Match` says at which version something is to be done.
    #[serde(default)]
    pub(crate) takes_if_match: bool,
}

/// All functions whose part of the template is generated.
#[derive(Debug, Default)]
pub(crate) struct Functions {
    /// Those with a route, ordered by path and method.
    pub(crate) endpoints: Vec<Endpoint>,
    /// Those without.
    pub(crate) workers: Vec<Worker>,
}

/// Which HTTP API serves the endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Api {
    /// The product's API.
    Main,
    /// The token issuer's, which depends on nothing else.
    Issuer,
}

/// What a caller must show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Auth {
    /// Nothing.
    Public,
    /// A valid session.
    Person,
    Session,
    /// A session whose role carries the permission.
    Permission,
}

/// What a function can ask for in its environment.
pub(crate) const NEEDS: &[&str] = &[
    "tenant",
    "user",
    "tables",
    "access_key",
    "issuer_public_keys",
    "access_public_keys",
    "link_key",
    "mfa_key",
    "field_key",
    "billing_secret",
    "files",
    "exports",
    "vectors",
];

impl Endpoint {
    /// `GET /v1/projects`.
    pub(crate) fn route_key(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Whether the declaration asks for this.
    pub(crate) fn needs(&self, what: &str) -> bool {
        self.needs.iter().any(|need| need == what)
    }

    /// The parts of the path in braces.
    pub(crate) fn path_parameters(&self) -> impl Iterator<Item = &str> {
        self.path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }

    /// What is wrong with the declaration, if anything.
    fn fault(&self) -> Option<String> {
        let fault = |text: String| Some(text);
        if !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&self.method.as_str()) {
            return fault(format!("has no method of HTTP APIs: {:?}", self.method));
        }
        if !self.path.starts_with('/')
            || self.path.contains("//")
            || self.path.len() > 1 && self.path.ends_with('/')
        {
            return fault(format!(
                "has a path that no request can have: {:?}",
                self.path
            ));
        }
        if self.summary.is_empty() || self.summary.len() > 256 {
            return fault(
                "needs a summary of 1 to 256 bytes: it becomes the function's description"
                    .to_owned(),
            );
        }
        if self.tag.is_empty() {
            return fault("has no tag".to_owned());
        }
        match (self.auth, &self.permission) {
            (Auth::Permission, None) => {
                return fault("asks for a permission and names none".to_owned());
            }
            (Auth::Permission, Some(text)) if Permission::parse(text).is_none() => {
                return fault(format!("names a permission that does not exist: {text:?}"));
            }
            (Auth::Public | Auth::Person | Auth::Session, Some(text)) => {
                return fault(format!("names permission {text:?} and does not ask for it"));
            }
            _ => {}
        }
        if !self.caller_fits {
            return fault(
                "has a handler for another kind of caller than its declaration lets in".to_owned(),
            );
        }
        if let Some(access) = &self.access
            && Access::parse(access).is_none()
        {
            return fault(format!(
                "names an access level that does not exist: {access:?}"
            ));
        }
        if let Some(need) = self
            .needs
            .iter()
            .find(|need| !NEEDS.contains(&need.as_str()))
        {
            return fault(format!(
                "needs {need:?}, which the template can't give (it gives {})",
                NEEDS.join(", ")
            ));
        }
        if let Some(slug) = self
            .problems
            .iter()
            .find(|slug| Kind::from_slug(slug).is_none())
        {
            return fault(format!("names a problem that does not exist: {slug:?}"));
        }
        // API Gateway gives up after 30 s: a function that works longer works for nobody.
        if !(1..=29).contains(&self.timeout_s) {
            return fault(format!(
                "has a time limit of {} s; 1 to 29 are possible",
                self.timeout_s
            ));
        }
        if !(128..=10_240).contains(&self.memory_mb) {
            return fault(format!(
                "asks for {} MB; 128 to 10240 are possible",
                self.memory_mb
            ));
        }
        let in_path: BTreeSet<&str> = self.path_parameters().collect();
        let in_schema: BTreeSet<&str> = properties(self.path_schema.as_ref())
            .map(|(name, _)| name.as_str())
            .collect();
        if in_path != in_schema {
            return fault(format!(
                "has path parameters {in_path:?} and a path type with {in_schema:?}"
            ));
        }
        None
    }
}

/// The properties of an object schema, in order.
pub(crate) fn properties(schema: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    schema
        .and_then(|schema| schema.get("properties"))
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
}

/// Asks every built function.
pub(crate) fn ask(
    executables: &BTreeMap<String, std::path::PathBuf>,
    workspace: &Workspace,
) -> Result<Functions> {
    let mut described = Vec::new();
    for binary in workspace.binaries() {
        let path = executables
            .get(binary)
            .ok_or_else(|| Failure(format!("cargo built no executable {binary}")))?;
        described.push((binary.clone(), ask_one(binary, path)?));
    }
    functions(described)
}

fn ask_one(binary: &str, path: &Path) -> Result<Value> {
    let output = Command::new(path)
        .arg("--describe")
        .env_clear()
        .output()
        .map_err(|error| Failure(format!("{binary} can't be run: {error}")))?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr);
        let line = message
            .lines()
            .last()
            .unwrap_or("it says nothing")
            .to_owned();
        return Err(Failure(format!(
            "{binary} --describe failed ({}): {line}",
            output.status
        )));
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|error| Failure(format!("{binary} --describe does not print JSON: {error}")))
}

/// Checks the declarations against each other and orders them.
pub(crate) fn functions(described: Vec<(String, Value)>) -> Result<Functions> {
    let (mut endpoints, mut workers): (Vec<Endpoint>, Vec<Worker>) = Default::default();
    for (binary, value) in described {
        match value.get("kind").and_then(Value::as_str) {
            Some("endpoint") => {}
            // Its part of the template is written by hand.
            Some("authorizer") => continue,
            Some("worker") => {
                workers.push(Worker::read(&binary, value)?);
                continue;
            }
            other => {
                return Err(Failure(format!(
                    "{binary} describes itself as {other:?}, not as an endpoint or a worker"
                )));
            }
        }
        let endpoint: Endpoint = serde_json::from_value(value)
            .map_err(|error| Failure(format!("{binary} --describe: {error}")))?;
        if endpoint.binary != binary {
            return Err(Failure(format!(
                "{binary} calls itself {:?}",
                endpoint.binary
            )));
        }
        if let Some(fault) = endpoint.fault() {
            return Err(Failure(format!("{binary} {fault}")));
        }
        endpoints.push(endpoint);
    }
    endpoints.sort_by(|a, b| (&a.path, &a.method).cmp(&(&b.path, &b.method)));
    for (a, b) in endpoints.iter().zip(endpoints.iter().skip(1)) {
        if a.route_key() == b.route_key() {
            return Err(Failure(format!(
                "{} and {} both declare {}",
                a.binary,
                b.binary,
                a.route_key()
            )));
        }
    }
    Ok(Functions { endpoints, workers })
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;
    use serde_json::json;

    /// A declaration as a binary prints it.
    pub(crate) fn records_read() -> Value {
        json!({
            "binary": "records-read", "kind": "endpoint", "method": "GET", "path": "/v1/projects/{project_id}/{collection}/{record_id}",
            "api": "main", "summary": "Reads one record.", "description": "Answers the record with its version as ETag.",
            "tag": "records", "auth": "permission", "permission": "records:read", "access": "read", "needs": ["tenant"],
            "role": "EndpointRole", "memory_mb": 256, "timeout_s": 10, "caller_fits": true, "body_limit": 65536, "success": 200,
            "path_schema": {"type": "object", "properties": {
                "project_id": {"type": "string", "description": "The project."}, "collection": {"type": "string"},
                "record_id": {"$ref": "#/$defs/RecordId"}},
                "$defs": {"RecordId": {"type": "string", "pattern": "^rec_"}}},
            "query_schema": null, "body_schema": null,
            "output_schema": {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Record", "type": "object",
                "properties": {"id": {"$ref": "#/$defs/RecordId"}}, "$defs": {"RecordId": {"type": "string", "pattern": "^rec_"}}},
            "problems": ["not-found", "permission-denied"], "project_scoped": true
        })
    }

    /// A public endpoint that signs people in.
    pub(crate) fn auth_login() -> Value {
        json!({
            "binary": "auth-login", "kind": "endpoint", "method": "POST", "path": "/v1/auth/login", "api": "main",
            "summary": "Signs in.", "description": "", "tag": "identity", "auth": "public", "permission": null, "access": null,
            "needs": ["tables", "access_key"], "role": "AuthLoginRole", "memory_mb": 1024, "timeout_s": 10, "caller_fits": true, "body_limit": 65536, "success": 200,
            "path_schema": null, "query_schema": null,
            "body_schema": {"title": "Input", "type": "object", "properties": {"email": {"type": "string"}}, "required": ["email"]},
            "output_schema": {"title": "Output", "type": "object", "properties": {"access_token": {"type": "string"}}},
            "problems": ["invalid-credentials", "too-many-requests", "validation-failed"], "project_scoped": false
        })
    }

    /// One of the issuer's two documents.
    pub(crate) fn issuer_jwks() -> Value {
        json!({
            "binary": "issuer-jwks", "kind": "endpoint", "method": "GET", "path": "/.well-known/jwks.json", "api": "issuer",
            "summary": "The issuer's public keys.", "tag": "issuer", "auth": "public", "permission": null, "access": null,
            "needs": [], "role": "IssuerRole", "memory_mb": 128, "timeout_s": 3, "caller_fits": true, "body_limit": 65536, "success": 200, "path_schema": null,
            "query_schema": null, "body_schema": null, "output_schema": {"type": "object"}, "problems": [], "project_scoped": false
        })
    }

    /// The samples that the golden tests are made from.
    pub(crate) fn samples() -> Vec<Endpoint> {
        let all = [
            records_read(),
            auth_login(),
            issuer_jwks(),
            json!({"binary": "authorizer", "kind": "authorizer"}),
        ];
        functions(
            all.map(|value| (value["binary"].as_str().unwrap().to_owned(), value))
                .into(),
        )
        .unwrap()
        .endpoints
    }

    fn changed(change: impl FnOnce(&mut Value)) -> String {
        let mut value = records_read();
        change(&mut value);
        functions(vec![("records-read".to_owned(), value)])
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn endpoints_are_ordered_by_path() {
        let order: Vec<String> = samples().iter().map(Endpoint::route_key).collect();
        assert_eq!(
            order,
            [
                "GET /.well-known/jwks.json",
                "POST /v1/auth/login",
                "GET /v1/projects/{project_id}/{collection}/{record_id}"
            ]
        );
    }

    #[test]
    fn a_faulty_declaration_is_named() {
        assert_eq!(
            changed(|v| v["permission"] = json!("records:fly")),
            "records-read names a permission that does not exist: \"records:fly\""
        );
        assert_eq!(
            changed(|v| v["permission"] = Value::Null),
            "records-read asks for a permission and names none"
        );
        assert_eq!(
            changed(|v| v["auth"] = json!("session")),
            "records-read names permission \"records:read\" and does not ask for it"
        );
        assert_eq!(
            changed(|v| v["access"] = json!("all")),
            "records-read names an access level that does not exist: \"all\""
        );
        assert_eq!(
            changed(|v| v["problems"] = json!(["oops"])),
            "records-read names a problem that does not exist: \"oops\""
        );
        assert_eq!(
            changed(|v| v["timeout_s"] = json!(30)),
            "records-read has a time limit of 30 s; 1 to 29 are possible"
        );
        assert_eq!(
            changed(|v| v["binary"] = json!("records-list")),
            "records-read calls itself \"records-list\""
        );
        assert_eq!(
            changed(|v| v["kind"] = json!("cron")),
            "records-read describes itself as Some(\"cron\"), not as an endpoint or a worker"
        );
        assert!(changed(|v| v["path"] = json!("/v1/records")).contains("has path parameters {}"));
        assert!(
            changed(|v| v["needs"] = json!(["gold"])).starts_with("records-read needs \"gold\"")
        );
        assert!(
            changed(|v| {
                v.as_object_mut().unwrap().remove("tag");
            })
            .contains("missing field `tag`")
        );
    }

    #[test]
    fn one_route_has_one_function() {
        let mut second = records_read();
        second["binary"] = json!("records-peek");
        let error = functions(vec![
            ("records-read".to_owned(), records_read()),
            ("records-peek".to_owned(), second),
        ]);
        assert!(
            error
                .unwrap_err()
                .to_string()
                .contains("both declare GET /v1/projects")
        );
    }
}
