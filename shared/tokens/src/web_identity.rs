//! The tokens that are traded at AWS STS (`AssumeRoleWithWebIdentity`) for credentials of one tenant, or of one
//! user's own data. The session tags stand in the token itself, so that only its signer, which has checked them,
//! decides whose data the credentials reach.
//!
//! Source: AWS IAM User Guide, "Pass session tags in AWS STS", section on AssumeRoleWithWebIdentity.

use crate::signing::{KeyError, SigningKey};
use permissions::Access;
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The audience that the roles' trust policies ask for.
pub const AUDIENCE: &str = "sts.amazonaws.com";
/// Seconds such a token lives.
pub const LIFETIME_SECONDS: u64 = 60;

/// The claims.
#[derive(Debug, Clone, Serialize)]
pub struct Claims {
    iss: String,
    sub: String,
    aud: &'static str,
    iat: u64,
    exp: u64,
    #[serde(rename = "https://aws.amazon.com/tags")]
    tags: Tags,
    #[serde(rename = "https://aws.amazon.com/roles")]
    roles: [String; 1],
}

#[derive(Debug, Clone, Serialize)]
struct Tags {
    principal_tags: BTreeMap<&'static str, [String; 1]>,
}

impl Claims {
    /// For the data of one tenant, at one access level, through the role `role_arn`.
    pub fn for_tenant(
        issuer: &str,
        role_arn: &str,
        tenant: Uuid,
        access: Access,
        now: u64,
    ) -> Self {
        let tags = [
            ("TenantId", [tenant.to_string()]),
            ("Access", [access.as_str().to_owned()]),
        ];
        Self::new(
            issuer,
            role_arn,
            format!("tenant:{tenant}:{access}"),
            tags.into(),
            now,
        )
    }

    /// For one user's own data in the directory, through the role `role_arn`.
    pub fn for_user(issuer: &str, role_arn: &str, user: Uuid, now: u64) -> Self {
        Self::new(
            issuer,
            role_arn,
            format!("user:{user}"),
            [("UserId", [user.to_string()])].into(),
            now,
        )
    }

    fn new(
        issuer: &str,
        role_arn: &str,
        sub: String,
        principal_tags: BTreeMap<&'static str, [String; 1]>,
        now: u64,
    ) -> Self {
        Self {
            iss: issuer.to_owned(),
            sub,
            aud: AUDIENCE,
            iat: now,
            exp: now + LIFETIME_SECONDS,
            tags: Tags { principal_tags },
            roles: [role_arn.to_owned()],
        }
    }

    /// The signed token.
    ///
    /// # Errors
    /// When the key can't sign.
    pub fn sign(&self, key: &SigningKey) -> Result<String, KeyError> {
        key.sign(self)
    }
}
