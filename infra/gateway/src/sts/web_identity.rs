//! `AssumeRoleWithWebIdentity`: a token signed by our issuer is traded for a role's credentials. The token, not the caller, says
//! which tags they carry.

use super::session;
use super::tags::SessionTags;
use super::xml::{self, Element};
use super::{Parameters, access_denied, jwt, validation};
use crate::Gateway;
use crate::api_error::ApiError;
use crate::decisions::{DecisionRecord, Verdict};
use crate::error::GatewayError;
use iam::Context;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use template::Resolved;

const TAGS_CLAIM: &str = "https://aws.amazon.com/tags";
const ROLES_CLAIM: &str = "https://aws.amazon.com/roles";
const PARAMETERS: [&str; 4] = [
    "RoleArn",
    "RoleSessionName",
    "WebIdentityToken",
    "DurationSeconds",
];

/// The identity provider that the template registers for our issuer.
#[derive(Debug, Clone)]
pub(crate) struct Provider {
    pub(crate) arn: String,
    pub(crate) issuer: String,
    pub(crate) client_ids: Vec<String>,
}

impl Provider {
    /// Finds the provider whose URL is the issuer's.
    pub(crate) fn read(
        resolved: &Resolved,
        issuer: &str,
        account_id: &str,
    ) -> Result<Option<Self>, GatewayError> {
        let mut urls = Vec::new();
        for (logical_id, resource) in resolved
            .resources
            .iter()
            .filter(|(_, resource)| resource.kind == "AWS::IAM::OIDCProvider")
        {
            let wrong = |detail: String| GatewayError::Resource {
                resource: logical_id.clone(),
                detail,
            };
            let url = resource
                .properties
                .get("Url")
                .and_then(Value::as_str)
                .ok_or_else(|| wrong("Url is missing".to_owned()))?;
            if url != issuer {
                urls.push(url);
                continue;
            }
            let clients = resource
                .properties
                .get("ClientIdList")
                .and_then(Value::as_array);
            let client_ids = clients
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect();
            return Ok(Some(Self {
                arn: format!(
                    "arn:aws:iam::{account_id}:oidc-provider/{}",
                    without_scheme(url)
                ),
                issuer: url.to_owned(),
                client_ids,
            }));
        }
        match urls.first() {
            Some(url) => Err(GatewayError::Resource {
                resource: "AWS::IAM::OIDCProvider".to_owned(),
                detail: format!("its Url is {url}, while the issuer is {issuer}"),
            }),
            None => Ok(None),
        }
    }

    /// A condition key of this provider: `issuer.example.com:sub`.
    pub(crate) fn condition_key(&self, claim: &str) -> String {
        format!("{}:{claim}", without_scheme(&self.issuer))
    }
}

pub(crate) fn without_scheme(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest)
}

/// Performs the action.
pub(crate) async fn perform(
    gateway: &Gateway,
    parameters: &Parameters,
    record: &mut DecisionRecord,
) -> Result<Element, ApiError> {
    parameters.only(&PARAMETERS)?;
    let role_arn = parameters.required("RoleArn")?;
    let session_name = session::session_name(parameters)?;
    let token = parameters.required("WebIdentityToken")?;
    let provider = gateway
        .provider
        .as_ref()
        .ok_or_else(|| jwt::invalid("No OpenIDConnect provider found in your account"))?;
    let claims = jwt::verify(
        token,
        &provider.issuer,
        &gateway.jwks_cache,
        gateway.jwks.as_ref(),
        gateway.clock.now(),
    )
    .await?;
    if !provider.client_ids.contains(&claims.audience) {
        return Err(jwt::invalid("Incorrect token audience"));
    }
    let tags = tags_claim(&claims.all)?;
    if !roles_claim_permits(&claims.all, role_arn) {
        record.deny(format!(
            "the token's claim {ROLES_CLAIM} does not name {role_arn}"
        ));
        return Err(not_authorized());
    }
    let Some(role) = gateway.roles.with_arn(role_arn) else {
        record.deny(format!("there is no role {role_arn}"));
        return Err(not_authorized());
    };
    let life = session::duration(parameters, role, false)?;
    authorise(
        gateway,
        provider,
        role,
        &claims.subject,
        &claims.audience,
        &session_name,
        &tags,
        record,
    )?;
    let (principal, credentials) = session::issue(
        gateway,
        role,
        session_name,
        &tags,
        &BTreeMap::new(),
        Some(provider.arn.clone()),
        life,
    )?;
    record.principal = Some(principal.clone());
    record.decision = Verdict::Allowed;
    Ok(xml::parent(
        "AssumeRoleWithWebIdentityResult",
        [
            session::credentials_element(&credentials),
            xml::text("SubjectFromWebIdentityToken", claims.subject),
            session::assumed_role_user(&principal),
            xml::text("PackedPolicySize", "0"),
            xml::text("Provider", &provider.arn),
            xml::text("Audience", claims.audience),
        ],
    ))
}

/// Asks the role's trust policy for both actions that a tagged session takes.
#[expect(
    clippy::too_many_arguments,
    reason = "each is a separate fact of the request"
)]
pub(crate) fn authorise(
    gateway: &Gateway,
    provider: &Provider,
    role: &crate::roles::Role,
    subject: &str,
    audience: &str,
    session_name: &str,
    tags: &SessionTags,
    record: &mut DecisionRecord,
) -> Result<(), ApiError> {
    let now = gateway.clock.now();
    let mut context = Context::new();
    context.set(&provider.condition_key("aud"), [audience.to_owned()]);
    context.set(&provider.condition_key("sub"), [subject.to_owned()]);
    context.set("aws:FederatedProvider", [provider.arn.clone()]);
    context.set("sts:RoleSessionName", [session_name.to_owned()]);
    context.set("aws:CurrentTime", [crate::clock::iso8601(now)]);
    context.set("aws:EpochTime", [now.as_second().to_string()]);
    tags.set_in(&mut context);
    let principal = iam::Principal::Federated(provider.arn.clone());
    session::trust(
        role,
        &principal,
        "sts:AssumeRoleWithWebIdentity",
        &context,
        record,
    )?;
    if !tags.values.is_empty() {
        session::trust(role, &principal, "sts:TagSession", &context, record)?;
    }
    Ok(())
}

/// Session tags from the claim, whose values are lists of one.
fn tags_claim(claims: &Map<String, Value>) -> Result<SessionTags, ApiError> {
    let mut tags = SessionTags::default();
    let Some(claim) = claims.get(TAGS_CLAIM) else {
        return Ok(tags);
    };
    let malformed = || {
        jwt::invalid(format!(
            "The claim {TAGS_CLAIM} is not of the form AWS reads"
        ))
    };
    let claim = claim.as_object().ok_or_else(malformed)?;
    if claim
        .keys()
        .any(|member| member != "principal_tags" && member != "transitive_tag_keys")
    {
        return Err(malformed());
    }
    for (key, values) in claim
        .get("principal_tags")
        .and_then(Value::as_object)
        .ok_or_else(malformed)?
    {
        match values.as_array().map(Vec::as_slice) {
            Some([Value::String(value)]) => tags.add(key, value)?,
            _ => return Err(malformed()),
        }
    }
    if let Some(keys) = claim.get("transitive_tag_keys") {
        for key in keys.as_array().ok_or_else(malformed)? {
            let key = key
                .as_str()
                .filter(|key| tags.values.contains_key(*key))
                .ok_or_else(malformed)?;
            tags.transitive.push(key.to_owned());
        }
    }
    Ok(tags)
}

/// A token may name the roles it is for.
fn roles_claim_permits(claims: &Map<String, Value>, role_arn: &str) -> bool {
    match claims.get(ROLES_CLAIM) {
        None => true,
        Some(Value::String(role)) => role == role_arn,
        Some(Value::Array(roles)) => roles.iter().any(|role| role == role_arn),
        Some(_) => false,
    }
}

fn not_authorized() -> ApiError {
    access_denied("Not authorized to perform sts:AssumeRoleWithWebIdentity")
}

/// The tags of a tenant's session, for credentials that do not come by way of a token.
pub(crate) fn tenant_tags(tenant_id: &str, access: &str) -> Result<SessionTags, ApiError> {
    let mut tags = SessionTags::default();
    if tenant_id.is_empty() || access.is_empty() {
        return Err(validation("a tenant id and an access level are needed"));
    }
    tags.add("TenantId", tenant_id)?;
    tags.add("Access", access)?;
    Ok(tags)
}
