//! Who asks to take on a role, and the Principal element that says who may.

use crate::action::texts;
use serde_json::Value;

/// Who asks to take on a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// The bearer of a token of an OIDC provider, which is named by its ARN.
    Federated(String),
    /// A service of AWS, such as `lambda.amazonaws.com`.
    Service(String),
    /// A session of another role, which is named by its ARN.
    Role(String),
}

/// A trust statement's Principal element. Each entry names one principal in full: nobody is trusted by a wildcard or as a member of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Principals(Vec<Principal>);

impl Principals {
    pub(crate) fn parse(element: &Value) -> Result<Self, String> {
        let kinds = element
            .as_object()
            .ok_or("Principal must be a mapping of Federated, Service or AWS")?;
        let mut principals = Vec::new();
        for (kind, names) in kinds {
            for name in texts(names).map_err(|detail| format!("Principal {kind} {detail}"))? {
                principals.push(parse_one(kind, name)?);
            }
        }
        if principals.is_empty() {
            return Err("Principal names nobody".to_owned());
        }
        Ok(Self(principals))
    }

    pub(crate) fn includes(&self, principal: &Principal) -> bool {
        self.0.contains(principal)
    }
}

fn parse_one(kind: &str, name: &str) -> Result<Principal, String> {
    if name.contains(['*', '?', '$']) {
        return Err(format!("Principal {kind} {name:?} must be named in full"));
    }
    let is_arn_of = |service: &str, resource: &str| {
        let mut parts = name.splitn(6, ':');
        let (arn, _partition, named_service) = (parts.next(), parts.next(), parts.next());
        let named = parts.nth(2).and_then(|last| last.strip_prefix(resource));
        arn == Some("arn")
            && named_service == Some(service)
            && named.is_some_and(|named| !named.is_empty())
    };
    match kind {
        "Federated" if is_arn_of("iam", "oidc-provider/") => {
            Ok(Principal::Federated(name.to_owned()))
        }
        "Federated" => Err(format!(
            "Principal Federated {name:?} is not the ARN of an OIDC provider"
        )),
        "Service" if name.contains('.') && !name.contains(':') => {
            Ok(Principal::Service(name.to_owned()))
        }
        "Service" => Err(format!(
            "Principal Service {name:?} is not the name of a service"
        )),
        "AWS" if is_arn_of("iam", "role/") => Ok(Principal::Role(name.to_owned())),
        "AWS" => Err(format!("Principal AWS {name:?} is not the ARN of a role")),
        other => Err(format!("Principal {other} is not known here")),
    }
}
