//! `infra/openapi.json`: the API in OpenAPI 3.1, made from the endpoints' own types.

use crate::describe::{Api, Auth, Endpoint, properties};
use crate::examples;
use crate::failure::Result;
use crate::schemas::Schemas;
use crate::template_part::pascal_case;
use problem::{Kind, TYPE_PREFIX};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const PROBLEM_JSON: &str = "application/problem+json";

/// The file's text. The issuer's two documents are for STS, on a host of their own, and are not part of this API.
pub(crate) fn render(endpoints: &[Endpoint]) -> Result<String> {
    let mut schemas = Schemas::default();
    let mut paths = Map::new();
    let mut kinds_used = BTreeSet::new();
    let mut tags = BTreeSet::new();
    for endpoint in endpoints
        .iter()
        .filter(|endpoint| endpoint.api == Api::Main)
    {
        tags.insert(endpoint.tag.as_str());
        let kinds = kinds(endpoint);
        kinds_used.extend(kinds.iter().map(|kind| kind.slug()));
        let operation = operation(endpoint, &kinds, &mut schemas)?;
        let item = paths
            .entry(endpoint.path.clone())
            .or_insert_with(|| json!({}));
        if let Some(item) = item.as_object_mut() {
            item.insert(endpoint.method.to_lowercase(), operation);
        }
    }
    let mut components = schemas.into_components();
    examples::add(&mut paths, &components);
    components.insert("Problem".to_owned(), problem_schema());
    components.insert("GatewayRefusal".to_owned(), gateway_refusal_schema());
    let examples: Map<String, Value> = Kind::ALL
        .iter()
        .filter(|kind| kinds_used.contains(kind.slug()))
        .map(|kind| (kind.slug().to_owned(), problem_example(*kind)))
        .collect();
    Ok(crate::outputs::json(&json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Tenantry",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "A multi-tenant system whose tenants are kept apart by IAM. Errors are problem details (RFC 9457) \
                with a stable `type`; times are RFC 3339 in UTC; unknown fields are refused.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "servers": [{"url": "http://localhost:3000", "description": "The local cloud (`cargo local`)"}],
        "tags": tags.iter().map(|tag| json!({"name": tag})).collect::<Vec<_>>(),
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {
                "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                "description": "The `access_token` that log-in, refresh and sign-up answer with.",
            }},
            "schemas": components,
            "examples": examples,
            "responses": {"HeadersTooLarge": {
                "description": "The headers are larger than API Gateway takes, 10,240 bytes.",
                "content": {"application/json": gateway_refusal()},
            }},
        },
    })))
}

fn operation(endpoint: &Endpoint, kinds: &[Kind], schemas: &mut Schemas) -> Result<Value> {
    let name = pascal_case(&endpoint.binary);
    let mut operation = Map::new();
    operation.insert("operationId".to_owned(), json!(camel_case(&name)));
    operation.insert("tags".to_owned(), json!([endpoint.tag]));
    operation.insert("summary".to_owned(), json!(endpoint.summary));
    let description = description(endpoint);
    if !description.is_empty() {
        operation.insert("description".to_owned(), json!(description));
    }
    if endpoint.auth == Auth::Public {
        operation.insert("security".to_owned(), json!([]));
    }
    let parameters = parameters(endpoint, schemas)?;
    if !parameters.is_empty() {
        operation.insert("parameters".to_owned(), Value::Array(parameters));
    }
    if let Some(body) = &endpoint.body_schema {
        let schema = schemas.add_root(&endpoint.binary, &name, "Input", body)?;
        // Without a field that it needs, an endpoint takes no body for an empty one.
        let needs = body.get("required").and_then(Value::as_array);
        let is_required =
            body.get("properties").is_none() || needs.is_some_and(|names| !names.is_empty());
        operation.insert(
            "requestBody".to_owned(),
            json!({
                "description": format!("At most {} bytes.", endpoint.body_limit),
                "required": is_required,
                "content": {"application/json": {"schema": schema}},
            }),
        );
    }
    operation.insert(
        "responses".to_owned(),
        responses(endpoint, &name, kinds, schemas)?,
    );
    Ok(Value::Object(operation))
}

fn description(endpoint: &Endpoint) -> String {
    let permission = endpoint
        .permission
        .as_ref()
        .map(|permission| format!("Needs the permission `{permission}`."));
    let parts = [Some(endpoint.description.trim().to_owned()), permission];
    parts
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("\n\n")
}

fn parameters(endpoint: &Endpoint, schemas: &mut Schemas) -> Result<Vec<Value>> {
    let mut parameters = Vec::new();
    for (place, schema) in [
        ("path", &endpoint.path_schema),
        ("query", &endpoint.query_schema),
    ] {
        if let Some(schema) = schema {
            schemas.add_definitions(&endpoint.binary, schema)?;
        }
        let required: Vec<&str> = schema
            .as_ref()
            .and_then(|schema| schema.get("required")?.as_array())
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        for (name, property) in properties(schema.as_ref()) {
            let mut property = Schemas::rewritten(property, None);
            let description = property
                .as_object_mut()
                .and_then(|property| property.shift_remove("description"));
            let mut parameter = json!({"name": name, "in": place});
            if let Some(parameter) = parameter.as_object_mut() {
                if let Some(description) = description {
                    parameter.insert("description".to_owned(), description);
                }
                parameter.insert(
                    "required".to_owned(),
                    json!(place == "path" || required.contains(&name.as_str())),
                );
                parameter.insert("schema".to_owned(), property);
            }
            parameters.push(parameter);
        }
    }
    if endpoint.takes_if_match {
        parameters.push(json!({
            "name": "If-Match", "in": "header", "required": false, "schema": tag(),
            "description": "The ETag of the version that the change is meant for.",
        }));
    }
    if endpoint.idempotent {
        // As `tenant_context::Newcomer` has it.
        let (text, shortest) = match endpoint.auth {
            Auth::Public => ("A random text that nobody can guess, such as a UUID", 32),
            _ => ("Any text of your own", 1),
        };
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "schema": {"type": "string", "minLength": shortest, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$"},
            "description": format!("{text}, new for each request that is meant: the same request sent again with it \
                has no second effect, and is answered as before, for 24 hours."),
        }));
    }
    Ok(parameters)
}

/// A version as an entity tag.
fn tag() -> Value {
    json!({"type": "string", "pattern": "^\"[0-9]{1,19}\"$", "examples": ["\"3\""]})
}

fn responses(
    endpoint: &Endpoint,
    name: &str,
    kinds: &[Kind],
    schemas: &mut Schemas,
) -> Result<Value> {
    let mut responses = Map::new();
    let mut success = Map::new();
    success.insert("description".to_owned(), json!(phrase(endpoint.success)));
    let mut headers = Map::new();
    if endpoint.success == 201 {
        headers.insert(
            "Location".to_owned(),
            json!({"description": "Path of what was created.", "schema": {"type": "string"}}),
        );
    }
    // A record that counts its versions is answered with the present one as its tag.
    if properties(endpoint.output_schema.as_ref()).any(|(name, _)| name == "version") {
        headers.insert(
            "ETag".to_owned(),
            json!({"description": "The version, for If-Match.", "schema": tag()}),
        );
    }
    if endpoint.idempotent {
        headers.insert(
            "Idempotency-Replayed".to_owned(),
            json!({"description": "`true` on an answer that was given before.", "schema": {"type": "string"}}),
        );
    }
    if let Some(output) = &endpoint.output_schema {
        let schema = schemas.add_root(&endpoint.binary, name, "Output", output)?;
        // What is no JSON says what it is, and has no schema: one line of JSON Lines would pass for JSON.
        let media = output.get("x-media-types").and_then(Value::as_array);
        let media = media.into_iter().flatten().filter_map(Value::as_str);
        let mut content: Map<String, Value> =
            media.map(|media| (media.to_owned(), json!({}))).collect();
        if content.is_empty() {
            content.insert("application/json".to_owned(), json!({"schema": schema}));
        } else {
            for name in ["Link", "Next-Cursor"] {
                let header = json!({"description": "Where the next part is, if there is one.", "schema": {"type": "string"}});
                headers.insert(name.to_owned(), header);
            }
        }
        success.insert("content".to_owned(), content.into());
    }
    if !headers.is_empty() {
        success.insert("headers".to_owned(), Value::Object(headers));
    }
    responses.insert(endpoint.success.to_string(), Value::Object(success));

    let mut by_status: BTreeMap<u16, Vec<Kind>> = BTreeMap::new();
    for kind in kinds {
        by_status.entry(kind.status()).or_default().push(*kind);
    }
    for (status, kinds) in by_status {
        let examples: Map<String, Value> = kinds
            .iter()
            .map(|kind| {
                (
                    kind.slug().to_owned(),
                    json!({"$ref": format!("#/components/examples/{}", kind.slug())}),
                )
            })
            .collect();
        let titles: Vec<String> = kinds
            .iter()
            .map(|kind| format!("`{}`", kind.slug()))
            .collect();
        let mut content = json!({PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}});
        // What API Gateway says by itself: who has no token of ours only where one is needed.
        let is_its_own = match status {
            401 | 403 => endpoint.auth != Auth::Public,
            400 | 413 | 500 | 503 => true,
            _ => false,
        };
        if is_its_own && let Some(content) = content.as_object_mut() {
            content.insert("application/json".to_owned(), gateway_refusal());
        }
        let mut response = json!({"description": titles.join(", "), "content": content});
        if kinds.iter().any(|kind| kind.retry_after().is_some())
            && let Some(response) = response.as_object_mut()
        {
            response.insert(
                "headers".to_owned(),
                json!({"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}),
            );
        }
        responses.insert(status.to_string(), response);
    }
    let headers_too_large = json!({"$ref": "#/components/responses/HeadersTooLarge"});
    responses.insert("431".to_owned(), headers_too_large);
    Ok(Value::Object(responses))
}

/// What the endpoint says it may answer, in the order of the list of kinds.
fn kinds(endpoint: &Endpoint) -> Vec<Kind> {
    let declared = |kind: &Kind| endpoint.problems.iter().any(|slug| slug == kind.slug());
    Kind::ALL.iter().copied().filter(declared).collect()
}

fn problem_schema() -> Value {
    let types: Vec<String> = Kind::ALL
        .iter()
        .map(|kind| format!("{TYPE_PREFIX}{}", kind.slug()))
        .collect();
    json!({
        "type": "object",
        "description": "Problem details (RFC 9457).",
        "required": ["type", "title", "status", "detail", "request_id"],
        "properties": {
            "type": {"type": "string", "format": "uri", "enum": types},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "errors": {"type": "array", "items": {
                "type": "object", "required": ["pointer", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer into the body, `?name` for a query parameter, `{name}` for a path parameter, or the name of a header."},
                    "detail": {"type": "string"},
                    "type": {"type": "string", "format": "uri", "enum": types, "description": "The problem of this one by itself, where it is another than the answer's: operations of a batch can be refused for different reasons."},
                },
            }},
            "request_id": {"type": "string", "description": "Name it when you ask for help."},
        },
    })
}

fn gateway_refusal_schema() -> Value {
    json!({
        "type": "object",
        "description": "What API Gateway itself says: to a request that is none, such as one for an impossible host (400), to one without a token (401), to a token that was never ours (403), to a body of over 10 MB (413), to headers of over 10 KB (431), and where an endpoint gave no answer (500), or none in time (503).",
        "required": ["message"],
        "properties": {"message": {"type": "string"}},
    })
}

fn gateway_refusal() -> Value {
    json!({"schema": {"$ref": "#/components/schemas/GatewayRefusal"}})
}

fn problem_example(kind: Kind) -> Value {
    json!({"value": {
        "type": format!("{TYPE_PREFIX}{}", kind.slug()), "title": kind.title(), "status": kind.status(),
        "detail": kind.detail(), "request_id": "JKJaXmPLvHcESHA=",
    }})
}

const fn phrase(status: u16) -> &'static str {
    match status {
        201 => "Created",
        202 => "Accepted",
        204 => "Done; nothing to say",
        _ => "OK",
    }
}

fn camel_case(pascal: &str) -> String {
    let mut letters = pascal.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;
    use crate::describe::tests::samples;

    fn document() -> Value {
        serde_json::from_str(&render(&samples()).unwrap()).unwrap()
    }

    #[test]
    fn an_operation_is_as_printed_here() {
        let expected: Value =
            serde_json::from_str(include_str!("../golden/operation.json")).unwrap();
        assert_eq!(
            document()["paths"]["/v1/projects/{project_id}/{collection}/{record_id}"]["get"],
            expected
        );
    }

    #[test]
    fn the_issuer_is_not_in_it() {
        assert!(document()["paths"].get("/.well-known/jwks.json").is_none());
    }

    #[test]
    fn public_operations_say_so_and_sign_in_is_the_rule() {
        let document = document();
        assert_eq!(
            document["paths"]["/v1/auth/login"]["post"]["security"],
            json!([])
        );
        assert_eq!(document["security"], json!([{"bearer": []}]));
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document();
        let text = document.to_string();
        for part in text.split("\"$ref\":\"#").skip(1) {
            let pointer = part.split('"').next().unwrap();
            assert!(
                document.pointer(pointer).is_some(),
                "{pointer} leads nowhere"
            );
        }
        assert!(!text.contains("$defs"));
    }
}
