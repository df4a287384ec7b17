//! The HTTP APIs of the template: their ids, authorizers, CORS settings and routes.

use super::{
    authorizer::Authorizer,
    cors::Cors,
    routes::{Route, Routes},
};
use serde_json::Value;
use std::collections::BTreeMap;

/// The template asks for something that is wrong, or that this cloud can't do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct ConfigError(pub(crate) String);

/// One HTTP API.
#[derive(Debug)]
pub(crate) struct ApiConfig {
    pub(crate) id: String,
    pub(crate) stage: String,
    /// Fixed host, for an API that others know by its AWS name; otherwise the host of the request.
    pub(crate) domain: Option<String>,
    pub(crate) cors: Option<Cors>,
}

/// Everything of the APIs that requests are answered from.
pub(crate) struct Apis {
    pub(crate) apis: BTreeMap<String, ApiConfig>,
    /// By API and name.
    pub(crate) authorizers: BTreeMap<(String, String), Authorizer>,
    pub(crate) routes: Routes,
}

/// A resource of the resolved template.
pub(crate) struct Declared<'a> {
    pub(crate) logical_id: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) properties: &'a Value,
}

const HTTP_API: &str = "AWS::Serverless::HttpApi";
const FUNCTION: &str = "AWS::Serverless::Function";

impl Apis {
    pub(crate) fn read(resources: &[Declared<'_>]) -> Result<Self, ConfigError> {
        let mut apis = BTreeMap::new();
        let mut authorizers = BTreeMap::new();
        let mut defaults = BTreeMap::new();
        for resource in resources
            .iter()
            .filter(|resource| resource.kind == HTTP_API)
        {
            let name = resource.logical_id.to_owned();
            let (config, default) = read_api(&name, resource.properties, &mut authorizers)?;
            if let Some(default) = default {
                if !authorizers.contains_key(&(name.clone(), default.clone())) {
                    return Err(ConfigError(format!(
                        "{name}: DefaultAuthorizer {default} is not declared"
                    )));
                }
                defaults.insert(name.clone(), default);
            }
            apis.insert(name, config);
        }
        let mut routes = Vec::new();
        for resource in resources
            .iter()
            .filter(|resource| resource.kind == FUNCTION)
        {
            read_events(resource, &apis, &defaults, &authorizers, &mut routes)?;
        }
        let functions: Vec<&str> = resources
            .iter()
            .filter(|resource| resource.kind == FUNCTION)
            .map(|resource| resource.logical_id)
            .collect();
        for ((api, name), authorizer) in &authorizers {
            if !functions.contains(&authorizer.function()) {
                return Err(ConfigError(format!(
                    "{api}: authorizer {name}: there is no function {}",
                    authorizer.function()
                )));
            }
        }
        Ok(Self {
            apis,
            authorizers,
            routes: Routes::new(routes)?,
        })
    }

    /// Logical id of the API with this id.
    pub(crate) fn named(&self, id: &str) -> Option<&str> {
        self.apis
            .iter()
            .find(|(_, api)| api.id == id)
            .map(|(name, _)| name.as_str())
    }
}

fn read_api(
    name: &str,
    properties: &Value,
    authorizers: &mut BTreeMap<(String, String), Authorizer>,
) -> Result<(ApiConfig, Option<String>), ConfigError> {
    let wrong = |what: &str| ConfigError(format!("{name}: {what}"));
    let id = name.to_ascii_lowercase();
    let mut config = ApiConfig {
        id,
        stage: "$default".to_owned(),
        domain: None,
        cors: None,
    };
    let mut default = None;
    for (key, value) in properties.as_object().into_iter().flatten() {
        match key.as_str() {
            "CorsConfiguration" => config.cors = Some(Cors::read(name, value)?),
            "Auth" => {
                for (key, value) in value
                    .as_object()
                    .ok_or_else(|| wrong("Auth must be a mapping"))?
                {
                    match key.as_str() {
                        "DefaultAuthorizer" => default = value.as_str().map(str::to_owned),
                        "Authorizers" => {
                            for (key, value) in value.as_object().into_iter().flatten() {
                                authorizers.insert(
                                    (name.to_owned(), key.clone()),
                                    Authorizer::read(name, key, value)?,
                                );
                            }
                        }
                        other => return Err(wrong(&format!("Auth.{other} is not known here"))),
                    }
                }
            }
            // A named stage would be part of every path.
            "StageName" if value != "$default" => {
                return Err(wrong("only the stage $default is supported"));
            }
            "DefinitionBody" | "DefinitionUri" => {
                return Err(wrong(
                    "routes are read from the functions' events; an OpenAPI definition is not supported",
                ));
            }
            // What has no bearing on one machine: logging, throttling, domain names, tags.
            _ => {}
        }
    }
    Ok((config, default))
}

fn read_events(
    function: &Declared<'_>,
    apis: &BTreeMap<String, ApiConfig>,
    defaults: &BTreeMap<String, String>,
    authorizers: &BTreeMap<(String, String), Authorizer>,
    routes: &mut Vec<Route>,
) -> Result<(), ConfigError> {
    let name = function.logical_id;
    for (event, value) in function
        .properties
        .get("Events")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let wrong = |what: &str| ConfigError(format!("{name}: event {event}: {what}"));
        match value.get("Type").and_then(Value::as_str) {
            Some("HttpApi") => {}
            Some(other) if crate::sources::TYPES.contains(&other) => continue,
            _ => return Err(wrong("this type of event is not supported")),
        }
        let text = |key: &str| {
            value
                .pointer(&format!("/Properties/{key}"))
                .and_then(Value::as_str)
        };
        let api_id = text("ApiId").ok_or_else(|| wrong("ApiId is missing"))?;
        let api = apis
            .iter()
            .find(|(_, api)| api.id == api_id)
            .ok_or_else(|| wrong("ApiId names no API of this template"))?
            .0;
        let method = text("Method").ok_or_else(|| wrong("Method is missing"))?;
        let path = text("Path").ok_or_else(|| wrong("Path is missing"))?;
        if text("PayloadFormatVersion").is_some_and(|version| version != "2.0") {
            return Err(wrong("only payload format 2.0 is supported"));
        }
        let authorizer = match text("Auth/Authorizer") {
            Some("NONE") => None,
            Some(named) => Some(named.to_owned()),
            None => defaults.get(api).cloned(),
        };
        if let Some(authorizer) = &authorizer
            && !authorizers.contains_key(&(api.clone(), authorizer.clone()))
        {
            return Err(wrong(&format!("authorizer {authorizer} is not declared")));
        }
        routes.push(Route::new(api, name, method, path, authorizer)?);
    }
    Ok(())
}

/// A number, also one that a parameter holds as text.
pub(crate) fn number(value: &Value) -> Option<u64> {
    value
        .as_u64()
        .or_else(|| value.as_str()?.trim().parse().ok())
}

/// A truth value, also as text.
pub(crate) fn boolean(value: &Value) -> Option<bool> {
    value.as_bool().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
