//! Credentials that are not asked for at STS: a function's own, and a tenant's for the command line.

use crate::api_error::ApiError;
use crate::credentials::Credentials;
use crate::decisions::DecisionRecord;
use crate::error::GatewayError;
use crate::principal::Principal;
use crate::roles::Role;
use crate::sts;
use crate::sts::web_identity;
use crate::{Gateway, TENANT_ROLE};
use jiff::SignedDuration;
use std::collections::BTreeMap;

impl Gateway {
    /// The credentials a function runs with. They do not expire: the real ones are renewed for as long as the function lives.
    pub fn role_credentials(
        &self,
        role_logical_id: &str,
        session: &str,
    ) -> Result<Credentials, GatewayError> {
        let role = self
            .roles
            .named(role_logical_id)
            .ok_or_else(|| GatewayError::NoSuchRole(role_logical_id.to_owned()))?;
        let lambda = iam::Principal::Service("lambda.amazonaws.com".to_owned());
        if !role
            .trust
            .decide(&lambda, "sts:AssumeRole", &iam::Context::new())
            .is_allowed()
        {
            return Err(GatewayError::Refused(format!(
                "the trust policy of {role_logical_id} does not name lambda.amazonaws.com"
            )));
        }
        if !sts::session::is_session_name(session) {
            return Err(GatewayError::Refused(format!(
                "{session:?} is not a session name"
            )));
        }
        let principal = self.function_principal(role, session);
        Ok(self.credentials.issue(principal, None)?)
    }

    /// The credentials that a tenant token would be traded for, within what the role's trust policy allows.
    pub fn tenant_credentials(
        &self,
        tenant_id: &str,
        access: &str,
    ) -> Result<Credentials, GatewayError> {
        let refused = |error: ApiError| GatewayError::Refused(error.message);
        let role = self
            .roles
            .named(TENANT_ROLE)
            .ok_or_else(|| GatewayError::NoSuchRole(TENANT_ROLE.to_owned()))?;
        let provider = self.provider.as_ref().ok_or_else(|| {
            GatewayError::Refused("the template has no identity provider".to_owned())
        })?;
        let tags = web_identity::tenant_tags(tenant_id, access).map_err(refused)?;
        let audience = provider
            .client_ids
            .first()
            .map(String::as_str)
            .unwrap_or_default();
        let session_name = "local-credentials";
        let mut record = DecisionRecord::default();
        let subject = format!("tenant:{tenant_id}:{access}");
        web_identity::authorise(
            self,
            provider,
            role,
            &subject,
            audience,
            session_name,
            &tags,
            &mut record,
        )
        .map_err(|error| GatewayError::Refused(record.reason.take().unwrap_or(error.message)))?;
        let life = SignedDuration::from_secs(role.max_session_seconds);
        let (_, credentials) = sts::session::issue(
            self,
            role,
            session_name.to_owned(),
            &tags,
            &BTreeMap::new(),
            Some(provider.arn.clone()),
            life,
        )
        .map_err(refused)?;
        Ok(credentials)
    }

    pub(crate) fn function_principal(&self, role: &Role, session: &str) -> Principal {
        Principal {
            role: role.name.clone(),
            role_arn: role.arn.clone(),
            session: session.to_owned(),
            tags: role.tags.clone(),
            transitive_tags: BTreeMap::new(),
            issued_at: self.clock.now(),
            federated_provider: None,
            execution_role: true,
            account_id: self.account_id.clone(),
            access_key_id: String::new(),
        }
    }
}
