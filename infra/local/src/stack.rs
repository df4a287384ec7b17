//! What the cloud puts into the template and takes out of it.

use crate::{api::Apis, error::StartError};
use ring::hmac;
use serde_json::{Map, Value};
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
            "ContextPublicKeys".to_owned(),
            keys.context_public_keys.clone(),
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

/// A value for every secret of the template that has none of its own.
pub(crate) fn secrets(
    resolved: &Resolved,
    keys: &KeyMaterial,
) -> Result<BTreeMap<String, String>, String> {
    let authorizer_secret = keys
        .authorizer_secret()
        .map_err(|error| error.to_string())?;
    let known = [
        ("IssuerKeySecret", &authorizer_secret),
        ("AccessKeySecret", &keys.access_secret),
        ("LinkKeySecret", &keys.link_secret),
        ("MfaKeySecret", &keys.mfa_secret),
        ("FieldKeySecret", &keys.field_secret),
        ("BillingWebhookSecret", &keys.billing_secret),
    ];
    let mut secrets = BTreeMap::new();
    let declared = resolved
        .resources
        .values()
        .filter(|resource| resource.kind == "AWS::SecretsManager::Secret");
    for resource in declared {
        let name = &resource.logical_id;
        let properties = &resource.properties;
        let value = match known.iter().find(|(known, _)| known == name) {
            Some((_, value)) => (*value).clone(),
            None if properties.get("SecretString").is_some() => continue,
            None => match properties.get("GenerateSecretString") {
                Some(wanted) => generated(name, wanted, keys),
                None => Err("it has no SecretString and no GenerateSecretString, and the local cloud knows no value for it".to_owned()),
            }
            .map_err(|detail| format!("{name}: {detail}"))?,
        };
        secrets.insert(name.clone(), value);
    }
    Ok(secrets)
}

/// What `GenerateSecretString` asks for. It is derived from the keys, so that a data folder brings the same again.
fn generated(name: &str, wanted: &Value, keys: &KeyMaterial) -> Result<String, String> {
    let length = match wanted.get("PasswordLength") {
        None => 32,
        Some(length) => crate::api::number(length)
            .and_then(|length| usize::try_from(length).ok())
            .ok_or("PasswordLength must be a number")?,
    };
    let key = hmac::Key::new(hmac::HMAC_SHA256, keys.issuer_secret.as_bytes());
    let mut text = String::new();
    for part in 0..=length / 32 {
        let tag = hmac::sign(&key, format!("{name}/{part}").as_bytes());
        // Letters and digits only: whatever characters are excluded, these are allowed.
        text.extend(tag.as_ref().iter().map(|byte| format!("{byte:02x}")));
    }
    text.truncate(length);
    let (template, key) = (
        wanted.get("SecretStringTemplate"),
        wanted.get("GenerateStringKey"),
    );
    match (
        template.and_then(Value::as_str),
        key.and_then(Value::as_str),
    ) {
        (None, None) => Ok(text),
        (Some(template), Some(key)) => {
            let mut members: Map<String, Value> = serde_json::from_str(template)
                .map_err(|error| format!("SecretStringTemplate: {error}"))?;
            members.insert(key.to_owned(), text.into());
            Ok(Value::from(members).to_string())
        }
        _ => Err("SecretStringTemplate and GenerateStringKey stand together".to_owned()),
    }
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

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::*;
    use template::Environment;

    fn secrets_of(properties: &str) -> Result<BTreeMap<String, String>, String> {
        let text = format!(
            "Resources:\n  Extra: {{ Type: AWS::SecretsManager::Secret, Properties: {properties} }}\n  LinkKeySecret: {{ Type: AWS::SecretsManager::Secret }}\n"
        );
        let template = Template::parse(&text).unwrap();
        let resolved = template.resolve(&BTreeMap::new(), &Environment::default());
        secrets(&resolved.unwrap(), &tokens::keys::generate().unwrap())
    }

    #[test]
    fn every_secret_gets_a_value_or_is_named() {
        let given = secrets_of("{ SecretString: x }").unwrap();
        assert_eq!(given.keys().collect::<Vec<_>>(), ["LinkKeySecret"]);
        let plain = secrets_of("{ GenerateSecretString: { PasswordLength: 40 } }").unwrap();
        assert_eq!(plain["Extra"].len(), 40);
        let inside = secrets_of("{ GenerateSecretString: { SecretStringTemplate: '{\"a\":1}', GenerateStringKey: key } }").unwrap();
        let inside: Value = serde_json::from_str(&inside["Extra"]).unwrap();
        assert_eq!(
            (&inside["a"], inside["key"].as_str().unwrap().len()),
            (&1.into(), 32)
        );
        assert!(secrets_of("{ }").unwrap_err().starts_with("Extra: "));
    }
}
