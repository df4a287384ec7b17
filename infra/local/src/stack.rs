//! What the cloud puts into the template and takes out of it.

use crate::{api::Apis, error::StartError};
use std::{collections::BTreeMap, path::PathBuf};
use template::{Resolved, Template};
use tokens::keys::KeyMaterial;

pub(crate) fn find_template() -> Result<PathBuf, StartError> {
    let here = std::env::current_dir().map_err(|_| StartError::NoTemplate)?;
    here.ancestors()
        .map(|folder| folder.join("template.yaml"))
        .find(|file| file.is_file())
        .ok_or(StartError::NoTemplate)
}

/// What the cloud knows of the template's parameters. A template without one of them does not get it.
pub(crate) fn parameters(
    template: &Template,
    api_url: &str,
    keys: &KeyMaterial,
    given: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut parameters = BTreeMap::from([
        ("ConsoleUrl".to_owned(), api_url.to_owned()),
        (
            "IssuerPublicKeys".to_owned(),
            keys.issuer_public_keys.clone(),
        ),
        (
            "AccessPublicKeys".to_owned(),
            keys.access_public_keys.clone(),
        ),
    ]);
    parameters.retain(|name, _| template.parameters().any(|(declared, _)| declared == name));
    parameters.extend(given.clone());
    parameters
}

pub(crate) fn secrets(resolved: &Resolved, keys: &KeyMaterial) -> BTreeMap<String, String> {
    let mut secrets = BTreeMap::from([
        ("IssuerKeySecret".to_owned(), keys.issuer_secret.clone()),
        ("AccessKeySecret".to_owned(), keys.access_secret.clone()),
        ("LinkKeySecret".to_owned(), keys.link_secret.clone()),
        ("MfaKeySecret".to_owned(), keys.mfa_secret.clone()),
    ]);
    secrets.retain(|name, _| resolved.resources.contains_key(name));
    secrets
}

/// The token issuer that the template's roles trust. Without one nothing can be traded, and the address is never used.
pub(crate) fn issuer_url(resolved: &Resolved) -> String {
    let provider = resolved
        .resources
        .values()
        .find(|resource| resource.kind == "AWS::IAM::OIDCProvider");
    let url = provider
        .and_then(|provider| provider.properties.get("Url"))
        .and_then(serde_json::Value::as_str);
    url.unwrap_or("https://no-issuer.invalid").to_owned()
}

/// The issuer's API answers under the host that the roles name, not under the one it was asked by.
pub(crate) fn issuer_hosts(issuer_url: &str, apis: &Apis) -> BTreeMap<String, String> {
    let host = issuer_url.strip_prefix("https://").unwrap_or(issuer_url);
    let id = host.split('.').next().unwrap_or_default();
    apis.named(id)
        .map(|name| (name.to_owned(), host.to_owned()))
        .into_iter()
        .collect()
}
