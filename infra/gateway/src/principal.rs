//! Who is calling: an assumed role, its session and the tags the session was given.

use crate::clock::iso8601;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// The caller of one request, as far as IAM is concerned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Principal {
    /// The role's name, which locally is its logical id.
    pub role: String,
    /// The role's ARN.
    pub role_arn: String,
    /// The session name chosen when the role was assumed.
    pub session: String,
    /// The session's tags, over the role's own.
    pub tags: BTreeMap<String, String>,
    /// The tags that stay when the session assumes a further role.
    #[serde(skip)]
    pub(crate) transitive_tags: BTreeMap<String, String>,
    /// When the credentials were issued.
    #[serde(skip)]
    pub(crate) issued_at: Timestamp,
    /// The OIDC provider whose token was traded, if one was.
    #[serde(skip)]
    pub(crate) federated_provider: Option<String>,
    /// Whether these are a function's own credentials, not the result of a call to STS.
    #[serde(skip)]
    pub(crate) execution_role: bool,
    #[serde(skip)]
    pub(crate) account_id: String,
    #[serde(skip)]
    pub(crate) access_key_id: String,
}

impl Principal {
    /// The session's ARN, which refusals name.
    pub fn arn(&self) -> String {
        format!(
            "arn:aws:sts::{}:assumed-role/{}/{}",
            self.account_id, self.role, self.session
        )
    }

    /// The condition keys that hold for every request of this principal.
    ///
    /// `aws:SecureTransport` is left out: the endpoint speaks plain HTTP on loopback, so neither value would be true to the deployed service.
    pub(crate) fn context(&self, now: Timestamp, region: &str) -> iam::Context {
        let mut context = iam::Context::new();
        context.set("aws:PrincipalArn", [self.role_arn.clone()]);
        context.set("aws:PrincipalAccount", [self.account_id.clone()]);
        context.set("aws:PrincipalType", ["AssumedRole".to_owned()]);
        context.set("aws:RequestedRegion", [region.to_owned()]);
        context.set("aws:TokenIssueTime", [iso8601(self.issued_at)]);
        context.set("aws:CurrentTime", [iso8601(now)]);
        context.set("aws:EpochTime", [now.as_second().to_string()]);
        if let Some(provider) = &self.federated_provider {
            context.set("aws:FederatedProvider", [provider.clone()]);
        }
        for (name, value) in &self.tags {
            context.set(&format!("aws:PrincipalTag/{name}"), [value.clone()]);
        }
        context
    }
}
